"""Render the working tree's template in this process."""

import fcntl
import hashlib
import json
import os
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
    """Copier compiles the same names and files again for each file and each project.

    It also renders those in which there is nothing to render, and the name of the answers file for
    each file of the template, each time with all answers. And it asks git for each file whether
    modes are kept in the index alone, which they are on no file system of ours.
    """
    render_string = Worker._render_string  # noqa: SLF001  # there is no public way

    def render(worker: Worker, string: str, extra_context: Any = None) -> str:
        return render_string(worker, string, extra_context) if "{" in string else string

    with (
        patch.object(Environment, "from_string", lru_cache(maxsize=None)(Environment.from_string)),
        patch.object(Environment, "compile", _compile),
        patch.object(Worker, "_render_string", render),
        patch.object(Worker, "_sync_git_index_executable_bit", lambda *_: None),
        patch.object(Worker, "answers_relpath", Path(".copier-answers.yml")),
    ):
        yield


_COMPILED: dict[tuple[Any, ...], Any] = {}


def _compile(environment: Environment, source: Any, *arguments: Any, **named: Any) -> Any:
    """What a text compiles to is the same for each environment that reads it with one lexer."""
    key = (environment.lexer, source, arguments, *named.items())
    if key not in _COMPILED:
        _COMPILED[key] = _environment_compile(environment, source, *arguments, **named)
    return _COMPILED[key]


_environment_compile = Environment.compile

# Path in a project -> digest of its bytes and of whether it can be executed.
Contents = Mapping[str, str]


class Renderings:
    """Projects, each rendered once for all processes that share a folder, and its contents."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._contents: dict[Path, Contents] = {}

    def template(self) -> Path:
        """The template as it was in the working tree when the session began."""
        with self.made("template") as (folder, done):
            if not done:
                copy_template(folder)
        return folder

    def project(self, data: Mapping[str, Any]) -> Path:
        """A project that is shared: nobody may write into it."""
        template = self.template()
        answers = repr(sorted(data.items()))
        with self.made(hashlib.sha256(answers.encode()).hexdigest()[:16]) as (folder, done):
            project = folder / "project"
            if not done:
                render(template, project, data)
                found = {path: digest(path) for path in files(project)}
                for path, name in found.items():
                    self._share(path, name)
                contents = {path.relative_to(project).as_posix(): d for path, d in found.items()}
                (folder / "contents.json").write_text(json.dumps(contents), encoding="utf-8")
        return project

    def contents(self, project: Path) -> Contents:
        """What is in one of these projects, without reading it again."""
        if project not in self._contents:
            text = (project.parent / "contents.json").read_text(encoding="utf-8")
            self._contents[project] = json.loads(text)
        return self._contents[project]

    @contextmanager
    def made(self, name: str) -> Iterator[tuple[Path, bool]]:
        """A folder that the first process makes, while others wait; and whether it is there."""
        folder, done = self._folder / name, self._folder / f"{name}.done"
        if done.exists():
            yield folder, True
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder, done.exists()
            done.touch()

    def _share(self, path: Path, name: str) -> None:
        """The same bytes once on the disk: hundreds of projects differ in a few files each."""
        pool = self._folder / "pool"
        pool.mkdir(exist_ok=True)
        mine = pool / f"{name}-{os.getpid()}"
        if not mine.exists():
            os.link(path, mine)
        else:
            path.unlink()
            os.link(mine, path)


def digest(path: Path) -> str:
    mode = path.stat().st_mode & 0o111
    return f"{mode:o}-{hashlib.sha256(path.read_bytes()).hexdigest()}"


def contents(project: Path) -> Contents:
    """What is in a folder now."""
    return {path.relative_to(project).as_posix(): digest(path) for path in files(project)}


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
