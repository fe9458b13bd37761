"""The manifests of a project whose service runs on a cluster."""

import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import yaml

import cluster.manifests
from cluster.connections import CONNECTIONS, assert_network
from cluster.manifests import (
    BALANCED,
    ENVIRONMENTS,
    IMAGE,
    KUBECTL,
    ON_A_CLUSTER,
    Manifest,
    cluster_version,
    kustomized,
    only,
    pods,
    release_of,
    released,
    validate,
    with_component,
)
from conftest import Project, Prove
from containers.podman import refusal
from matrix import Combination
from proof import Check, Tool, command

ALERT_TESTS = Path(cluster.manifests.__file__).with_name("alerts.test.yaml")
FAULTS = ALERT_TESTS.with_name("faults.yaml")
# Of Kubernetes' Pod Security Standards, `restricted`.
VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "projected", "secret"}


@pytest.mark.slow
@pytest.mark.parametrize("combination", ON_A_CLUSTER, ids=str)
def test_manifests_are_valid_and_let_through_what_they_must(
    prove: Prove, combination: Combination
) -> None:
    prove(MANIFESTS, combination)


@pytest.mark.slow
@pytest.mark.parametrize("combination", ON_A_CLUSTER, ids=str)
def test_what_is_wrong_with_a_manifest_is_found(prove: Prove, combination: Combination) -> None:
    prove(FAULTS_FOUND, combination)


@pytest.mark.parametrize(("answer", "label"), [("arm64", "arm64"), ("x86_64", "amd64")])
def test_pods_go_to_nodes_that_can_run_the_image(project: Project, answer: str, label: str) -> None:
    component = project_component(project({"deploy_target": "k8s", "architecture": answer}))
    changes = [one for patch in component["patches"] for one in yaml.safe_load(patch["patch"])]
    selectors = [one["value"] for one in changes if one["path"].endswith("/nodeSelector")]
    assert selectors == [{"kubernetes.io/arch": label}] * 2


def test_a_name_that_yaml_takes_for_a_truth_value_stays_a_name(project: Project) -> None:
    component = project_component(project({"deploy_target": "k8s", "package_name": "yes"}))
    assert component["namespace"] == "yes"
    assert "yes" in yaml.safe_load(component["patches"][-1]["patch"])[-1]["value"]


def project_component(folder: Path) -> Manifest:
    path = folder / "k8s" / "components" / "project" / "kustomization.yaml"
    found: Manifest = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def check(folder: Path, environments: Sequence[str] = ENVIRONMENTS) -> Mapping[str, float]:
    version = cluster_version(folder)
    refuse_without_image(folder)
    validate(kustomized(folder / "k8s" / "cluster"), version)
    everything = {name: released(folder, name) for name in environments}
    everything[BALANCED] = with_component(folder, "prod", BALANCED)
    for name, manifests in everything.items():
        validate(manifests, version)
        for workload, template in pods(manifests).items():
            assert_restricted(f"{workload} in {name}", template)
        assert_belong_together(manifests)
        assert_network(name, manifests)
    alerts(folder, only(everything["prod"], "PrometheusRule", "api"))
    return {"objects": sum(map(len, everything.values())), "connections": len(CONNECTIONS)}


def refuse_without_image(folder: Path) -> None:
    """A release without a digest is refused, and so is a pod of manifests that had no release."""
    with pytest.raises(Exception, match="is no image by digest"):
        release_of(folder).render("dev", "service:latest", "gradual", "1")
    for template in pods(kustomized(folder / "k8s" / "overlays" / "prod")).values():
        (container,) = template["spec"]["containers"]
        # The grammar of image names: a registry could be asked for it, whoever owned the name.
        pullable = re.match(r"[a-z0-9]+(?:[._/-][a-z0-9]+)*(?:$|[:@])", container["image"])
        assert not pullable, f"{container['image']} would be pulled from somewhere"


def assert_restricted(name: str, template: Manifest) -> None:
    """What a namespace that enforces `restricted` admits, and a file system that is read only."""
    spec = template["spec"]
    assert not {"hostNetwork", "hostPID", "hostIPC", "hostUsers"} & set(spec), f"{name}: host"
    kinds = {kind for volume in spec["volumes"] for kind in set(volume) - {"name"}}
    assert kinds <= VOLUMES, f"{name}: volumes {kinds - VOLUMES}"
    assert spec["securityContext"]["runAsNonRoot"] is True, f"{name} may be root"
    assert spec["securityContext"]["runAsUser"] == 65532, f"{name} is another user"
    profile = spec["securityContext"]["seccompProfile"]["type"]
    assert profile == "RuntimeDefault", f"{name}: seccomp {profile}"
    assert spec["automountServiceAccountToken"] is False, f"{name} gets a token of the cluster"
    for container in spec["containers"]:
        context = container["securityContext"]
        assert context["allowPrivilegeEscalation"] is False, f"{name} may gain privileges"
        assert context["capabilities"] == {"drop": ["ALL"]}, f"{name} keeps capabilities"
        assert context["readOnlyRootFilesystem"] is True, f"{name} writes to its image"
        assert container["image"] == IMAGE, f"{name} runs {container['image']}"


def assert_belong_together(manifests: Sequence[Manifest]) -> None:
    """References between objects lead somewhere."""
    namespace = only(manifests, "Namespace", manifests[0]["metadata"]["name"])["metadata"]
    enforced = namespace["labels"]["pod-security.kubernetes.io/enforce"]
    assert enforced == "restricted", f"the namespace enforces {enforced}"
    for one in manifests[1:]:
        where = one["metadata"].get("namespace")
        assert where == namespace["name"], f"{one['kind']} is in namespace {where}"
    deployment = only(manifests, "Deployment", "api")
    template = deployment["spec"]["template"]
    labels = template["metadata"]["labels"].items()
    budget = only(manifests, "PodDisruptionBudget", "api")
    spread = template["spec"]["topologySpreadConstraints"]
    for selector in (
        deployment["spec"]["selector"]["matchLabels"],
        budget["spec"]["selector"]["matchLabels"],
        only(manifests, "Service", "api")["spec"]["selector"],
        *(one["labelSelector"]["matchLabels"] for one in spread),
    ):
        assert selector.items() <= labels, f"{selector} selects no pod of the service"
    over = {one["topologyKey"].rpartition("/")[2] for one in spread}
    assert over == {"zone", "hostname"}, f"pods are spread over {over}"
    autoscaler = only(manifests, "HorizontalPodAutoscaler", "api")["spec"]
    assert autoscaler["scaleTargetRef"]["name"] == "api", "another workload is scaled"
    measured = [metric["resource"]["name"] for metric in autoscaler["metrics"]]
    assert measured == ["cpu"], f"pods are scaled by {measured}"
    assert "replicas" not in deployment["spec"], "each release would undo what the autoscaler did"
    accounts = {one["metadata"]["name"] for one in manifests if one["kind"] == "ServiceAccount"}
    used = {one["spec"]["serviceAccountName"] for one in pods(manifests).values()}
    assert used == accounts, f"pods run as {used} of {accounts}"
    for monitor in (one for one in manifests if one["kind"] == "ServiceMonitor"):
        service = only(manifests, "Service", "api")
        selector = monitor["spec"]["selector"]["matchLabels"]
        assert selector.items() <= service["metadata"]["labels"].items(), "nothing is scraped"
        ports = {port["name"] for port in service["spec"]["ports"]}
        scraped = {endpoint["port"] for endpoint in monitor["spec"]["endpoints"]}
        assert scraped <= ports, f"the ports {scraped} are scraped, the service has {ports}"


def alerts(folder: Path, rule: Manifest) -> None:
    """The rules parse, and fire when they should and not before."""
    rules = folder / "rules.yaml"
    rules.write_text(yaml.safe_dump(rule["spec"]), encoding="utf-8")
    shutil.copy(ALERT_TESTS, folder)
    command(["promtool", "check", "rules", rules.name], folder)
    command(["promtool", "test", "rules", "alerts.test.yaml"], folder)


def find_faults(folder: Path) -> Mapping[str, float]:
    """Each of the faults, alone, is found for what it is."""
    faults = yaml.safe_load(FAULTS.read_text(encoding="utf-8"))
    for path, old, new, finding in ([*one.values()] for one in faults):
        file = folder / "k8s" / path
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{path} has no {old!r}"
        file.write_text(text.replace(old, new), encoding="utf-8")
        said = refusal(lambda: check(folder, ["prod"]))
        assert finding in said, f"{new!r} in {path} is not found, but {said[-2000:]}"
        file.write_text(text, encoding="utf-8")
    return {"faults": len(faults)}


MANIFEST_FILES = ("k8s/**", "infra/service/variables.tf")
MANIFEST_TOOLS = (Tool("promtool"), KUBECTL)
MANIFESTS = Check(name="manifests", inputs=MANIFEST_FILES, tools=MANIFEST_TOOLS, run=check)
FAULTS_FOUND = Check(
    name="manifests-faults", inputs=MANIFEST_FILES, tools=MANIFEST_TOOLS, run=find_faults
)
