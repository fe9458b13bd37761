"""Each environment manager honours its lock, where CI installs it and where the image is built."""

import json
import os
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from conftest import Prove
from containers.podman import TOOLS, build, provide_bases, refusal
from matrix import Combination, covering
from proof import Check, command, search_path
from proofs.users import ENVIRONMENT, User, user_tools

# pip and Conda lock with the same program, which takes minutes: it makes one lock, as documented.
MAKER_OF_LOCKS = "pip"
SETUP = Path(".github/actions/setup/action.yml")
NOT_READ = ("LICENSE", ".copier-answers.yml", ".github/workflows/**", "docs/**", "infra/**")
SOURCES = ("Dockerfile", ".dockerignore", "src/**", "config/**", "models/.*", *ENVIRONMENT)


@dataclass(frozen=True)
class Refusals:
    """What a manager says of a lock that it does not install."""

    missing: str
    stale: str
    tampered: str
    # Of one that was made on another system; empty where a lock holds for every system.
    elsewhere: str = ""


_PIP_TOOLS = Refusals(
    "requirements.txt is missing: run 'python environment.py'",
    "is not the lock of this pyproject.toml: run 'python environment.py'",
    "THESE PACKAGES DO NOT MATCH THE HASHES",
    "requirements.txt was not made on Linux: run 'python environment.py' there",
)
REFUSALS = {
    "uv": Refusals(
        "uv.lock is missing: run 'uv lock'", "`uv.lock` needs to be updated", "Hash mismatch"
    ),
    "poetry": Refusals(
        "poetry.lock is missing: run 'poetry lock'",
        "pyproject.toml changed significantly since poetry.lock was last generated",
        "did not match any known checksums",
    ),
    "pip": _PIP_TOOLS,
    "conda": _PIP_TOOLS,
}


@pytest.mark.slow
@pytest.mark.parametrize("combination", covering("env_manager"), ids=str)
def test_ci_refuses_a_lock_that_is_not_the_projects(prove: Prove, combination: Combination) -> None:
    run = locked(combination, refuse_in_ci)
    tools = user_tools(combination)
    prove(
        Check("lock-in-ci", ("**",), run, tools, without=NOT_READ),
        combination,
    )


@pytest.mark.slow
@pytest.mark.parametrize("combination", covering("env_manager"), ids=str)
def test_the_image_is_not_built_from_another_lock(prove: Prove, combination: Combination) -> None:
    run = locked(combination, refuse_in_image)
    tools = (*TOOLS, *user_tools(combination))
    prove(Check("lock-in-image", SOURCES, run, tools), combination)


def locked(
    combination: Combination, refuse: Callable[[User, Refusals], None]
) -> Callable[[Path], None]:
    def run(folder: Path) -> None:
        user = User(folder, combination, combination.data()["python_version"])
        refuse(user, REFUSALS[combination.data()["env_manager"]])

    return run


def refuse_in_ci(user: User, messages: Refusals) -> None:
    """The setup action's own steps: red without the lock, with a stale one, with other hashes."""
    assert messages.missing in refusal(lambda: set_up_as_ci(user))
    if user.manager != MAKER_OF_LOCKS:
        user.clone_lock()
    open_dev_container(user)
    set_up_as_ci(user)
    with_stale_lock(user, lambda: set_up_as_ci(user), messages)
    if messages.elsewhere:
        with_lock_of_a_mac(user, lambda: set_up_as_ci(user), messages)
    tamper(user)
    assert messages.tampered in refusal(lambda: set_up_as_ci(user))


def refuse_in_image(user: User, messages: Refusals) -> None:
    """The same from the Dockerfile; and a project without a model has nothing to serve."""
    folder = user.folder
    provide_bases(folder / "Dockerfile")
    assert messages.missing in refusal(lambda: build(folder))
    user.lock()
    assert "models/champion.json is missing: train a model" in refusal(lambda: build(folder))
    with_stale_lock(user, lambda: build(folder), messages)
    tamper(user)
    assert messages.tampered in refusal(lambda: build(folder))


def open_dev_container(user: User) -> None:
    """What an editor runs in a new container: a lock, the environment, hooks and data are there."""
    settings = json.loads((user.folder / ".devcontainer" / "devcontainer.json").read_text())
    user.create_by(settings["postCreateCommand"])
    assert user.locks()
    assert (user.folder / ".git" / "hooks" / "pre-commit").exists()
    found = settings["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
    python = found.replace("${containerWorkspaceFolder}", str(user.folder))
    # The editor puts its interpreter first in each terminal.
    path = os.pathsep.join([str(Path(python).parent), search_path()])
    assert "version" in command(["poe", "data"], user.folder, environment={"PATH": path})


def set_up_as_ci(user: User) -> None:
    """Run the scripts of the setup action on a fresh clone, as a runner does."""
    shutil.rmtree(user.folder / ".venv", ignore_errors=True)
    steps = yaml.safe_load((user.folder / SETUP).read_text(encoding="utf-8"))["runs"]["steps"]
    work = user.folder.parent / "runner"
    work.mkdir(exist_ok=True)
    outputs = work / "outputs"
    outputs.write_text("")
    given = {
        "GITHUB_OUTPUT": str(outputs),
        "GITHUB_ENV": str(work / "env"),
        "GITHUB_PATH": str(work / "path"),
        "RUNNER_TEMP": str(work),
    }
    for step in (step for step in steps if "run" in step):
        values = dict(line.split("=", 1) for line in outputs.read_text().splitlines())
        settings = {name: filled(text, values) for name, text in step.get("env", {}).items()}
        user.script(step["run"], {**given, **settings})


def filled(text: str, outputs: Mapping[str, str]) -> str:
    """The value of an expression: an output of an earlier step; an input is not given."""
    match = re.fullmatch(r"\$\{\{ steps\.pins\.outputs\.(\w+) \}\}", text)
    return outputs[match[1]] if match else ""


def with_stale_lock(user: User, attempt: Callable[[], object], messages: Refusals) -> None:
    """A requirement is changed after the project was locked, one that the lock still meets."""
    manifest = user.folder / "pyproject.toml"
    before = manifest.read_text(encoding="utf-8")
    stale = re.sub(r'"numpy>=[\d.]+"', '"numpy>=2.2"', before)
    assert stale != before
    manifest.write_text(stale, encoding="utf-8")
    assert messages.stale in refusal(attempt)
    manifest.write_text(before, encoding="utf-8")


def with_lock_of_a_mac(user: User, attempt: Callable[[], object], messages: Refusals) -> None:
    """A colleague has locked on another system, where other packages are needed."""
    before = {lock: lock.read_text(encoding="utf-8") for lock in user.locks()}
    for lock, text in before.items():
        assert "# made on linux\n" in text
        lock.write_text(text.replace("# made on linux", "# made on darwin"), encoding="utf-8")
    assert messages.elsewhere in refusal(attempt)
    for lock, text in before.items():
        lock.write_text(text, encoding="utf-8")


def tamper(user: User) -> None:
    """Give every locked file another hash, and leave what the lock says of pyproject.toml."""
    for lock in user.locks():
        lines = lock.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = ("content-hash", "# dependencies in pyproject.toml")
        changed = [
            line
            if line.startswith(kept)
            else re.sub(r"[0-9a-f]{64}", lambda match: match[0][::-1], line)
            for line in lines
        ]
        assert changed != lines, f"{lock.name} holds no hash"
        lock.write_text("".join(changed), encoding="utf-8")
