"""A generated project, driven as its user drives it."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".cache" / "benchmarks"

_REFERENCE = Path(__file__).with_name("reference.py")


class BenchmarkError(Exception):
    """Something that keeps a benchmark from running; the message says what to do."""


@dataclass(frozen=True)
class Reference:
    """One row in every form that a server takes, and the score that ONNX Runtime gives it."""

    row: dict[str, Any]
    vector: list[float]
    score: float


@dataclass(frozen=True)
class Project:
    """A project folder. `command` runs one in the project's environment."""

    root: Path

    @property
    def package(self) -> str:
        """The name of the project's package."""
        (main,) = self.root.glob("src/*/__main__.py")
        return main.parent.name

    @property
    def model(self) -> Path:
        """The champion's ONNX graph.

        Raises:
            BenchmarkError: nothing was promoted in this project.
        """
        pointer = self.root / "models" / "champion.json"
        if not pointer.is_file():
            raise BenchmarkError(f"{self.root} has no champion: train and promote first")
        bundle = json.loads(pointer.read_text(encoding="utf-8"))["bundle"]
        return self.root / "models" / str(bundle) / "model.onnx"

    def uv(self, *arguments: str, **environment: str) -> None:
        """Run uv in the project."""
        run([tool("uv"), *arguments], cwd=self.root, **environment)

    def reference(self, python: Path) -> Reference:
        """Ask the project's own code for a row of its data in every form.

        Args:
            python: an interpreter that has the project installed.
        """
        output = run([str(python), str(_REFERENCE), self.package], cwd=self.root)
        return Reference(**json.loads(output))


def tool(name: str) -> str:
    """The path of a program.

    Raises:
        BenchmarkError: it is not on PATH.
    """
    found = shutil.which(name)
    if not found:
        raise BenchmarkError(f"{name} is not on PATH; benchmarks/README.md says what is needed")
    return found


def copy(destination: Path) -> Project:
    """Generate a project with default answers, by the command of the README."""
    command = [tool("uvx"), "--quiet", "--with", "copier-template-extensions", "copier", "copy"]
    options = ["--trust", "--defaults", "--quiet", "--vcs-ref", "HEAD"]
    run([*command, *options, str(ROOT), str(destination)])
    return Project(destination)


def run(command: list[str], cwd: Path = ROOT, **environment: str) -> str:
    """Run a command; give its standard output.

    Raises:
        BenchmarkError: it failed; the message has the end of what it printed.
    """
    done = subprocess.run(
        command,
        cwd=cwd,
        env=clean_environment(**environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        end = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
        raise BenchmarkError(f"{' '.join(command)} exited with {done.returncode}:\n{end}")
    return done.stdout


def clean_environment(**extra: str) -> dict[str, str]:
    """This process's environment without what would make one run differ from another."""
    # Without bytecode each start compiles all imports anew, and measures that.
    disturbing = {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "UV_PROJECT_ENVIRONMENT"}
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in disturbing and not name.startswith("APP_")
    }
    return {**kept, "PYTHONUNBUFFERED": "1", **extra}
