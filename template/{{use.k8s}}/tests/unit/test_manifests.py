"""What the manifests say, beside the settings and the code that it has to agree with."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.testclient import TestClient

from tests.bundles import SMALL, publish
from tests.services import ROW, running

ROOT = Path(__file__).parents[2]
K8S = ROOT / "k8s"
SERVING = tomllib.loads((ROOT / "config" / "base.toml").read_text(encoding="utf-8"))["serving"]


def manifest(path: str) -> Any:
    return yaml.safe_load((K8S / path).read_text(encoding="utf-8"))


def container(deployment: Any) -> Any:
    (only,) = deployment["spec"]["template"]["spec"]["containers"]
    return only


def balanced_deployment() -> Any:
    """The Deployment as the component for clients outside of the cluster changes it."""
    patches = manifest("components/internal-load-balancer/kustomization.yaml")["patches"]
    changes = [yaml.safe_load(patch["patch"]) for patch in patches]
    (found,) = [change for change in changes if change["kind"] == "Deployment"]
    return found


def patched(environment: str, kind: str) -> dict[str, Any]:
    """Path -> value of what an environment changes in objects of a kind."""
    patches = manifest(f"overlays/{environment}/kustomization.yaml")["patches"]
    (patch,) = (one["patch"] for one in patches if one["target"]["kind"] == kind)
    return {change["path"]: change["value"] for change in yaml.safe_load(patch)}


@pytest.fixture
def api() -> Any:
    return manifest("base/api/deployment.yaml")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[TestClient]:
    publish(tmp_path / "models", SMALL, "1")
    with running(tmp_path / "models") as client:
        yield client


@pytest.mark.parametrize(
    "read", [lambda: manifest("base/api/deployment.yaml"), balanced_deployment]
)
def test_a_stopping_pod_has_time_for_its_pause_and_for_the_drain(read: Any) -> None:
    pod = read()
    pause = container(pod)["lifecycle"]["preStop"]["sleep"]["seconds"]
    needed = pause + SERVING["linger_seconds"] + SERVING["drain_seconds"]
    assert pod["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > needed


def test_each_probe_asks_a_route_of_its_own(api: Any, service: TestClient) -> None:
    probes = [container(api)[name] for name in ("startupProbe", "readinessProbe", "livenessProbe")]
    paths = [probe["httpGet"]["path"] for probe in probes]
    assert len(set(paths)) == 3
    assert [service.get(path).status_code for path in paths] == [200, 200, 200]


def test_a_pod_is_left_alone_before_it_is_restarted(api: Any) -> None:
    seconds = {
        name: container(api)[name]["periodSeconds"] * container(api)[name]["failureThreshold"]
        for name in ("startupProbe", "readinessProbe", "livenessProbe")
    }
    assert seconds["readinessProbe"] < seconds["livenessProbe"]
    assert seconds["startupProbe"] + api["spec"]["minReadySeconds"] < (
        api["spec"]["progressDeadlineSeconds"] / 2
    )


def test_ports_are_those_that_the_service_listens_on(api: Any) -> None:
    ports = [port["containerPort"] for port in container(api)["ports"]]
    (address,) = manifest("base/api/service.yaml")["spec"]["ports"]
    assert ports == [address["port"]] == [SERVING["port"]]


def test_alerts_ask_for_metrics_that_the_service_exports(service: TestClient) -> None:
    service.post("/v1/predict", json=ROW)
    exported = set(re.findall(r"^(\w+)(?:\{| )", service.get("/metrics").text, re.MULTILINE))
    groups = manifest("components/monitoring/alerts.yaml")["spec"]["groups"]
    expressions = [rule["expr"] for group in groups for rule in group["rules"]]
    # Prometheus itself knows what is up.
    asked = {name for text in expressions for name in re.findall(r"(\w+)\{", text)} - {"up"}
    assert asked
    assert asked <= exported


def test_memory_is_granted_as_requested() -> None:
    cronjob = manifest("base/drift/cronjob.yaml")["spec"]["jobTemplate"]
    for workload in (manifest("base/api/deployment.yaml"), cronjob):
        resources = container(workload)["resources"]
        assert resources["limits"]["memory"] == resources["requests"]["memory"]


def test_production_grants_memory_as_requested() -> None:
    resources = patched("prod", "Deployment")
    path = "/spec/template/spec/containers/0/resources"
    assert resources[f"{path}/limits/memory"] == resources[f"{path}/requests/memory"]


def test_each_environment_can_grow() -> None:
    for environment in ("dev", "staging", "prod"):
        bounds = patched(environment, "HorizontalPodAutoscaler")
        assert 1 <= bounds["/spec/minReplicas"] < bounds["/spec/maxReplicas"]
