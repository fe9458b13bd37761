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
    folder = project({"deploy_target": "k8s", "architecture": answer})
    component = folder / "k8s" / "components" / "project" / "kustomization.yaml"
    patches = [
        change
        for patch in yaml.safe_load(component.read_text(encoding="utf-8"))["patches"]
        for change in yaml.safe_load(patch["patch"])
    ]
    selectors = [one["value"] for one in patches if one["path"].endswith("/nodeSelector")]
    assert selectors == [{"kubernetes.io/arch": label}] * 2


def check(folder: Path) -> Mapping[str, float]:
    version = cluster_version(folder)
    refuse_without_image(folder)
    validate(kustomized(folder / "k8s" / "cluster"), version)
    everything = {name: released(folder, name) for name in ENVIRONMENTS}
    everything[BALANCED] = with_component(folder, "prod", BALANCED)
    for name, manifests in everything.items():
        validate(manifests, version)
        for workload, template in pods(manifests).items():
            assert_restricted(f"{workload} in {name}", template)
        assert_belong_together(manifests)
        assert_network(name, manifests)
    scan(folder, everything)
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
    assert namespace["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
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
    assert {one["topologyKey"].rpartition("/")[2] for one in spread} == {"zone", "hostname"}
    target = only(manifests, "HorizontalPodAutoscaler", "api")["spec"]
    assert target["scaleTargetRef"]["name"] == "api"
    assert [metric["resource"]["name"] for metric in target["metrics"]] == ["cpu"]
    assert "replicas" not in deployment["spec"], "each release would undo what the autoscaler did"
    accounts = {one["metadata"]["name"] for one in manifests if one["kind"] == "ServiceAccount"}
    assert {one["spec"]["serviceAccountName"] for one in pods(manifests).values()} == accounts
    for monitor in (one for one in manifests if one["kind"] == "ServiceMonitor"):
        service = only(manifests, "Service", "api")
        selector = monitor["spec"]["selector"]["matchLabels"]
        assert selector.items() <= service["metadata"]["labels"].items(), "nothing is scraped"
        ports = {port["name"] for port in service["spec"]["ports"]}
        assert {endpoint["port"] for endpoint in monitor["spec"]["endpoints"]} <= ports


def scan(folder: Path, everything: Mapping[str, Sequence[Manifest]]) -> None:
    """No finding of trivy at HIGH or above in what is applied."""
    scanned = folder / "scanned"
    scanned.mkdir()
    for name, manifests in everything.items():
        (scanned / f"{name}.yaml").write_text(yaml.safe_dump_all(manifests), encoding="utf-8")
    command(
        [
            *("trivy", "config", "--skip-check-update", "--quiet", "--exit-code=1"),
            *("--severity=HIGH,CRITICAL", str(scanned)),
        ],
        folder,
    )
    shutil.rmtree(scanned)


def alerts(folder: Path, rule: Manifest) -> None:
    """The rules parse, and fire when they should and not before."""
    rules = folder / "rules.yaml"
    rules.write_text(yaml.safe_dump(rule["spec"]), encoding="utf-8")
    shutil.copy(ALERT_TESTS, folder)
    command(["promtool", "check", "rules", rules.name], folder)
    command(["promtool", "test", "rules", "alerts.test.yaml"], folder)


def find_faults(folder: Path) -> Mapping[str, float]:
    """Each of the faults, alone, is found for what it is."""
    for path, old, new, finding in FAULTS:
        file = folder / "k8s" / path
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{path} has no {old!r}"
        file.write_text(text.replace(old, new), encoding="utf-8")
        said = refusal(lambda: check(folder))
        assert finding in said, f"{new!r} in {path} is not found, but {said[-2000:]}"
        file.write_text(text, encoding="utf-8")
    return {"faults": len(FAULTS)}


API_FILE, DRIFT_FILE = "base/api/deployment.yaml", "base/drift/cronjob.yaml"
NETWORK_FILE, ALERTS_FILE = "base/network-policies.yaml", "components/monitoring/alerts.yaml"
SCRAPE_FILE = "components/monitoring/scrape.yaml"
# The file, what is broken in it, and what is said of it.
FAULTS: tuple[tuple[str, str, str, str], ...] = (
    (API_FILE, "minReadySeconds: 10", "minReadySecond: 10", "minReadySecond"),
    (API_FILE, "maxSkew: 1\n          whenUnsatisfiable: Do", "whenUnsatisfiable: Do", "maxSkew"),
    (SCRAPE_FILE, "scrapeTimeout: 10s", "scrape_timeout: 10s", "scrape_timeout"),
    (SCRAPE_FILE, "interval: 30s", "interval: 30", "is not of type 'string'"),
    (SCRAPE_FILE, "port: http\n", "port: metrics\n", "{'metrics'}"),
    (ALERTS_FILE, "kind: PrometheusRule", "kind: PodMonitor", "no schema for"),
    (ALERTS_FILE, "alert: NoModel", "alarm: NoModel", "alarm"),
    (ALERTS_FILE, "> 0.05", "> 0.01", "a healthy service is silent"),
    (ALERTS_FILE, "max by (namespace, feature)", "max by (namespace, feature", "parse error"),
    (API_FILE, "runAsNonRoot: true", "runAsNonRoot: false", "may be root"),
    (API_FILE, "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "writes to"),
    (API_FILE, "drop: [ALL]", "drop: [NET_RAW]", "keeps capabilities"),
    (DRIFT_FILE, "type: RuntimeDefault", "type: Unconfined", "seccomp Unconfined"),
    (
        DRIFT_FILE,
        "automountServiceAccountToken: false",
        "automountServiceAccountToken: true",
        "token",
    ),
    (API_FILE, "image: IMAGE-BY-DIGEST", "image: nginx", "nginx"),
    (DRIFT_FILE, "serviceAccountName: drift", "serviceAccountName: api", "'drift'"),
    (
        "base/api/service.yaml",
        "  selector:\n    app.kubernetes.io/component: api",
        "  selector:\n    app: api",
        "selects no",
    ),
    ("base/api/autoscaler.yaml", "name: cpu", "name: memory", "['memory'] == ['cpu']"),
    ("namespace/namespace.yaml", "enforce: restricted", "enforce: baseline", "baseline"),
    (
        "base/network-policies.yaml",
        "  podSelector: {} #",
        "  podSelector: {matchLabels: {a: b}} #",
        "something-else",
    ),
    (
        NETWORK_FILE,
        "            matchLabels:\n              api-access: allowed\n",
        "            {}\n",
        "lets through",
    ),
    (
        NETWORK_FILE,
        "  policyTypes: [Ingress, Egress]\n  ingress:",
        "  policyTypes: [Ingress]\n  ingress:",
        "lets through",
    ),
    (
        NETWORK_FILE,
        "          podSelector:\n            matchLabels:\n              k8s-app",
        "        - podSelector:\n            matchLabels:\n              k8s-app",
        "lets through",
    ),
    (NETWORK_FILE, "        - protocol: UDP\n          port: 53\n", "", "refuses"),
    (
        "components/monitoring/network-policy.yaml",
        "          podSelector:\n            matchLabels:\n              app.kubernetes.io/name",
        "        - podSelector:\n            matchLabels:\n              app.kubernetes.io/name",
        "grafana",
    ),
    (
        "components/project/kustomization.yaml",
        "includeTemplates: true",
        "includeSelectors: true",
        "kube-dns",
    ),
    (
        "components/internal-load-balancer/kustomization.yaml",
        "  - network-policy.yaml",
        "  []",
        "refuses",
    ),
    ("overlays/prod/kustomization.yaml", "  - ../../components/project\n", "", "namespace"),
    ("cluster/release.yaml", "verbs: [get, patch]", "verb: [get, patch]", "verb"),
)

MANIFEST_FILES = ("k8s/**", "infra/service/variables.tf")
MANIFEST_TOOLS = (Tool("trivy"), Tool("promtool"), KUBECTL)
MANIFESTS = Check(name="manifests", inputs=MANIFEST_FILES, tools=MANIFEST_TOOLS, run=check)
FAULTS_FOUND = Check(
    name="manifests-faults", inputs=MANIFEST_FILES, tools=MANIFEST_TOOLS, run=find_faults
)
