"""Render the working tree's template in this process."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from copier import run_copy
from copier._main import Worker
from jinja2 import Environment
from plumbum import local

from matrix import ROOT, questions

# All that a copy of the template consists of.
PARTS = ("copier.yml", "datasets", "extensions", "template")


def copy_template(destination: Path) -> Path:
    """The working tree's template without git, as Copier clones a repository at each render."""
    destination.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            ignore = shutil.ignore_patterns("__pycache__", ".*_cache")
            shutil.copytree(source, destination / part, ignore=ignore)
        else:
            shutil.copy2(source, destination / part)
    return destination


def render(template: Path, destination: Path, data: Mapping[str, Any]) -> Path:
    """Generate a project without a prompt. Copier takes names that are no questions silently."""
    unknown = set(data) - set(questions(template))
    assert not unknown, f"not questions of copier.yml: {sorted(unknown)}"
    with quick_copier():
        run_copy(
            str(template), destination, data=dict(data), defaults=True, unsafe=True, quiet=True
        )
    return destination


@contextmanager
def quick_copier() -> Iterator[None]:
    """Spare Copier what takes three times as long as the rendering itself.

    Where it finds git, it starts one `git config` per file.
    """
    with local.env(PATH=""), compiled_once():
        yield


@contextmanager
def compiled_once() -> Iterator[None]:
    """Copier compiles the same folder names again for each file in them.

    It also renders those in which there is nothing to render, and the name of the answers file for
    each file of the template, each time with all answers.
    """
    from_string = lru_cache(maxsize=None)(Environment.from_string)
    render_string = Worker._render_string  # noqa: SLF001  # there is no public way

    def render(worker: Worker, string: str, extra_context: Any = None) -> str:
        return render_string(worker, string, extra_context) if "{" in string else string

    with (
        patch.object(Environment, "from_string", from_string),
        patch.object(Worker, "_render_string", render),
        patch.object(Worker, "answers_relpath", Path(".copier-answers.yml")),
    ):
        yield


def files(project: Path) -> Iterator[Path]:
    """The files of a project, sorted, without what git and tools keep there."""
    hidden = {".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
    for path in sorted(project.rglob("*")):
        if path.is_file() and not hidden & set(path.relative_to(project).parts):
            yield path


def text_files(project: Path) -> Iterator[tuple[Path, str]]:
    """The text files of a project with their contents."""
    for path in files(project):
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
