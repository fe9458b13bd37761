"""What NetworkPolicies let through, decided as the API's documentation says.

Selectors by expression and ports by name are in no manifest here; one that uses them is refused
rather than misjudged.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

Labels = Mapping[str, str]
Policy = Mapping[str, Any]


@dataclass(frozen=True)
class End:
    """One end of a connection: a pod, or an address outside of the cluster."""

    namespace: str = ""
    labels: Labels = field(default_factory=dict)
    namespace_labels: Labels = field(default_factory=dict)
    address: str = "10.255.0.1"


def allowed(policies: Sequence[Policy], source: End, target: End, port: str) -> bool:
    """Whether a connection to a port such as 53/UDP is made: both of its ends have to agree."""
    leaves = _admits(policies, "Egress", source, target, port)
    return leaves and _admits(policies, "Ingress", target, source, port)


def _admits(policies: Sequence[Policy], direction: str, pod: End, other: End, port: str) -> bool:
    """Whether the policies of one end let the other end through; without any, everything passes."""
    selecting = [
        policy["spec"]
        for policy in policies
        if policy["metadata"]["namespace"] == pod.namespace
        and direction in _types(policy["spec"])
        and _selects(policy["spec"]["podSelector"], pod.labels)
    ]
    rules = [rule for spec in selecting for rule in spec.get(direction.lower(), ())]
    peers = {"Ingress": "from", "Egress": "to"}[direction]
    return not selecting or any(
        _is_peer(rule.get(peers), pod.namespace, other) and _is_port(rule, port) for rule in rules
    )


def _types(spec: Mapping[str, Any]) -> Iterable[str]:
    return spec.get("policyTypes") or ["Ingress", *(["Egress"] if "egress" in spec else [])]


def _is_peer(peers: Sequence[Mapping[str, Any]] | None, home: str, other: End) -> bool:
    return not peers or any(_matches(peer, home, other) for peer in peers)


def _matches(peer: Mapping[str, Any], home: str, other: End) -> bool:
    if "ipBlock" in peer:
        block, address = peer["ipBlock"], ip_address(other.address)
        inside = address in ip_network(block["cidr"])
        return inside and not any(address in ip_network(cidr) for cidr in block.get("except", ()))
    if not other.namespace:
        return False
    if "namespaceSelector" in peer:
        here = _selects(peer["namespaceSelector"], other.namespace_labels)
    else:
        here = other.namespace == home
    return here and _selects(peer.get("podSelector", {}), other.labels)


def _selects(selector: Mapping[str, Any], labels: Labels) -> bool:
    assert set(selector) <= {"matchLabels"}, f"a selector that is not judged here: {selector}"
    wanted: Labels = selector.get("matchLabels", {})
    return wanted.items() <= labels.items()


def _is_port(rule: Mapping[str, Any], port: str) -> bool:
    number, protocol = port.split("/")
    ports = rule.get("ports")
    if not ports:
        return True
    for one in ports:
        assert isinstance(one.get("port", 0), int), f"a port that is not judged here: {one}"
    return any(
        one.get("protocol", "TCP") == protocol
        and one.get("port", 0) <= int(number) <= one.get("endPort", one.get("port", 65535))
        for one in ports
    )
