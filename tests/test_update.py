"""`copier update` is a promise: a project keeps its user's edits and takes the template's."""

import re
import subprocess
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet

from conftest import Project
from matrix import ROOT, covering_pairs
from rendering import PARTS, Renderings, copy_template, files
from test_template_rules import destination, overlay_of
from updates import (
    FIRST,
    IDENTITY,
    Switch,
    assert_is_switched,
    assert_no_conflict,
    commit,
    contents,
    edit,
    edited,
    every_switch,
    generate,
    git,
    of_second_release,
    release,
    release_twice,
    switches,
    update,
)

pytestmark = pytest.mark.filterwarnings("ignore::copier.errors.ShallowCloneWarning")

HOSTILE = "{{ 7 * 7 }} \"quoted\" 'name' \\ # ${{ x }} 🚀"

# Pages of the common tree that name the target or its costs.
PAGES = ("adr/0004-deployment-target", "architecture", "finops", "ml-canvas")


@pytest.fixture(autouse=True)
def _git_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)


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


def test_a_project_of_the_last_release_takes_the_working_tree(tmp_path: Path) -> None:
    template = previous_template(tmp_path / "template")
    project = generate(template, tmp_path / "project", {"project_name": "Loan Desk"})
    manifest = project / "pyproject.toml"
    edited = manifest.read_text().replace('version = "0.1.0"', 'version = "7.0.0"')
    manifest.write_text(edited)
    (project / "src" / "loan_desk" / "own.py").write_text("OWN = 1\n")
    (project / "notes.md").write_text("My notes\n")
    commit(project, "edits of the user")
    records = {path: text for path, text in contents(project).items() if "docs/adr/" in path}

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
    # Decisions stay as they were written down.
    assert updated == fresh | records
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


@pytest.fixture(scope="session")
def released(renderings: Renderings) -> Path:
    """The template as a git repository with two releases; it is shared, as projects are."""
    with renderings.made("released") as (folder, done):
        if not done:
            release_twice(folder)
    return folder


def each_axis_once(found: list[Switch]) -> list[ParameterSet]:
    """All, of which the fast lane takes the first of each axis."""
    first = {switch.axis: switch for switch in reversed(found)}.values()
    return [
        pytest.param(one, id=str(one), marks=() if one in first else pytest.mark.slow)
        for one in found
    ]


@pytest.mark.parametrize("switch", each_axis_once(every_switch()))
def test_a_switched_project_is_a_fresh_one_with_its_users_edits(
    tmp_path: Path, released: Path, project: Project, switch: Switch
) -> None:
    answers = switch.answers(project(switch.row.data()))
    mine = generate(released, tmp_path / "project", answers, FIRST)
    edit(mine, switch)
    before = contents(mine)

    update(mine, **{switch.axis: switch.new})

    assert_no_conflict(mine)
    fresh = of_second_release(contents(project(switch.row.data())))
    assert_is_switched(switch, before, contents(mine), edited(fresh, switch))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("git", "dvc"),
        pytest.param("dvc", "git", marks=pytest.mark.slow),
        pytest.param("git", "delta", marks=pytest.mark.slow),
        pytest.param("git", "git_lfs", marks=pytest.mark.slow),
    ],
)
def test_a_users_data_come_along_by_the_documented_steps(
    tmp_path: Path, released: Path, old: str, new: str
) -> None:
    mine = generate(released, tmp_path / "project", {"data_versioning": old}, FIRST)
    file = mine / "data" / "raw" / "dataset.csv"
    file.write_text("my,own\n1,2\n")
    commit(mine, "their data")
    file.write_text("my,own\n1,2\n3,4\n")
    secrets = mine / ".dvc" / "config.local"
    if secrets.parent.exists():
        secrets.write_text("secret_access_key = ...\n")
    page = (mine / "docs" / "change-data-versioning.md").read_text()
    for line in re.findall("^    ((?:mv|rm|cp|git|copier) .+)$", page, re.MULTILINE):
        program, *arguments = line.split()
        if program == "copier":
            update(mine, data_versioning=new)
            assert_no_conflict(mine)
        elif "commit" not in arguments:
            subprocess.run([program, *arguments], cwd=mine, check=True)
    assert file.read_text() == "my,own\n1,2\n3,4\n"
    assert secrets.name not in git(mine, "ls-files")
    held = file.relative_to(mine).as_posix() in git(mine, "ls-files").splitlines()
    assert held is new.startswith("git"), "git holds the file, or lost it"


@pytest.mark.parametrize("new", [pytest.param("git", marks=pytest.mark.slow), "git_lfs"])
def test_a_file_that_git_ignores_is_not_replaced_by_a_switch(
    tmp_path: Path, released: Path, new: str
) -> None:
    mine = generate(released, tmp_path / "project", {"data_versioning": "dvc"}, FIRST)
    file = mine / "data" / "raw" / "dataset.csv"
    file.write_text("my,own\n1,2\n")
    update(mine, data_versioning=new)
    assert_no_conflict(mine)
    assert file.read_text() == "my,own\n1,2\n"


@pytest.mark.parametrize("option", [pytest.param("git", marks=pytest.mark.slow), "git_lfs"])
def test_another_kind_of_problem_brings_its_data(
    tmp_path: Path, released: Path, option: str
) -> None:
    mine = generate(released, tmp_path / "project", {"data_versioning": option}, FIRST)
    update(mine, problem="regression")
    assert_no_conflict(mine)
    found = mine / "data" / "raw" / "dataset.csv"
    assert found.read_bytes() == (ROOT / "datasets" / "diamonds.csv").read_bytes()


def test_another_target_changes_what_targets_own(project: Project) -> None:
    for switch in every_switch():
        if switch.axis == "deploy_target":
            before = contents(project(switch.born.data()))
            after = contents(project(switch.row.data()))
            changed = {path for path in before | after if before.get(path) != after.get(path)}
            owned = {
                destination(path, ROOT / "template")
                for path in files(ROOT / "template")
                if overlay_of(path, ROOT / "template") in {switch.old, switch.new}
            }
            # Dependencies of a target stand in the one manifest.
            pages = {"README.md", *(f"docs/{name}.md" for name in PAGES)}
            changed = {re.sub("^src/[^/]+/", "src/{{package_name}}/", path) for path in changed}
            assert changed <= owned | pages | {"pyproject.toml"}


def test_an_edit_on_the_same_line_is_a_conflict_that_keeps_both(
    tmp_path: Path, released: Path
) -> None:
    mine = generate(released, tmp_path / "project", {}, FIRST)
    ignored = mine / ".gitignore"
    first, *others = ignored.read_text().splitlines(keepends=True)
    ignored.write_text("".join([f"mine/ {first}", *others]))
    commit(mine, "edits of the user")
    update(mine)
    with pytest.raises(AssertionError):
        assert_no_conflict(mine)
    assert f"mine/ {first}" in ignored.read_text()
    assert "new-cache/\n" in ignored.read_text()


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


def test_the_rows_of_the_covering_set_leave_and_reach_each_option() -> None:
    found = switches(covering_pairs())
    every = every_switch()
    assert {switch.old for switch in found} == {switch.old for switch in every}
    assert {switch.new for switch in found} == {switch.new for switch in every}
