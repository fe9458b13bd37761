"""Who may connect to whom in a project's namespace, and the proof that its policies agree."""

from collections.abc import Sequence
from dataclasses import replace

from cluster.manifests import BALANCED, ENVIRONMENTS, Manifest, pods
from cluster.network import End, Labels, allowed


def _pod(component: str) -> End:
    return End(namespace="here", labels={"app.kubernetes.io/component": component})


API, DRIFT, STRANGER = _pod("api"), _pod("drift"), _pod("something-else")
DNS = End("kube-system", {"k8s-app": "kube-dns"}, {"kubernetes.io/metadata.name": "kube-system"})
SYSTEM = End("kube-system", {"k8s-app": "other"}, {"kubernetes.io/metadata.name": "kube-system"})
CLIENT = End("shop", {"app": "web"}, {"api-access": "allowed"})
OTHER = End("elsewhere", {"app.kubernetes.io/component": "drift"}, {"name": "elsewhere"})
MONITORING = {"kubernetes.io/metadata.name": "monitoring"}
PROMETHEUS = End("monitoring", {"app.kubernetes.io/name": "prometheus"}, MONITORING)
GRAFANA = End("monitoring", {"app.kubernetes.io/name": "grafana"}, MONITORING)
IMPOSTOR = End("elsewhere", {"app.kubernetes.io/name": "prometheus"}, {"name": "elsewhere"})
INTERNET = End(address="203.0.113.7")
METADATA = End(address="169.254.169.254")
IN_THE_VPC = End(address="10.40.1.7")

NEVER: frozenset[str] = frozenset()
ALWAYS = frozenset({*ENVIRONMENTS, BALANCED})
# On EKS, pods have addresses of the VPC: what lets the VPC in lets all pods in that may go out.
FROM_THE_VPC = frozenset({BALANCED})
# Who asks, who is asked, and where the connection is to be made.
CONNECTIONS = (
    (CLIENT, API, "8000/TCP", ALWAYS),
    (CLIENT, API, "22/TCP", NEVER),
    (CLIENT, API, "8000/UDP", NEVER),
    (CLIENT, DRIFT, "8000/TCP", NEVER),
    (OTHER, API, "8000/TCP", FROM_THE_VPC),
    (STRANGER, API, "8000/TCP", NEVER),
    (API, API, "8000/TCP", NEVER),
    (PROMETHEUS, API, "8000/TCP", ALWAYS - {"dev"}),
    (GRAFANA, API, "8000/TCP", FROM_THE_VPC),
    (IMPOSTOR, API, "8000/TCP", FROM_THE_VPC),
    (IN_THE_VPC, API, "8000/TCP", FROM_THE_VPC),
    (IN_THE_VPC, DRIFT, "8000/TCP", NEVER),
    (INTERNET, API, "8000/TCP", NEVER),
    (DRIFT, API, "8000/TCP", ALWAYS),
    (DRIFT, DNS, "53/UDP", ALWAYS),
    (DRIFT, DNS, "53/TCP", ALWAYS),
    (DRIFT, DNS, "443/TCP", NEVER),
    (DRIFT, SYSTEM, "53/UDP", NEVER),
    (DRIFT, INTERNET, "443/TCP", NEVER),
    (DRIFT, METADATA, "80/TCP", NEVER),
    (API, DNS, "53/UDP", NEVER),
    (API, DRIFT, "8000/TCP", NEVER),
    (API, INTERNET, "443/TCP", NEVER),
    (API, METADATA, "80/TCP", NEVER),
    (STRANGER, INTERNET, "443/TCP", NEVER),
    (CLIENT, STRANGER, "8000/TCP", NEVER),
)


def assert_network(name: str, manifests: Sequence[Manifest]) -> None:
    """Each connection is made where it has to be, and refused everywhere else."""
    policies = [
        {**one, "metadata": {**one["metadata"], "namespace": "here"}}
        for one in manifests
        if one["kind"] == "NetworkPolicy"
    ]
    workloads = [template["metadata"]["labels"] for template in pods(manifests).values()]
    for source, target, port, wanted in CONNECTIONS:
        asking, asked = (_with_all_labels(end, workloads) for end in (source, target))
        is_let_through = allowed(policies, asking, asked, port)
        assert is_let_through == (name in wanted), (
            f"{name}: {'lets through' if is_let_through else 'refuses'} "
            f"{source} -> {target} at {port}"
        )


def _with_all_labels(end: End, workloads: Sequence[Labels]) -> End:
    """A pod of the project as its manifests label it."""
    found = [labels for labels in workloads if end.labels.items() <= labels.items()]
    return replace(end, labels=found[0]) if found and end.namespace == "here" else end
