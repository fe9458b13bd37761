"""The workflows and what they rest on: linted, checked against schemas, and run by act."""

import json
import re
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import Prove
from containers.podman import TOOLS, podman, provide_bases, refusal
from matrix import ROOT, Combination, covering_pairs, stacks
from proof import Check, Tool, command, exclusive
from proofs.users import path_with_pythons, python
from workflows.act import USES, act, commit_all, vulnerabilities

CI = Path(".github/workflows/ci.yml")
SETUP = Path(".github/actions/setup/action.yml")
CLOUD = Path(".github/actions/cloud/action.yml")
EXPLAIN = Path(".github/scripts/explain-terraform.sh")
DEPLOY = Path(".github/workflows/deploy.yml")
# What is broken, and what its linter has to say.
FAULTS = (
    (CI, "@9c091bb21b7c1c1d1991bb908d89e4e9dddfe3e0 # v7.0.0", "@v7", "unpinned-uses"),
    (SETUP, " # v8.3.2", "", "does not say its version"),
    (CI, "permissions: {}\n\nconc", "permissions: write-all\n\nconc", "excessive-permissions"),
    (CI, "persist-credentials: false", "persist-credentials: true", "leaves its token"),
    (CI, "timeout-minutes: 5", "timeout-minutes: 500", "may hang for long"),
    (CI, "run: poe docs", "run: echo ${{ github.event.pull_request.title }}", "untrusted"),
    (CI, "run: poe docs", "run: cat $HOME/x", "SC2086"),
    (CI, "needs: pythons", "needs: python", 'property "pythons" is not defined'),
    (CI, "python-version: ${{", "version: ${{", 'input "version" is not defined'),
    (Path(".github/dependabot.yml"), "interval:", "every:", "'interval' is a required property"),
    (Path("compose.yaml"), "read_only", "readonly", "'readonly' was unexpected"),
    (Path("Dockerfile"), "WORKDIR /app", "RUN sudo ls", "DL3004"),
    (CLOUD, 'case "$ROLE" in', 'test $ROLE; case "$ROLE" in', "SC2086"),
    (CLOUD, '"$ROLE" in', '"${{ inputs.role }}" in', "template-injection"),
    (EXPLAIN, '"$log" | head', "$log | head", "SC2086"),
    (DEPLOY, "contents: read", "contents: write", "without explanatory comments"),
)
PULL_REQUESTS_ONLY = "commits"
ONLY_CI = f"--workflows={CI}"
# The actions of two axes that the jobs call have proofs of their own: those of the managers in
# test_environments.py, those of data versioning in test_data.py.
(FIRST, *_) = stacks()


@pytest.mark.slow
@pytest.mark.parametrize("combination", covering_pairs(), ids=str)
def test_workflows_and_containers_pass_their_linters(
    prove: Prove, combination: Combination
) -> None:
    prove(LINTED, combination)


@pytest.mark.slow
def test_the_linters_find_what_is_wrong(prove: Prove) -> None:
    prove(FAULTS_FOUND, FIRST)


@pytest.mark.slow
def test_a_push_runs_every_job_to_a_green_gate(prove: Prove) -> None:
    prove(PUSH, FIRST)


@pytest.mark.slow
def test_the_gates_of_the_workflow_close(prove: Prove) -> None:
    prove(GATES, FIRST)


@pytest.mark.slow
def test_a_pull_request_is_held_to_conventional_commits(prove: Prove) -> None:
    prove(MESSAGES, FIRST)


def lint(folder: Path) -> None:
    # Both look for the root of a repository, where the local actions are.
    commit_all(folder, "feat: first version")
    workflows = [str(path) for path in sorted(folder.glob(".github/workflows/*.yml"))]
    actions = [str(path) for path in sorted(folder.glob(".github/actions/*/action.yml"))]
    assert workflows
    assert actions
    command(["actionlint", *workflows], folder)
    settings = ROOT / "tests" / "workflows" / "zizmor.yml"
    command(["zizmor", "--offline", "--persona=pedantic", f"--config={settings}", "."], folder)
    for schema, files in {
        "github-workflows": workflows,
        "github-actions": actions,
        "dependabot": [".github/dependabot.yml"],
        "compose-spec": [path.name for path in sorted(folder.glob("compose*.yaml"))],
    }.items():
        command(["check-jsonschema", f"--builtin-schema=vendor.{schema}", *files], folder)
    command(["hadolint", "Dockerfile"], folder)
    command(["shellcheck", *map(str, folder.glob(".github/**/*.sh"))], folder)
    for path in map(Path, actions):
        lint_scripts(path)
    for path in map(Path, (*workflows, *actions)):
        assert_actions_are_pinned(path.read_text(encoding="utf-8"))
    for path in map(Path, workflows):
        assert_is_confined(path.name, yaml.safe_load(path.read_text(encoding="utf-8")))


def lint_scripts(action: Path) -> None:
    """What actionlint does for the scripts of workflows, for those of a composite action."""
    for step in yaml.safe_load(action.read_text(encoding="utf-8"))["runs"]["steps"]:
        if script := step.get("run"):
            given = "".join(f"read -r {name}; export {name}\n" for name in step.get("env", ()))
            with tempfile.NamedTemporaryFile("w", suffix=".sh") as file:
                file.write(f"#!/usr/bin/env bash\nset -eo pipefail\n{given}{script}")
                file.flush()
                try:
                    command(["shellcheck", file.name], action.parent)
                except AssertionError as error:
                    raise AssertionError(f"{action.parent.name}: {error}") from None


def assert_actions_are_pinned(text: str) -> None:
    """A tag can be moved to other code, a commit cannot; the comment says which release it is."""
    for reference, _, commit, version in USES.findall(text):
        assert re.fullmatch(r"[0-9a-f]{40}", commit), f"{reference} is not pinned to a commit"
        assert re.fullmatch(r"v\d+\.\d+\.\d+", version), f"{reference} does not say its version"


def assert_is_confined(name: str, workflow: Mapping[str, Any]) -> None:
    """Nobody gets more rights, time or secrets than the work needs."""
    assert workflow["permissions"] == {}, f"{name}: permissions are granted to every job"
    assert "concurrency" in workflow, f"{name}: runs pile up"
    for job, settings in workflow["jobs"].items():
        assert "permissions" in settings, f"{name}: {job} does not say what it may do"
        if "uses" in settings:
            # A job that calls a workflow has neither time nor steps of its own.
            continue
        assert settings["timeout-minutes"] <= 55, f"{name}: {job} may hang for long"
        for step in settings["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                kept = step.get("with", {}).get("persist-credentials", True)
                assert kept is False, f"{name}: {job} leaves its token to every later step"


def find_faults(folder: Path) -> Mapping[str, float]:
    """Each of the faults, alone, is found for what it is."""
    for path, old, new, finding in FAULTS:
        with replaced(folder / path, (old, new)):
            output = refusal(lambda: lint(folder))
        assert finding in output, f"{new!r} in {path} is not found, but {output[-2000:]}"
    return {"faults": len(FAULTS)}


def push(folder: Path) -> Mapping[str, float | str]:
    prepare(folder)
    with vulnerabilities() as url, service_of_the_workflow():
        # The other Pythons have their own proof; one of the matrix shows that it works.
        run = act(folder, "push", ONLY_CI, "--matrix=python:3.13", osv_url=url)
    jobs = set(yaml.safe_load((folder / CI).read_text(encoding="utf-8"))["jobs"])
    green = {job for job, results in run.results.items() if results == {"success"}}
    assert green == jobs - {PULL_REQUESTS_ONLY}, f"{run.failed_steps} failed:\n{run.log[-6000:]}"
    document = json.loads((folder.parent / "artifacts" / "sbom" / "sbom.cdx.json").read_text())
    components = {component["name"] for component in document["components"]}
    assert {"fastapi", "onnxruntime", "libssl3"} <= components, "the SBOM has gaps"
    assert "scikit-learn" not in components
    [*_, size] = re.findall(r"The image has (\d+) MB", run.log)
    return {"jobs": len(green), "components in the SBOM": len(components), "MB": int(size)}


def close_the_gates(folder: Path) -> None:
    """Break one thing after the other; each must end the job that guards it, for its reason."""
    prepare(folder)
    limit = ('IMAGE_LIMIT_MB: "300"', 'IMAGE_LIMIT_MB: "100"')
    # The size is known before a model is served: any champion will do.
    [training] = re.findall(r"poe train\n(?: +poe .*\n)+", (folder / CI).read_text("utf-8"))
    untrained = (training, "echo '{}' > models/champion.json\n")
    with replaced(folder / CI, limit, untrained):
        assert_red(folder, "image", "more than 100 MB", step="Gate on size")
    needs = ("[pythons, quality, tests, docs, audit, commits, image]", "[quality]")
    untidy = ("import", "import  ")
    with replaced(folder / CI, needs), replaced(folder / "tests" / "conftest.py", untidy):
        assert_red(folder, "gate", "would be reformatted", step="Require that no job failed")
    with vulnerabilities("numpy") as url:
        assert_red(folder, "audit", "PYSEC-0-1", osv_url=url)
    with replaced(folder / "pyproject.toml", ('"numpy>=2.1"', '"numpy>=2.2"')):
        assert_red(folder, "quality", "`uv.lock` needs to be updated")
    (folder / "uv.lock").unlink()
    assert_red(folder, "quality", "uv.lock is missing: run 'uv lock'")


def judge_messages(folder: Path) -> None:
    """The titles and commits of pull requests that must pass, and those that must not."""
    base = prepare(folder)
    good = commit_all(folder, "feat(model): add a feature")
    bad = commit_all(folder, "more stuff")
    event = folder.parent / "event.json"
    for title, head, verdict in (
        ("fix: a 'quoted' $(title)", good, "success"),
        ("A title", good, "failure"),
        ("fix: a title", bad, "failure"),
    ):
        request = {"title": title, "number": 1, "base": {"sha": base}, "head": {"sha": head}}
        event.write_text(json.dumps({"pull_request": request}))
        run = act(folder, "pull_request", ONLY_CI, "--job=commits", f"--eventpath={event}")
        assert run.results["commits"] == {verdict}, f"{title}:\n{run.log[-6000:]}"


def prepare(folder: Path) -> str:
    """What a user commits first; the commit's id."""
    provide_bases(folder / "Dockerfile")
    command(["uv", "lock"], folder, environment={"PATH": path_with_pythons()})
    return commit_all(folder, "feat: first version")


def assert_red(folder: Path, job: str, reason: str, *, step: str = "", osv_url: str = "") -> None:
    commit_all(folder, "feat: something is wrong")
    with service_of_the_workflow():
        run = act(folder, "push", ONLY_CI, f"--job={job}", osv_url=osv_url)
    assert run.results[job] == {"failure"}, f"{job} is green:\n{run.log[-6000:]}"
    assert reason in run.log, f"{job} does not say {reason!r}:\n{run.log[-6000:]}"
    assert not step or step in run.failed_steps, f"{run.failed_steps} failed, not {step}"


@contextmanager
def replaced(path: Path, *swaps: tuple[str, str]) -> Iterator[None]:
    """A file with other text in it for a while."""
    before = text = path.read_text(encoding="utf-8")
    for old, new in swaps:
        assert old in text, f"{path.name} has no {old!r}"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    yield
    path.write_text(before, encoding="utf-8")


@contextmanager
def service_of_the_workflow() -> Iterator[None]:
    """Room for the container that the workflow starts under a fixed name and port."""
    with exclusive("port-8000"):
        with socket.socket() as port:
            taken = port.connect_ex(("127.0.0.1", 8000)) == 0
        assert not taken, "port 8000 is in use: the workflow needs it"
        try:
            yield
        finally:
            podman("podman", "rm", "--force", "--ignore", "--time=0", "service")
            podman("podman", "rmi", "--force", "--ignore", "service:ci")


EVERYTHING = ("**",)
NOT_READ = ("LICENSE", ".copier-answers.yml", ".devcontainer/**")
ACT = (Tool("act"), Tool("git"), Tool("uv"))
LINTERS = ("actionlint", "shellcheck", "zizmor", "check-jsonschema", "hadolint", "git")
LINTED = Check(
    name="workflow-lint",
    inputs=(".github/**", "Dockerfile", "compose*.yaml"),
    tools=tuple(map(Tool, LINTERS)),
    run=lint,
)
FAULTS_FOUND = replace(LINTED, name="workflow-faults", run=find_faults)
PUSH = Check(
    name="workflow-push",
    inputs=EVERYTHING,
    without=NOT_READ,
    tools=(*ACT, *TOOLS, Tool("trivy"), Tool("curl"), Tool("jq"), python("3.13")),
    run=push,
)
GATES = Check(
    name="workflow-gates",
    inputs=EVERYTHING,
    without=NOT_READ,
    tools=(*ACT, *TOOLS),
    run=close_the_gates,
)
MESSAGES = Check(
    name="workflow-messages",
    inputs=EVERYTHING,
    without=NOT_READ,
    tools=(*ACT, *TOOLS),
    run=judge_messages,
)
