"""The life of a project in each row of the covering set, by the documented commands.

It is born with another option on one axis, edited, and updated to the next release and to the row.
From then on it differs from a fresh project of the row by its user's edits alone, so that its gates
and its service speak for both.
"""

import hashlib
import json
import sys
from pathlib import Path

import pytest

import rendering
from conftest import Project, Prove
from matrix import ROOT, covering_pairs, stacks, with_each_option
from proof import Check, Tool, command
from proofs.users import User, journey, measured, user_tools
from rendering import Renderings
from updates import (
    FIRST,
    IDENTITY,
    Switch,
    assert_is_switched,
    assert_no_conflict,
    contents,
    edit,
    edited,
    generate,
    of_second_release,
    release_twice,
    switches,
)

# Each option in the first few rows, each two options in all of them.
NARROW = with_each_option(covering_pairs())
ROWS = [
    pytest.param(switch, id=str(switch), marks=() if switch.row in NARROW else pytest.mark.wide)
    for switch in switches(covering_pairs())
]


@pytest.fixture(scope="session")
def released(renderings: Renderings) -> Path:
    """The template as a git repository with two releases; it is shared, as projects are."""
    with renderings.made("released") as (folder, done):
        if not done:
            release_twice(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("switch", ROWS)
def test_a_switched_project_passes_its_gates_and_serves(
    prove: Prove, project: Project, released: Path, switch: Switch
) -> None:
    version = switch.row.data()["python_version"]
    answers = switch.answers(project(switch.row.data()))

    def run(fresh: Path) -> dict[str, float]:
        seconds: dict[str, float] = {}
        folder = generate(released, fresh.parent / "mine", answers, FIRST)
        edit(folder, switch)
        before = contents(folder)
        with measured(seconds, "update"):
            command(
                [
                    *(sys.executable, "-m", "copier", "update", "--trust", "--defaults"),
                    f"--data={switch.axis}={switch.new}",
                ],
                folder,
                environment=IDENTITY,
            )
        assert_no_conflict(folder)
        expected = edited(of_second_release(contents(fresh)), switch)
        assert_is_switched(switch, before, contents(folder), expected)
        user = User(folder, switch.row, version)
        user.run("git add --all")  # data that came with the update is no data that is not published
        return seconds | live(user)

    prove(
        Check(
            name=f"project {switch.axis} from {switch.old}",
            inputs=("**",),
            without=(".copier-answers.yml",),
            given=digest_of_template(),
            tools=(*user_tools(switch.row), Tool("curl")),
            run=run,
        ),
        switch.row,
    )


@pytest.mark.slow
def test_a_project_in_use_takes_an_update(prove: Prove, released: Path) -> None:
    (combination, *_) = stacks()
    version = combination.data()["python_version"]

    def run(fresh: Path) -> dict[str, float]:
        folder = generate(released, fresh.parent / "mine", combination.data(), FIRST)
        user = User(folder, combination, version)
        user.set_up()
        commits_pass_the_hooks(user)
        journey(user)
        # What its tools made stays: the environment, its lock, the models.
        command(
            [sys.executable, "-m", "copier", "update", "--trust", "--defaults"],
            folder,
            environment=IDENTITY,
        )
        assert_no_conflict(folder)
        user.run("git add --all")
        user.run("git commit --message 'chore: update the template'")
        return journey(user)

    prove(
        Check(
            name="project-in-use",
            inputs=("**",),
            without=(".copier-answers.yml",),
            given=digest_of_template(),
            tools=(*user_tools(combination), Tool("curl")),
            run=run,
        ),
        combination,
    )


def live(user: User) -> dict[str, float]:
    """Set up, pass the gates, commit, train, promote, serve; the seconds of each."""
    seconds: dict[str, float] = {}
    with measured(seconds, "set-up"):
        user.set_up()
    with measured(seconds, "check"):
        user.poe("check")
    with measured(seconds, "commit"):
        commits_pass_the_hooks(user)
    return seconds | journey(user)


def commits_pass_the_hooks(user: User) -> None:
    user.run("git add --all")
    with pytest.raises(AssertionError, match="Conventional Commit"):
        user.run("git commit --message 'first version'")
    user.run("git commit --message 'feat: first version'")
    assert user.run("git status --porcelain") == "", "a hook changed a fresh project"


def digest_of_template() -> str:
    """Of all that a project is rendered from."""
    parts = (ROOT / part for part in rendering.PARTS)
    found = [
        {part.name: rendering.digest(part)} if part.is_file() else rendering.contents(part)
        for part in parts
    ]
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()
