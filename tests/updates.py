"""Projects that are born from a release of the template, edited by a user, and updated."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from copier import run_copy, run_update

import catalog
from matrix import ROOT, Combination, questions, stacks
from rendering import PARTS, compiled_once, copy_template, files
from test_template_rules import destination

IDENTITY = {
    "GIT_AUTHOR_NAME": "Test",
    "GIT_AUTHOR_EMAIL": "test@example.com",
    "GIT_COMMITTER_NAME": "Test",
    "GIT_COMMITTER_EMAIL": "test@example.com",
    "GIT_CONFIG_GLOBAL": "/dev/null",
}
FIRST, SECOND = "1.0.0", "1.1.0"


@dataclass(frozen=True)
class Switch:
    """Another option on one axis, for a project that had `old`."""

    axis: str
    old: str
    row: Combination

    @property
    def new(self) -> str:
        return self.row.data()[self.axis]

    @property
    def born(self) -> Combination:
        return Combination(tuple({**self.row.data(), self.axis: self.old}.items()))

    def answers(self, fresh: Path) -> dict[str, Any]:
        """Those of the born project: of a fresh one of the row, such as its name, but for one."""
        text = (fresh / ".copier-answers.yml").read_text(encoding="utf-8")
        stored = yaml.safe_load(text)
        asked = {name: stored[name] for name in stored.keys() & questions().keys()}
        fixed = {"first_choices", "price_date"}
        given = {name: value for name, value in asked.items() if name not in fixed}
        return {**given, self.axis: self.old}

    def __str__(self) -> str:
        return f"{self.axis}: {self.old} to {self.row}"


def switches(rows: Sequence[Combination]) -> list[Switch]:
    """For each row how to get there: all of them together leave and reach each option.

    A matching gives each option a row that has it, and the row is reached from the option before.
    """
    ways = [list(_ways_to(row)) for row in rows]
    row_of: dict[str, int] = {}
    option_of: dict[int, str] = {}

    def place(option: str, tried: set[int]) -> bool:
        for number, found in enumerate(ways):
            if number not in tried and any(switch.new == option for switch in found):
                tried.add(number)
                if number not in option_of or place(option_of[number], tried):
                    row_of[option], option_of[number] = number, option
                    return True
        return False

    for option in dict.fromkeys(switch.new for found in ways for switch in found):
        place(option, set())
    return [
        next(
            (switch for switch in found if switch.new == option_of.get(number, switch.new)),
            found[0],
        )
        for number, found in enumerate(ways)
        if found
    ]


def every_switch() -> list[Switch]:
    """Each ordered pair of options of an axis, with the first stacks of the others."""
    found: dict[tuple[str, str, str], Switch] = {}
    for row in stacks():
        for switch in _ways_to(row):
            found.setdefault((switch.axis, switch.old, switch.new), switch)
    return list(found.values())


def _ways_to(row: Combination) -> Iterator[Switch]:
    known = catalog.load()
    names = [axis.name for axis in known.axes]
    valid = {tuple(stack.data()[name] for name in names) for stack in stacks()}
    for axis in known.axes:
        options = [option.name for option in axis.options]
        here = options.index(row.data()[axis.name])
        # From the option before it, so that a round of switches leaves each option once.
        for old in (options[here:] + options[:here])[:0:-1]:
            switch = Switch(axis.name, old, row)
            if tuple(switch.born.data()[name] for name in names) in valid:
                yield switch


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(folder), *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | IDENTITY,
    ).stdout


def commit(folder: Path, message: str, tag: str | None = None) -> None:
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    if tag:
        git(folder, "tag", tag)


def release(template: Path, tag: str) -> None:
    """Replace a template by the one of the working tree, as its next release."""
    git(template, "rm", "-r", "--quiet", "--ignore-unmatch", *PARTS)
    commit(copy_template(template), "next", tag)


def release_twice(template: Path) -> None:
    """The template of the working tree as a release, and one with a changed and a new file."""
    commit(copy_template(template), "now", FIRST)
    ignored = template / "template" / ".gitignore"
    ignored.write_text("# Of the template\nnew-cache/\n" + ignored.read_text())
    (template / "template" / "later.txt").write_text("A new file\n")
    commit(template, "next", SECOND)


def of_second_release(fresh: Mapping[str, bytes]) -> dict[str, bytes]:
    """What a project has in the second of these releases, from what it has in the first."""
    ignored = b"# Of the template\nnew-cache/\n" + fresh[".gitignore"]
    return {**fresh, ".gitignore": ignored, "later.txt": b"A new file\n"}


def generate(
    template: Path, folder: Path, data: Mapping[str, Any], version: str | None = None
) -> Path:
    with compiled_once():
        run_copy(
            str(template),
            folder,
            data=dict(data),
            defaults=True,
            unsafe=True,
            quiet=True,
            vcs_ref=version,
        )
    commit(folder, "generated")
    return folder


def update(project: Path, **data: str) -> None:
    with compiled_once():
        run_update(project, data=data, defaults=True, overwrite=True, unsafe=True, quiet=True)


def assert_no_conflict(project: Path) -> None:
    assert git(project, "ls-files", "--unmerged") == ""
    assert not list(project.rglob("*.rej"))
    marked = [path for path in files(project) if b"<<<<<<< " in path.read_bytes()]
    assert not marked


def contents(project: Path) -> dict[str, bytes]:
    """The files of a project, without the record of where it came from."""
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in files(project)
        if path.name != ".copier-answers.yml"
    }


def edited(project: Mapping[str, bytes], switch: Switch) -> dict[str, bytes]:
    """The same after its user's edits: the manifest, new files, a file of each axis that stays."""
    (package,) = {path.split("/")[1] for path in project if path.startswith("src/")}
    manifest = project["pyproject.toml"].replace(b'version = "0.1.0"', b'version = "7.0.0"')
    assert manifest != project["pyproject.toml"]
    own = {"notes.md": b"# My notes\n", f"src/{package}/own.py": b'"""Of the user."""\n'}
    appended = {
        path: project[path] + (b"\n\n# Of the user\n" if path.endswith(".py") else b"\nMore.\n")
        for path in _own_files(project, package, switch)
    }
    return {**project, "pyproject.toml": manifest, **own, **appended}


def edit(project: Path, switch: Switch) -> None:
    """What `edited` says, done."""
    before = contents(project)
    for path, content in edited(before, switch).items():
        if content != before.get(path):
            (project / path).write_bytes(content)
    commit(project, "edits of the user")


def assert_is_switched(
    switch: Switch,
    before: Mapping[str, bytes],
    after: Mapping[str, bytes],
    fresh: Mapping[str, bytes],
) -> None:
    """A switched project is a fresh one, apart from its decision records, which stay."""
    first = {path for path in before if path.startswith("docs/adr/0")}
    later = {path for path in after if path.startswith("docs/adr/1")}
    assert {path: after.get(path) for path in first} == {path: before[path] for path in first}
    ending = f"-{switch.axis}-{switch.new}.md".replace("_", "-")
    assert [path.endswith(ending) for path in later] == [True] * (switch.axis in catalog.RECORDED)
    strange = (set(after) ^ set(fresh)) - later
    assert not strange, f"left over or missing: {sorted(strange)}"
    changed = {path for path in set(fresh) - first if after[path] != fresh[path]}
    assert not changed, f"not as in a fresh project: {sorted(changed)}"


def _own_files(project: Mapping[str, bytes], package: str, switch: Switch) -> Iterator[str]:
    """One file of each axis that stays: code where it brings code, else a page."""
    template = ROOT / "template"
    for axis, option in switch.row.data().items():
        if axis == switch.axis or not (template / f"{{{{use.{option}}}}}").is_dir():
            continue
        paths = {
            destination(path, template).replace("{{package_name}}", package)
            for path in files(template / f"{{{{use.{option}}}}}")
        }
        candidates = [
            path
            for suffix in (".py", ".md")
            for path in sorted(paths & set(project))
            if path.endswith(suffix) and not path.startswith("docs/adr/")
        ]
        yield from candidates[:1]
