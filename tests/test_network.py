"""The judge of network policies, on the cases that the API's documentation describes."""

from typing import Any

import pytest

from cluster.network import End, allowed

WEB, DB = End("here", {"app": "web"}), End("here", {"app": "db"})
FAR = End("there", {"app": "web"}, {"team": "b"})
OUTSIDE = End(address="172.17.1.9")


def policy(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"namespace": "here"}, "spec": {"podSelector": {}, **spec}}


def into_db(**rule: Any) -> list[dict[str, Any]]:
    return [policy(podSelector={"matchLabels": {"app": "db"}}, ingress=[rule])]


def test_without_a_policy_everything_passes() -> None:
    assert allowed([], OUTSIDE, DB, "5432/TCP")


def test_a_policy_of_ingress_leaves_egress_alone() -> None:
    policies = [policy(ingress=[])]
    assert not allowed(policies, FAR, WEB, "80/TCP")
    assert allowed(policies, WEB, FAR, "80/TCP")


def test_a_policy_with_egress_rules_is_one_of_both() -> None:
    policies = [policy(egress=[{"to": [{"ipBlock": {"cidr": "172.17.0.0/16"}}]}])]
    assert allowed(policies, WEB, OUTSIDE, "80/TCP")
    assert not allowed(policies, WEB, FAR, "80/TCP")
    assert not allowed(policies, FAR, WEB, "80/TCP")


def test_policies_add_up() -> None:
    policies = [policy(ingress=[]), *into_db(**{"from": [{"podSelector": {}}]})]
    assert allowed(policies, WEB, DB, "5432/TCP")
    assert not allowed(policies, DB, WEB, "5432/TCP")


def test_a_pod_selector_alone_means_pods_of_the_same_namespace() -> None:
    policies = into_db(**{"from": [{"podSelector": {"matchLabels": {"app": "web"}}}]})
    assert allowed(policies, WEB, DB, "5432/TCP")
    assert not allowed(policies, FAR, DB, "5432/TCP")


def test_selectors_of_one_peer_must_both_match_and_peers_are_alternatives() -> None:
    namespace = {"namespaceSelector": {"matchLabels": {"team": "b"}}}
    pod = {"podSelector": {"matchLabels": {"app": "other"}}}
    assert not allowed(into_db(**{"from": [{**namespace, **pod}]}), FAR, DB, "5432/TCP")
    assert allowed(into_db(**{"from": [namespace, pod]}), FAR, DB, "5432/TCP")


def test_a_range_of_addresses_has_exceptions() -> None:
    block = {"cidr": "172.17.0.0/16", "except": ["172.17.1.0/24"]}
    policies = into_db(**{"from": [{"ipBlock": block}]})
    assert not allowed(policies, OUTSIDE, DB, "5432/TCP")
    assert allowed(policies, End(address="172.17.2.1"), DB, "5432/TCP")


def test_ports_are_of_one_protocol_and_may_be_a_range() -> None:
    policies = into_db(ports=[{"port": 8000, "endPort": 8002}])
    found = [allowed(policies, WEB, DB, port) for port in ("8000/TCP", "8002/TCP", "8003/TCP")]
    assert found == [True, True, False]
    assert not allowed(policies, WEB, DB, "8000/UDP")


@pytest.mark.parametrize(
    "rule",
    [
        {"from": [{"podSelector": {"matchExpressions": []}}]},
        {"ports": [{"port": "http"}]},
    ],
)
def test_what_it_cannot_judge_it_refuses(rule: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match="not judged here"):
        allowed(into_db(**rule), WEB, DB, "5432/TCP")
