"""The pods of a project's manifests, run with the image that its Dockerfile makes."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from cluster import pods
from cluster.manifests import KUBECTL, ON_A_CLUSTER, Manifest, released
from cluster.manifests import pods as templates
from conftest import Prove
from containers.podman import TOOLS, Container, image, podman, provide_bases, wait_until
from matrix import Combination
from proof import Check
from proofs.test_image import SOURCES, TOKEN, assert_is_confined, example, predict
from proofs.users import User, free_port, user_tools


@pytest.mark.slow
@pytest.mark.parametrize("combination", ON_A_CLUSTER, ids=str)
def test_the_pods_of_the_manifests_run(prove: Prove, combination: Combination) -> None:
    version = combination.data()["python_version"]

    def run(folder: Path) -> Mapping[str, float | str]:
        user = User(folder, combination, version)
        user.set_up()
        for task in ("train", "promote"):
            user.poe(task)
        provide_bases(folder / "Dockerfile")
        with image(folder) as tag:
            return run_pods(released(folder, "prod"), tag)

    prove(
        Check(
            name="manifests-run",
            inputs=("k8s/**", *SOURCES, "params.yaml", "data/**", ".dvc/**", ".dvcignore"),
            tools=(*TOOLS, KUBECTL, *user_tools(combination)),
            run=run,
        ),
        combination,
    )


def run_pods(manifests: Sequence[Manifest], tag: str) -> Mapping[str, float | str]:
    """The service's pod and then the drift job's, as their manifests confine them."""
    deployment, port, name = templates(manifests)["Deployment/api"], free_port(), "proof-api"
    secrets = {"api-token": {"token": TOKEN}}
    with without_left_overs(name, "proof-drift"):
        start = time.perf_counter()
        pods.start(name, deployment, tag, secrets, port)
        service = Container(f"{name}-api", port)
        service.wait_until_ready("/health/ready")
        ready = time.perf_counter() - start
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            assert service.get(deployment["spec"]["containers"][0][probe]["httpGet"]["path"])
        assert_is_confined(service)
        assert service.process_status()["Seccomp"] == "2", "the runtime's seccomp filter is off"
        assert service.inspect()["HostConfig"]["Memory"] == 256 * 2**20
        row = example(service)
        assert predict(service, row)["model_version"]
        judge_drift(manifests, tag, name, secrets)
    return {"ready s": round(ready, 1)}


def judge_drift(
    manifests: Sequence[Manifest], tag: str, service: str, secrets: pods.Secrets
) -> None:
    """The job finds the service by its name, as the cluster's DNS would let it."""
    job = templates(manifests)["CronJob/drift"]
    infra = podman("podman", "pod", "inspect", "--format={{.InfraContainerID}}", service).strip()
    job["spec"]["hostAliases"] = [{"ip": address_of(infra), "hostnames": ["api"]}]
    pods.start("proof-drift", job, tag, secrets)
    wait_until(lambda: pods.state("proof-drift", "drift")["State"]["Status"] == "exited")
    status = pods.state("proof-drift", "drift")["State"]["ExitCode"]
    log = podman("podman", "logs", "proof-drift-drift")
    assert status == 0, f"the drift job ended with {status}:\n{log}"
    assert '"rows"' in log, f"no report of drift: {log}"


def address_of(container: str) -> str:
    template = "--format={{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
    return podman("podman", "container", "inspect", template, container).strip()


@contextmanager
def without_left_overs(*names: str) -> Iterator[None]:
    try:
        yield
    finally:
        for name in names:
            pods.remove(name)
