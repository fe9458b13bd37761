"""`copier update` is a promise: a project keeps its user's edits and takes the template's."""

import itertools
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from copier import run_copy, run_update

import catalog
from matrix import ROOT
from rendering import PARTS, compiled_once, copy_template, files
from test_template_rules import destination, overlay_of

pytestmark = pytest.mark.filterwarnings("ignore::copier.errors.ShallowCloneWarning")

HOSTILE = "{{ 7 * 7 }} \"quoted\" 'name' \\ # ${{ x }} 🚀"

IDENTITY = {
    "GIT_AUTHOR_NAME": "Test",
    "GIT_AUTHOR_EMAIL": "test@example.com",
    "GIT_COMMITTER_NAME": "Test",
    "GIT_COMMITTER_EMAIL": "test@example.com",
    "GIT_CONFIG_GLOBAL": "/dev/null",
}


@pytest.fixture(autouse=True)
def _git_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True
    ).stdout


def commit(folder: Path, message: str, tag: str | None = None) -> None:
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    if tag:
        git(folder, "tag", tag)


def previous_template(folder: Path) -> Path:
    """The template of the last release; before there is one, the one before its last change."""
    tags = git(ROOT, "tag", "--list", "--sort=-v:refname", "[0-9]*", "v[0-9]*").split()
    commits = git(ROOT, "log", "-n", "2", "--format=%H", "--", *PARTS).split()
    revision = tags[0] if tags else commits[-1]
    folder.mkdir()
    archive = subprocess.run(
        ["git", "-C", str(ROOT), "archive", revision],
        capture_output=True,
        check=True,
    ).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)
    commit(folder, "previous", "1.0.0")
    return folder


def release(template: Path, tag: str) -> None:
    """Replace a template by the one of the working tree, as its next release."""
    git(template, "rm", "-r", "--quiet", "--ignore-unmatch", *PARTS)
    commit(copy_template(template), "next", tag)


def generate(template: Path, folder: Path, data: Mapping[str, Any]) -> Path:
    with compiled_once():
        run_copy(str(template), folder, data=dict(data), defaults=True, unsafe=True, quiet=True)
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


def test_a_project_of_the_last_release_takes_the_working_tree(tmp_path: Path) -> None:
    template = previous_template(tmp_path / "template")
    project = generate(template, tmp_path / "project", {"project_name": "Loan Desk"})
    manifest = project / "pyproject.toml"
    edited = manifest.read_text().replace('version = "0.1.0"', 'version = "7.0.0"')
    manifest.write_text(edited)
    (project / "src" / "loan_desk" / "own.py").write_text("OWN = 1\n")
    (project / "notes.md").write_text("My notes\n")
    commit(project, "edits of the user")

    release(template, "2.0.0")
    update(project)

    assert_no_conflict(project)
    fresh = contents(generate(template, tmp_path / "fresh", {"project_name": "Loan Desk"}))
    updated = contents(project)
    assert updated.pop("notes.md") == b"My notes\n"
    assert updated.pop("src/loan_desk/own.py") == b"OWN = 1\n"
    expected = fresh["pyproject.toml"].replace(b'version = "0.1.0"', b'version = "7.0.0"')
    assert updated.pop("pyproject.toml") == expected
    fresh.pop("pyproject.toml")
    assert updated == fresh
    assert "_commit: 2.0.0" in (project / ".copier-answers.yml").read_text()


def test_a_later_release_changes_the_file_that_the_user_changed(tmp_path: Path) -> None:
    template = copy_template(tmp_path / "template")
    commit(template, "now", "1.0.0")
    answers = {"project_name": HOSTILE, "author_name": HOSTILE, "package_name": "loan_desk"}
    project = generate(template, tmp_path / "project", answers)
    ignored = project / ".gitignore"
    ignored.write_text(ignored.read_text() + "\n# Of the user\nscratch/\n")
    commit(project, "edits of the user")

    source = template / "template" / ".gitignore"
    source.write_text("# Of the template\nnew-cache/\n" + source.read_text())
    manifest = template / "template" / "pyproject.toml.jinja"
    manifest.write_text(manifest.read_text() + "\n[tool.later]\nadded = true\n")
    (template / "template" / "later.txt").write_text("A new file\n")
    commit(template, "next", "1.1.0")
    update(project)

    assert_no_conflict(project)
    text = ignored.read_text()
    assert text.startswith("# Of the template\nnew-cache/\n")
    assert text.endswith("# Of the user\nscratch/\n")
    updated = contents(project)
    fresh = contents(generate(template, tmp_path / "fresh", answers))
    updated.pop(".gitignore")
    fresh.pop(".gitignore")
    assert updated == fresh
    assert updated["later.txt"] == b"A new file\n"
    assert HOSTILE in updated["LICENSE"].decode(), "an answer was taken for a template"


def test_a_new_question_gets_its_default(tmp_path: Path) -> None:
    template = copy_template(tmp_path / "template")
    commit(template, "now", "1.0.0")
    project = generate(template, tmp_path / "project", {"license": "Apache-2.0"})
    questions = template / "copier.yml"
    questions.write_text(questions.read_text() + "\ncolour:\n  type: str\n  default: red\n")
    commit(template, "next", "1.1.0")
    update(project)
    answers = (project / ".copier-answers.yml").read_text()
    assert "\ncolour: red\n" in answers
    assert "\nlicense: Apache-2.0\n" in answers


TARGETS = [option.name for option in catalog.load().axis("deploy_target").options]


@pytest.mark.parametrize(("old", "new"), list(itertools.pairwise([*TARGETS, TARGETS[0]])))
def test_another_target_changes_what_targets_own(tmp_path: Path, old: str, new: str) -> None:
    template = copy_template(tmp_path / "template")
    commit(template, "now", "1.0.0")
    answers = {"package_name": "loan_desk"}
    project = generate(template, tmp_path / "project", answers | {"deploy_target": old})
    manifest = project / "pyproject.toml"
    manifest.write_text(manifest.read_text().replace('"0.1.0"', '"7.0.0"'))
    (project / "src" / "loan_desk" / "own.py").write_text("OWN = 1\n")
    commit(project, "edits of the user")
    before = contents(project)

    update(project, deploy_target=new)

    assert_no_conflict(project)
    after = contents(project)
    changed = {path for path in before | after if before.get(path) != after.get(path)}
    owned = {
        destination(path, template / "template").replace("{{package_name}}", "loan_desk")
        for path in files(template / "template")
        if overlay_of(path, template / "template") in {old, new}
    }
    # Dependencies of a target stand in the one manifest; pages name the target and its costs.
    pages = {"README.md", "docs/architecture.md", "docs/finops.md", "docs/ml-canvas.md"}
    record = f"docs/adr/1004-deploy-target-{new}.md"
    assert changed <= owned | pages | {"pyproject.toml", record}
    assert "supersedes [0004](0004-deployment-target.md)" in after.pop(record).decode()
    fresh = contents(
        generate(template, tmp_path / "fresh", answers | {"deploy_target": new}),
    )
    assert after.pop("src/loan_desk/own.py") == b"OWN = 1\n"
    assert after.pop("pyproject.toml") == fresh.pop("pyproject.toml").replace(
        b'"0.1.0"', b'"7.0.0"'
    )
    # The first decision stays on record.
    first = "docs/adr/0004-deployment-target.md"
    assert after.pop(first) == before[first] != fresh.pop(first)
    assert after == fresh


def test_an_update_changes_no_decision_record(tmp_path: Path) -> None:
    template = copy_template(tmp_path / "template")
    commit(template, "now", "1.0.0")
    project = generate(template, tmp_path / "project", {})
    edited = project / "docs" / "adr" / "0005-model-format.md"
    edited.write_text("# 0005. Pickle after all\n")
    commit(project, "edits of the user")
    before = contents(project)
    records = template / "template" / "{{use.en}}" / "docs" / "adr"
    for path in (*records.glob("0*.md*"), records / "0013-new.md"):
        path.write_text("# Rewritten by the template\n{{ run }}\n")
    commit(template, "next", "1.1.0")
    update(project)
    assert_no_conflict(project)
    after = contents(project)
    assert after.pop("docs/adr/0013-new.md").startswith(b"# Rewritten")
    assert after == before


def test_a_conflict_would_be_seen(tmp_path: Path) -> None:
    commit(tmp_path, "nothing")
    assert_no_conflict(tmp_path)
    for name, text in {"a.txt.rej": "@@", "b.txt": "<<<<<<< before updating\n"}.items():
        (tmp_path / name).write_text(text)
        with pytest.raises(AssertionError):
            assert_no_conflict(tmp_path)
        (tmp_path / name).unlink()
