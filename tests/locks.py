"""A lock takes minutes: the first user without one makes it for all who have the same needs."""

import hashlib
import json
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from matrix import ROOT
from proof import clean_environment, command, exclusive

# Makes the locks of pip-tools by the project's own program, with uv in the place of the resolver.
# uv reads the same options and finds the same versions, in seconds; what pip-tools itself does is
# proven in proofs/test_environments.py.
RESOLVED_BY_UV = """
import subprocess, sys, tomllib
import environment
def run(module, *arguments, given=None):
    if module == "piptools":
        line = ["uv", "pip", *arguments, "--no-header", "--python", sys.executable]
        subprocess.run(line, input=given, text=True, check=True)
environment.run = run
environment.lock_all(tomllib.load(open("pyproject.toml", "rb")), upgrade=False)
"""


@contextmanager
def shared(folder: Path, pattern: str) -> Iterator[None]:
    """While the body makes a project's environment, and with it the lock where there is none."""
    store = ROOT / "build" / "dependency-locks" / _key(folder, pattern)
    if not any(folder.glob(pattern)):
        with exclusive(f"lock-{store.name}"):
            if not store.exists():
                yield
                _copy(folder, pattern, store)
                return
        _copy(store, pattern, folder)
    yield


def of_a_colleague(folder: Path, pattern: str, python: str) -> None:
    """The lock that a project comes with, where making one takes minutes."""
    if (folder / "environment.py").exists() and not any(folder.glob(pattern)):
        here = {**clean_environment(), "PYTHONDONTWRITEBYTECODE": "1"}
        command([python, "-c", RESOLVED_BY_UV], folder, environment=here)


def _key(folder: Path, pattern: str) -> str:
    manifest = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    project = manifest["project"]
    # A lock of Poetry names the Pythons, those of pip-tools follow from the oldest.
    needs = [project["requires-python"], project["dependencies"], manifest["dependency-groups"]]
    return hashlib.sha256(json.dumps([pattern, needs]).encode()).hexdigest()[:16]


def _copy(source: Path, pattern: str, target: Path) -> None:
    found = list(source.glob(pattern))
    assert found, f"there is no {pattern} after the environment was made"
    target.mkdir(parents=True, exist_ok=True)
    for path in found:
        shutil.copy2(path, target / path.name)
