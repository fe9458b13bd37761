"""Deployments, rollbacks, plans and their refusals, run by act on what stands in for AWS."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from conftest import Prove
from containers.podman import TOOLS as CONTAINER_TOOLS
from containers.podman import podman
from infra.terraform import TOOLS as TERRAFORM_TOOLS
from matrix import Combination, covering
from proof import Check, Tool, command
from workflows.act import Run
from workflows.delivery import TOOLS, Delivery, delivery, repository, world_of

# Answers with a field of another name, while all of its health routes are content.
FAULTY = """USER root
RUN sed -i 's/"label": /"decision": /' /app/.venv/lib/python3*/site-packages/*/prediction.py
USER 65532:65532"""
ANOTHER = "LABEL another=image"
UNKNOWN = f"sha256:{'0' * 64}"
MARKER = "<!-- terraform-plan -->"
STRANGER = {"id": 1, "user": {"login": "mallory"}, "body": f"{MARKER} mine"}
BOT = {"id": 2, "user": {"login": "github-actions[bot]"}, "body": f"{MARKER} of an older push"}
NIGHTLY = "Drift of dev"


@pytest.mark.slow
@pytest.mark.parametrize("combination", covering("deploy_target"), ids=str)
def test_a_commit_is_deployed_and_a_bad_one_rolled_back(
    prove: Prove, combination: Combination
) -> None:
    prove(DELIVERED, combination)


@pytest.mark.slow
@pytest.mark.parametrize("combination", covering("deploy_target")[:1], ids=str)
def test_what_cannot_be_deployed_is_refused_with_a_remedy(
    prove: Prove, combination: Combination
) -> None:
    prove(REFUSED, combination)


def deliver(folder: Path) -> Mapping[str, float | str]:
    seconds: dict[str, float] = {}
    with delivery(folder) as world:
        for name, part in (
            ("first", deploy_first),
            ("plans", plan_and_watch),
            ("faulty", roll_back_a_faulty_one),
            ("rollback", roll_back_by_hand),
        ):
            start = time.perf_counter()
            part(world)
            seconds[f"{name} s"] = round(time.perf_counter() - start)
    return seconds


def deploy_first(world: Delivery) -> None:
    """Built, published, applied; released once there is a token. The image stays the same one."""
    commit = world.commit("feat: first deployment")
    run = deploy(world)
    assert_failed(run, jobs_of("dev")[1], "has no value", "secretsmanager put-secret-value")
    assert "was applied but not released" in run.log
    digest = world.digest(commit)
    world.set_token("dev")
    run = deploy(world)
    assert_green(run, "Deploy/Image of this commit", "Deploy/Checks of this commit")
    assert_green(run, *jobs_of("dev"))
    assert "Deploy/Build" not in run.jobs, "an image that is there is built again"
    assert world.digest(commit) == world.in_service("dev") == digest
    assert f"@{digest} is in service." in run.log


def roll_back_a_faulty_one(world: Delivery) -> None:
    good = world.in_service("dev")
    faulty = world.publish(good, FAULTY, world.commit("feat: a faulty one"))
    run = deploy(world)
    assert_failed(run, jobs_of("dev")[1], "but examples/answer.json is")
    assert f"@{faulty} failed and was rolled back. In service now" in run.log, run.log[-6000:]
    assert world.in_service("dev") == good


def roll_back_by_hand(world: Delivery) -> None:
    other = world.publish(world.in_service("dev"), ANOTHER, "another")
    assert_green(world.roll_back(other), "Rollback/Image", *jobs_of("dev"))
    assert world.in_service("dev") == other


def plan_and_watch(world: Delivery) -> None:
    """A pull request's comment is renewed; what somebody changes by hand opens an issue."""
    world.github_has(comments=[STRANGER, BOT])
    run = review(world)
    assert_green(run, "Terraform/Comment")
    stranger, comment = world.github["comments"]
    assert stranger == STRANGER
    assert "<b>dev</b>: No changes" in comment["body"], comment["body"]
    assert comment["body"].count("Never deployed") == 4, "staging and prod, title and text"

    assert_green(watch(world), f"Terraform/{NIGHTLY}")
    logs = world.client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        logs.put_retention_policy(logGroupName=group["logGroupName"], retentionInDays=3653)
    for texts in (1, 2):
        assert_failed(watch(world), f"Terraform/{NIGHTLY}", "Infrastructure drift in dev")
        (issue,) = world.github["issues"]
        assert issue["title"] == "Infrastructure drift in dev"
        assert len(issue["bodies"]) == texts, "each night opens an issue of its own"
        assert "retention_in_days" in issue["bodies"][-1]


def refuse(folder: Path) -> None:
    """Each refusal names its cause and the remedy, and nothing has changed after it."""
    with world_of(folder) as world:
        image = empty_image(world)
        for name in world.variables:
            run = world.run("deploy.yml", "push", "--job=find", without=[name])
            assert_failed(run, "Deploy/Image of this commit", f"Repository variable {name}")
            assert f"gh variable set {name} --body" in run.log
        leave_alone_without_an_account(world)
        refuse_on_github(world)
        refuse_images(world, image)
        world.lock("dev")
        run = world.roll_back(image)
        assert_failed(run, jobs_of("dev")[0], "is locked by ada@laptop since", "force-unlock 5f0c")
        world.unlock("dev")
        (folder / "infra" / "live" / ".terraform.lock.hcl").unlink()
        world.commit("chore: forget the lock of the providers")
        run = world.roll_back(image)
        assert_failed(run, jobs_of("dev")[0], "terraform -chdir=infra/live providers lock")
        assert not world.state("dev"), "something was applied"


def leave_alone_without_an_account(world: Delivery) -> None:
    """Before bootstrap a push is not red, and a night is silent."""
    run = world.run("deploy.yml", "push", without=world.variables)
    assert_green(run, "Deploy/Account")
    assert "docs/infrastructure.md prepares one" in run.log
    assert not set(run.jobs.values()) - {"success", "skipped"}, run.jobs
    assert "Deploy/Image of this commit" not in {j for j, r in run.jobs.items() if r == "success"}
    run = world.run("terraform.yml", "schedule", "--job=drift", without=world.variables)
    assert not [job for job, result in run.jobs.items() if result != "skipped"], run.jobs


def refuse_on_github(world: Delivery) -> None:
    """Another branch, checks that failed, a fork."""
    world.github_has(ci="failure")
    run = world.run("deploy.yml", "push", "--job=checks")
    assert_failed(run, "Deploy/Checks of this commit", "what CI refuses is not deployed")
    command(["git", "switch", "--quiet", "--create", "feature"], world.project)
    world.commit("feat: not on main yet")
    run = world.run("deploy.yml", "workflow_dispatch", "--job=find")
    assert_failed(run, "Deploy/Image of this commit", "gh workflow run deploy.yml --ref main")
    command(["git", "switch", "--quiet", "main"], world.project)
    run = review(world, head="mallory/fork")
    assert not [job for job in run.jobs if "Plan" in job or "Comment" in job], "a fork gets a role"


def refuse_images(world: Delivery, unsigned: str) -> None:
    for digest, message in (
        ("latest; id", "a digest is 'sha256:' and 64 hexadecimal digits"),
        (UNKNOWN, f"has no image {UNKNOWN}"),
    ):
        run = world.roll_back(digest)
        assert_failed(run, "Rollback/Image", message, "aws ecr describe-images")
    run = world.roll_back(unsigned)
    assert_failed(run, jobs_of("dev")[1], "The image is not signed", "Nothing was changed")
    world.sign(unsigned, workflow=".github/workflows/other.yml")
    assert_failed(world.roll_back(unsigned), jobs_of("dev")[1], "The image is not signed")


def empty_image(world: Delivery) -> str:
    """The digest of an image in the registry that nobody has signed."""
    tag = f"{world.variables['IMAGE_REPOSITORY']}:empty"
    recipe = world.records / "Dockerfile"
    recipe.write_text("FROM scratch\nCOPY Dockerfile /\n")
    podman("buildah", "build", "--format=docker", f"--tag={tag}", ".", folder=world.records)
    world.push(tag)
    return world.digest("empty")


def deploy(world: Delivery) -> Run:
    """A push to main, as far as dev."""
    return world.run("deploy.yml", "push", "--job=dev")


def review(world: Delivery, head: str = "") -> Run:
    """A pull request from a branch of the repository, or from a fork."""
    name = repository(world.project)
    request: dict[str, Any] = {"number": 5, "user": {"login": "ada"}}
    request["head"] = {"repo": {"full_name": head or name}}
    payload = {"pull_request": request, "repository": {"full_name": name}}
    return world.run("terraform.yml", "pull_request", "--job=comment", payload=payload)


def watch(world: Delivery) -> Run:
    """One night of dev."""
    return world.run("terraform.yml", "schedule", "--job=drift", "--matrix=environment:dev")


def jobs_of(environment: str) -> list[str]:
    prefix = f"{environment}/Deploy to one environment"
    return [f"{prefix}/Plan", f"{prefix}/Apply, release, test"]


def assert_green(run: Run, *jobs: str) -> None:
    red = {job: run.jobs.get(job) for job in jobs if run.jobs.get(job) != "success"}
    assert not red, f"{red} of {dict(run.jobs)}:\n{run.log[-9000:]}"


def assert_failed(run: Run, job: str, *messages: str) -> None:
    assert run.jobs.get(job) == "failure", f"{json.dumps(dict(run.jobs))}:\n{run.log[-9000:]}"
    for message in messages:
        assert message in run.log, f"{message!r} is not said:\n{run.log[-9000:]}"


DELIVERED = Check(
    name="delivery",
    inputs=("**",),
    without=("LICENSE", ".copier-answers.yml", ".devcontainer/**", "docs/**", "mkdocs.yml"),
    tools=(*map(Tool, ("act", "git", "uv", "trivy")), *CONTAINER_TOOLS, *TERRAFORM_TOOLS, *TOOLS),
    run=deliver,
)
REFUSED = Check(
    name="delivery-refusals",
    inputs=(".github/**", "infra/**", "pyproject.toml", "examples/**"),
    tools=(*map(Tool, ("act", "git")), *CONTAINER_TOOLS, *TERRAFORM_TOOLS, *TOOLS),
    run=refuse,
)
