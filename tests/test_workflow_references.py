"""Whatever a workflow names exists: jobs, steps, inputs, outputs, variables, files, commands."""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import SWEEP, Project
from matrix import ROOT, Combination, stacks
from rendering import files

Document = Mapping[Any, Any]

# Written by a step, or by a person whom a message tells how.
MADE = {
    "infra/live/change.tfplan",
    "infra/live/change.txt",
    "infra/live/.terraform.lock.hcl",
}
FOLDERS = r"\.github|config|data|docs|examples|finops|infra|k8s|models|monitoring|src|tests"
PATH = re.compile(rf"(?<![\w$./{{}}-])(?:{FOLDERS})/[\w./-]*[\w-]")
# `env` and `runner` are checked by actionlint, which knows them all.
NAME = re.compile(r"\b(inputs|matrix|needs|secrets|steps|vars)\.([\w-]+)(?:\.outputs\.([\w-]+))?")
CONTRACT = {"release", "environment", "image", "strategy"}


@dataclass(frozen=True)
class Scope:
    """What an expression may name where it stands."""

    where: str
    inputs: set[str] = field(default_factory=set)
    # Step or job -> its outputs; None if they are not for us to know.
    steps: Mapping[str, set[str] | None] = field(default_factory=dict)
    needs: Mapping[str, set[str]] = field(default_factory=dict)
    matrix: set[str] = field(default_factory=set)


class Workflows:
    """The workflows and composite actions of a project."""

    def __init__(self, project: Path) -> None:
        self._project = project

    def dangling(self) -> Iterator[str]:
        """Each reference without its other side."""
        for path, document in self._documents.items():
            if "jobs" in document:
                for name, job in document["jobs"].items():
                    yield from self._in_job(path, document, name, job)
            else:
                yield from self._in_action(path, document)
        yield from self._outputs_of_terraform()
        yield from self._paths()
        yield from self._commands()
        yield from self._release()

    @cached_property
    def _documents(self) -> dict[str, Document]:
        return {
            path.relative_to(self._project).as_posix(): _parsed(path.read_text())
            for path in sorted((self._project / ".github").rglob("*.yml"))
            if "jobs:" in path.read_text() or path.name == "action.yml"
        }

    @cached_property
    def _texts(self) -> dict[str, str]:
        return {
            path.relative_to(self._project).as_posix(): path.read_text(encoding="utf-8")
            for path in files(self._project / ".github")
            if path.parent.name != ".github"
        }

    @cached_property
    def _variables(self) -> set[str]:
        """What bootstrap's output says that the repository's variables are."""
        outputs = (self._project / "infra" / "bootstrap" / "outputs.tf").read_text()
        (block,) = re.findall(
            r'output "github_variables" \{.*?value = \{\n(.*?)\n  \}', outputs, re.DOTALL
        )
        return set(re.findall(r"^ +(\w+) +=", block, re.MULTILINE))

    @cached_property
    def _secrets(self) -> set[str]:
        """What a page says that one may store. A workflow needs none: there is `github.token`."""
        pages = [path.read_text(encoding="utf-8") for path in (self._project / "docs").glob("*.md")]
        return set(re.findall(r"\bsecret `(\w+)`", "\n".join(pages)))

    def _in_job(self, path: str, document: Document, name: str, job: Document) -> Iterator[str]:
        # YAML 1.1 reads the key `on` as a truth value.
        events = document[True]
        needs = job.get("needs", [])
        scope = Scope(
            where=f"{path}: {name}",
            inputs={key for event in _given(events) for key in event.get("inputs", {})},
            steps={
                step["id"]: self._outputs(step) for step in job.get("steps", ()) if "id" in step
            },
            needs={
                other: self._outputs_of_job(document["jobs"][other])
                for other in ([needs] if isinstance(needs, str) else needs)
            },
            matrix=set(job.get("strategy", {}).get("matrix", ())),
        )
        yield from self._unknown(scope, job)
        yield from self._arguments(scope.where, job)
        yield from self._in_steps(scope.where, job.get("steps", ()))
        yield from _rights(scope.where, job)

    def _in_action(self, path: str, document: Document) -> Iterator[str]:
        steps = document["runs"]["steps"]
        scope = Scope(
            where=path,
            inputs=set(document.get("inputs", ())),
            steps={step["id"]: self._outputs(step) for step in steps if "id" in step},
        )
        yield from self._unknown(scope, document)
        yield from self._in_steps(path, steps)

    def _in_steps(self, where: str, steps: list[Document]) -> Iterator[str]:
        known: set[str] = set()
        for step in steps:
            later = {name for kind, name, _ in _names(step) if kind == "steps"} - known
            yield from (f"{where}: {name} runs later or never" for name in sorted(later))
            known |= {step["id"]} if "id" in step else set()
            yield from self._arguments(where, step)

    def _arguments(self, where: str, caller: Document) -> Iterator[str]:
        """Inputs of a local action or workflow that are unknown, or required and missing."""
        used = caller.get("uses", "")
        if not used.startswith("./"):
            return
        document = self._local(used)
        if document is None:
            yield f"{where}: {used} is not there"
            return
        inputs = document.get("inputs") or _called(document).get("inputs", {})
        given = set(caller.get("with", ()))
        required = {name for name, it in inputs.items() if it.get("required")}
        yield from (f"{where}: {used} has no input {name}" for name in sorted(given - set(inputs)))
        yield from (f"{where}: {used} lacks {name}" for name in sorted(required - given))

    def _unknown(self, scope: Scope, part: object) -> Iterator[str]:
        for kind, name, output in _names(part):
            said = f"{scope.where}: {kind}.{name}" + (f".outputs.{output}" if output else "")
            match kind:
                case "inputs":
                    known = name in scope.inputs
                case "matrix":
                    known = name in scope.matrix
                case "vars":
                    known = name in self._variables
                case "secrets":
                    known = name in self._secrets
                case _:
                    outputs = (scope.needs if kind == "needs" else scope.steps).get(name, set())
                    declared = name in (scope.needs if kind == "needs" else scope.steps)
                    known = declared and (not output or outputs is None or output in outputs)
            if not known:
                yield said

    def _outputs(self, step: Document) -> set[str] | None:
        if "run" in step:
            text = step["run"] + "".join(
                self._texts.get(path, "") for path in PATH.findall(step["run"])
            )
            if "GITHUB_ACTION_PATH" in step["run"] or "python3 " in step["run"]:
                return None  # in a script of the action's own; its proof runs it
            return set(re.findall(r"\b([\w-]+)=", text)) if "GITHUB_OUTPUT" in text else set()
        document = self._local(step["uses"])
        return None if document is None else set(document.get("outputs", ()))

    def _outputs_of_job(self, job: Document) -> set[str]:
        if "uses" in job:
            document = self._local(job["uses"])
            return set(_called(document or {}).get("outputs", ()))
        return set(job.get("outputs", ()))

    def _local(self, used: str) -> Document | None:
        path = used.removeprefix("./")
        return self._documents.get(path) or self._documents.get(f"{path}/action.yml")

    def _outputs_of_terraform(self) -> Iterator[str]:
        declared = {
            root: _declared(self._project / root / "outputs.tf", "output")
            for root in ("infra/bootstrap", "infra/live")
        }
        inputs = _declared(self._project / "infra" / "live" / "variables.tf", "variable")
        for where, text in self._texts.items():
            read = set(re.findall(r"\.(\w+)\.value\b", text))
            yield from (f"{where}: no output {name}" for name in read - declared["infra/live"])
            for root, name in re.findall(r"-chdir=(\S+) output -(?:json|raw) (\w+)", text):
                if name not in declared[root]:
                    yield f"{where}: {root} has no output {name}"
            for name in re.findall(r'-var="(\w+)=', text):
                if name not in inputs:
                    yield f"{where}: infra/live has no variable {name}"

    def _paths(self) -> Iterator[str]:
        environments = set(
            self._documents[".github/workflows/rollback.yml"][True]["workflow_dispatch"]["inputs"][
                "environment"
            ]["options"]
        )
        for where, text in self._texts.items():
            for path in PATH.findall(text):
                if path not in MADE and not (self._project / path).exists():
                    yield f"{where}: {path} is not there"
            for ending in re.findall(r"\$(?:ENVIRONMENT|environment)\.([\w.]*tf\w+)", text):
                for environment in environments:
                    path = f"infra/live/{environment}.{ending}"
                    if not (self._project / path).exists():
                        yield f"{where}: {path} is not there"

    def _commands(self) -> Iterator[str]:
        for where, text in self._texts.items():
            for name in re.findall(r"(?:gh workflow run|--workflow) ([\w.-]+)", text):
                if f".github/workflows/{name}" not in self._documents:
                    yield f"{where}: workflow {name} is not there"
        checked = re.findall(
            r"^ +check ([A-Z_]+) ", self._texts[".github/actions/cloud/action.yml"], re.MULTILINE
        )
        if set(checked) != self._variables:
            yield f"{checked} are checked, bootstrap gives {sorted(self._variables)}"

    def _release(self) -> Iterator[str]:
        """The target's side of the contract with deploy-environment.yml."""
        action = self._documents[".github/actions/release/action.yml"]
        if set(action["inputs"]) != CONTRACT or set(action["outputs"]) != {"url"}:
            yield "the release action has other inputs or outputs than the workflow gives and takes"
        outputs = (self._project / "infra" / "service" / "outputs.tf").read_text()
        given = set(
            re.findall(r"^ +(\w+) += ", outputs.partition('output "release"')[2], re.MULTILINE)
        )
        text = self._texts[".github/actions/release/action.yml"]
        for name in re.findall(r"fromJSON\(inputs\.release\)\.(\w+)", text):
            if name not in given:
                yield f"the release reads {name}, which infra/service does not give"


def _rights(where: str, job: Document) -> Iterator[str]:
    """A job that takes on a role may ask for the token that proves who it is; no other may."""
    roles = {
        step["with"]["role"]
        for step in job.get("steps", ())
        if step.get("uses") == "./.github/actions/cloud"
    }
    may = job["permissions"].get("id-token") == "write"
    if "uses" not in job and may != bool(roles):
        yield f"{where}: id-token and roles {sorted(roles)} do not fit"
    if "apply" in roles and "environment" not in job:
        yield f"{where}: the role that changes things is out of reach without an environment"


def _declared(path: Path, kind: str) -> set[str]:
    return set(re.findall(rf'^{kind} "(\w+)"', path.read_text(encoding="utf-8"), re.MULTILINE))


def _names(part: object) -> Iterator[tuple[str, str, str]]:
    """(context, name, output) of each name in the expressions of a part of a document."""
    if isinstance(part, Mapping):
        for key, value in part.items():
            # The one key whose expression may stand without its braces.
            yield from _names(f"${{{{ {value} }}}}" if key == "if" else value)
    elif isinstance(part, list):
        for item in part:
            yield from _names(item)
    elif isinstance(part, str):
        for expression in re.findall(r"\$\{\{(.*?)\}\}", part, re.DOTALL):
            yield from NAME.findall(re.sub(r"'[^']*'", "", expression))


def _given(events: Document | list[str] | str) -> list[Document]:
    if not isinstance(events, Mapping):
        return []
    return [settings for settings in events.values() if isinstance(settings, Mapping)]


def _called(document: Document) -> Document:
    events = document.get(True)
    found = events.get("workflow_call") if isinstance(events, Mapping) else None
    return found if isinstance(found, Mapping) else {}


@cache
def _parsed(text: str) -> Document:
    document: Document = yaml.load(text, yaml.CSafeLoader)
    return document


@pytest.mark.parametrize("combination", SWEEP)
def test_what_workflows_name_exists(project: Project, combination: Combination) -> None:
    assert not list(Workflows(project(combination.data())).dangling())


def test_the_project_is_scanned_by_the_version_that_it_was_proven_with(project: Project) -> None:
    (first, *_) = stacks()
    workflow = project(first.data()) / ".github" / "workflows" / "terraform.yml"
    named = yaml.safe_load(workflow.read_text())["env"]["CHECKOV_VERSION"]
    pins = (ROOT / "requirements" / "checkov.txt").read_text()
    assert f"\ncheckov=={named} " in pins


@pytest.mark.parametrize(
    ("path", "old", "new", "finding"),
    [
        ("workflows/deploy.yml", "needs.find.outputs.image", "needs.find.outputs.digest", "digest"),
        ("workflows/deploy.yml", "needs: find", "needs: checks", "needs.find.outputs.image"),
        ("workflows/deploy.yml", "vars.IMAGE_REPOSITORY", "vars.REPOSITORY", "vars.REPOSITORY"),
        ("workflows/deploy.yml", "environment: dev # only", "# only", "out of reach"),
        (
            "workflows/deploy.yml",
            "gh workflow run ci.yml",
            "gh workflow run tests.yml",
            "tests.yml",
        ),
        ("workflows/deploy.yml", "strategy: gradual", "pace: gradual", "has no input pace"),
        ("workflows/rollback.yml", "inputs.digest", "inputs.image", "inputs.image"),
        ("workflows/rollback.yml", "[dev, staging, prod]", "[dev, test]", "live/test.tfvars"),
        ("workflows/terraform.yml", "github.token", "secrets.TOKEN", "secrets.TOKEN"),
        ("workflows/terraform.yml", "matrix.environment", "matrix.env", "matrix.env"),
        ("workflows/terraform.yml", "infra/verify.py", "infra/check.py", "infra/check.py"),
        ("workflows/deploy-environment.yml", "id: release\n", "id: other\n", "steps.release"),
        ("workflows/deploy-environment.yml", "token: ${{", "secret: ${{", "lacks token"),
        (
            "workflows/deploy-environment.yml",
            "      id-token: write",
            "      issues: write",
            "id-token",
        ),
        (
            "actions/apply/action.yml",
            "url=\\(.url.value)",
            "url=\\(.address.value)",
            "no output address",
        ),
        (
            "actions/apply/action.yml",
            "steps.apply.outputs.url",
            "steps.apply.outputs.uri",
            "outputs.uri",
        ),
        ("actions/cloud/action.yml", "check AWS_REGION", "check REGION", "are checked"),
        ("actions/plan/action.yml", '-var="image=', '-var="digest=', "no variable digest"),
        (
            "actions/smoke-test/action.yml",
            "@examples/row.json",
            "@examples/one.json",
            "examples/one",
        ),
        (
            "scripts/announce-deployment.sh",
            "runbooks/deploy.md",
            "runbooks/release.md",
            "release.md",
        ),
    ],
)
def test_a_name_without_its_other_side_is_found(
    project: Project, tmp_path: Path, path: str, old: str, new: str, finding: str
) -> None:
    (first, *_) = stacks()
    folder = tmp_path / "project"
    shutil.copytree(project(first.data()), folder)
    file = folder / ".github" / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    found = set(Workflows(folder).dangling()) - set(Workflows(project(first.data())).dangling())
    assert any(finding in it for it in found), found
