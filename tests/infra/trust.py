"""Who may take which role: the subjects of a project's jobs, against the policies applied."""

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from infra.account import OWNER_ID, REPOSITORY_ID, Account

ISSUER = "token.actions.githubusercontent.com"
ROLE_ACTION = "./.github/actions/cloud"
# Events of the default branch; whoever starts the last one on another branch is refused.
OF_MAIN = ("push", "schedule", "workflow_dispatch")


@dataclass(frozen=True)
class Claims:
    """What GitHub signs for a job, as far as a trust policy may look at it."""

    owner: str
    owner_id: int
    repository: str
    repository_id: int
    context: str  # `environment:prod`, `pull_request` or `ref:refs/heads/main`
    audience: str = "sts.amazonaws.com"

    @property
    def subject(self) -> str:
        """The form of repositories made after 15 July 2026."""
        owner = f"{self.owner}@{self.owner_id}"
        return f"repo:{owner}/{self.repository}@{self.repository_id}:{self.context}"

    def values(self) -> dict[str, str]:
        return {f"{ISSUER}:aud": self.audience, f"{ISSUER}:sub": self.subject}


def assert_roles_are_taken_by_the_right_jobs(
    account: Account, variables: Mapping[str, str]
) -> dict[str, float]:
    """Every job gets the role that it asks for and no other one; nobody else gets any."""
    policies = {
        role: trust_policy(account, variables[f"AWS_{role.upper()}_ROLE_ARN"])
        for role in ("plan", "apply")
    }
    return assert_jobs_are_admitted(account.project, policies)


def assert_jobs_are_admitted(
    project: Path, policies: Mapping[str, Mapping[str, Any]]
) -> dict[str, float]:
    """The same, of policies that are at hand."""
    ours = claims_of(project)
    asked = sorted(set(role_requests(project)))
    assert {role for _, role in asked} == set(policies), "one of the roles is taken by no job"
    refused = 0
    for context, role in asked:
        job = replace(ours, context=context)
        (other,) = set(policies) - {role}
        assert admits(policies[role], job.values()), f"{role} refuses {job.subject}"
        assert not admits(policies[other], job.values()), f"{other} admits {job.subject}"
        for stranger in strangers(job):
            for name, policy in policies.items():
                assert not admits(policy, stranger), f"{name} admits {stranger}"
                refused += 1
    return {"jobs admitted": len(asked), "strangers refused": refused}


def strangers(job: Claims) -> Iterator[dict[str, str]]:
    """Who might pass for a job, and must not."""
    for other in (
        replace(job, owner="mallory", owner_id=9001, repository_id=9002),  # a fork
        replace(job, repository="another", repository_id=9002),  # of the same owner
        replace(job, repository_id=9002),  # deleted and made again
        replace(job, owner_id=9001),  # the account's name taken by someone else
        replace(job, audience="https://github.com/mallory"),
        replace(job, context="ref:refs/heads/feature"),
        replace(job, context="ref:refs/heads/main2"),
        replace(job, context="ref:refs/tags/main"),
        replace(job, context="environment:test"),
        replace(job, context="environment:prod2"),
        replace(job, context="pull_request_target"),
    ):
        yield other.values()
    # The form of older repositories, which says nothing of who owns the name today.
    by_name = f"repo:{job.owner}/{job.repository}:{job.context}"
    yield job.values() | {f"{ISSUER}:sub": by_name}
    yield {f"{ISSUER}:aud": job.audience}


def claims_of(project: Path) -> Claims:
    """The repository as bootstrap knows it."""
    text = (project / "infra" / "bootstrap" / "project.auto.tfvars").read_text()
    values = dict(re.findall(r'^(\w+) += "([^"]*)"$', text, re.MULTILINE))
    return Claims(values["github_owner"], OWNER_ID, values["github_repo"], REPOSITORY_ID, "")


def role_requests(project: Path) -> Iterator[tuple[str, str]]:
    """(context of the subject, role) of every step of every job that takes a role."""
    folder = project / ".github" / "workflows"
    for path in sorted(folder.glob("*.yml")):
        workflow = _load(path)
        for event in workflow["on"]:
            if event != "workflow_call":
                inputs = _choices(workflow, event)
                yield from _of_workflow(folder, workflow, event, inputs)


def _of_workflow(
    folder: Path, workflow: Mapping[str, Any], event: str, inputs: Mapping[str, list[str]]
) -> Iterator[tuple[str, str]]:
    for job in workflow["jobs"].values():
        if not _runs_on(job, event):
            continue
        values = {f"inputs.{name}": found for name, found in inputs.items()} | _matrix(job)
        if called := job.get("uses"):
            # A called workflow presents the subject of its caller, but for an environment.
            given = {
                name: _expand(value, values)
                for name, value in job["with"].items()
                if _known(value, values)
            }
            yield from _of_workflow(folder, _load(folder / Path(called).name), event, given)
            continue
        for step in job["steps"]:
            assert "configure-aws-credentials" not in step.get("uses", ""), "a role taken aside"
            if step.get("uses") == ROLE_ACTION:
                for context in _contexts(job, event, values):
                    yield context, step["with"]["role"]


def _contexts(job: Mapping[str, Any], event: str, values: Mapping[str, list[str]]) -> Iterator[str]:
    assert job["permissions"].get("id-token") == "write", "a job takes a role without a token"
    environment = job.get("environment")
    if environment:
        name = environment["name"] if isinstance(environment, dict) else environment
        yield from (f"environment:{found}" for found in _expand(name, values))
    elif event == "pull_request":
        yield "pull_request"
    else:
        assert event in OF_MAIN, f"which subject does a job of {event} present?"
        yield "ref:refs/heads/main"


def _runs_on(job: Mapping[str, Any], event: str) -> bool:
    """Whether a job's condition, if it speaks of events, names this one."""
    named = re.findall(r"github\.event_name == '(\w+)'", str(job.get("if", "")))
    return not named or event in named


def _choices(workflow: Mapping[str, Any], event: str) -> dict[str, list[str]]:
    inputs = ((workflow["on"] or {}).get(event) or {}) if isinstance(workflow["on"], dict) else {}
    declared = inputs.get("inputs", {}) if isinstance(inputs, dict) else {}
    return {name: value["options"] for name, value in declared.items() if "options" in value}


def _matrix(job: Mapping[str, Any]) -> dict[str, list[str]]:
    matrix = job.get("strategy", {}).get("matrix", {})
    return {f"matrix.{k}": v for k, v in matrix.items() if isinstance(v, list)}


EXPRESSION = re.compile(r"\$\{\{ *([\w.-]+) *\}\}")


def _known(text: object, values: Mapping[str, list[str]]) -> bool:
    return "${{" not in EXPRESSION.sub(
        lambda match: "" if match[1] in values else match[0], str(text)
    )


def _expand(text: str, values: Mapping[str, list[str]]) -> list[str]:
    """A text with each combination of values in place of its expressions."""
    names = EXPRESSION.findall(text)
    found = []
    for chosen in itertools.product(*(values[name] for name in names)):
        rest = iter(chosen)
        found.append(EXPRESSION.sub(lambda _, rest=rest: next(rest), text))  # type: ignore[misc]
    return found


def _load(path: Path) -> dict[str, Any]:
    found: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    # YAML takes `on` for a truth value.
    return {"on" if name is True else str(name): value for name, value in found.items()}


def trust_policy(account: Account, arn: str) -> dict[str, Any]:
    """A role's trust policy as it was applied, whose provider is GitHub's."""
    role = account.call("iam", "get-role", "--role-name", arn.rpartition("/")[2])["Role"]
    policy: dict[str, Any] = role["AssumeRolePolicyDocument"]
    for statement in policy["Statement"]:
        provider = account.call(
            *("iam", "get-open-id-connect-provider"),
            *("--open-id-connect-provider-arn", statement["Principal"]["Federated"]),
        )
        assert provider["Url"].removeprefix("https://") == ISSUER
        assert provider["ClientIDList"] == ["sts.amazonaws.com"]
    return policy


def admits(policy: Mapping[str, Any], claims: Mapping[str, str]) -> bool:
    """What IAM decides: a statement allows it, and all of its conditions hold."""
    for statement in policy["Statement"]:
        assert statement["Effect"] == "Allow", "a trust policy that denies is not understood here"
        assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
        if all(
            any(_matches(operator, claims.get(key), value) for value in _listed(wanted))
            for operator, conditions in statement.get("Condition", {}).items()
            for key, wanted in conditions.items()
        ):
            return True
    return False


def _matches(operator: str, actual: str | None, wanted: str) -> bool:
    if operator == "StringEquals":
        return actual == wanted
    assert operator == "StringLike", f"{operator} is not understood here"
    return actual is not None and fnmatchcase(actual, wanted)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
