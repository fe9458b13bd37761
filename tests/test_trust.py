"""The judge of trust policies: what it has to admit, and each kind of policy it has to refuse."""

import pytest

from conftest import Project
from infra.trust import ISSUER, assert_jobs_are_admitted, claims_of
from matrix import combinations

Policy = dict[str, object]
ENVIRONMENTS = ("dev", "staging", "prod")
PLAN = ["pull_request", "ref:refs/heads/main"]
APPLY = [f"environment:{name}" for name in ENVIRONMENTS]


def policy(subjects: list[str], operator: str = "StringEquals", audience: bool = True) -> Policy:
    conditions: dict[str, dict[str, str | list[str]]] = {operator: {f"{ISSUER}:sub": subjects}}
    if audience:
        conditions.setdefault("StringEquals", {})[f"{ISSUER}:aud"] = "sts.amazonaws.com"
    action = "sts:AssumeRoleWithWebIdentity"
    return {"Statement": [{"Effect": "Allow", "Action": action, "Condition": conditions}]}


def test_the_right_policies_admit_each_job_and_nobody_else(project: Project) -> None:
    rendered = project(combinations()[0].data())
    prefix = claims_of(rendered).subject
    figures = assert_jobs_are_admitted(
        rendered,
        {
            "plan": policy([prefix + context for context in PLAN]),
            "apply": policy([prefix + context for context in APPLY]),
        },
    )
    assert figures["jobs admitted"] == len(PLAN) + len(APPLY)


@pytest.mark.parametrize(
    ("role", "contexts", "operator", "audience"),
    [
        pytest.param("apply", ["environment:*"], "StringLike", True, id="any environment"),
        pytest.param("plan", ["pull_request", "ref:*"], "StringLike", True, id="any branch"),
        pytest.param("plan", ["*"], "StringLike", True, id="any job"),
        pytest.param("apply", APPLY[:2], "StringEquals", True, id="an environment is missing"),
        pytest.param("apply", APPLY, "StringEquals", False, id="any audience"),
    ],
)
def test_a_wrong_policy_is_found(
    project: Project, role: str, contexts: list[str], operator: str, audience: bool
) -> None:
    rendered = project(combinations()[0].data())
    prefix = claims_of(rendered).subject
    right = {"plan": PLAN, "apply": APPLY}
    policies = {name: policy([prefix + one for one in found]) for name, found in right.items()}
    policies[role] = policy([prefix + one for one in contexts], operator, audience)
    with pytest.raises(AssertionError, match=f"^{role} (admits|refuses) "):
        assert_jobs_are_admitted(rendered, policies)


def test_a_policy_of_names_without_numbers_is_found(project: Project) -> None:
    rendered = project(combinations()[0].data())
    ours = claims_of(rendered)
    policies = {
        "plan": policy([ours.subject + one for one in PLAN]),
        "apply": policy([f"repo:{ours.owner}*/{ours.repository}*:environment:*"], "StringLike"),
    }
    with pytest.raises(AssertionError, match=r"^apply admits "):
        assert_jobs_are_admitted(rendered, policies)
