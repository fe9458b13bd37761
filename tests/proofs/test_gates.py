"""The generated project's own gates, on each Python that can be chosen for it."""

from pathlib import Path

import pytest

from conftest import Prove
from matrix import Combination, combinations
from proof import Check
from proofs.users import INDEPENDENT, User, user_tools


@pytest.mark.slow
@pytest.mark.parametrize("combination", combinations(), ids=str)
def test_a_fresh_project_passes_its_gates(prove: Prove, combination: Combination) -> None:
    version = combination.data()["python_version"]

    def run(folder: Path) -> None:
        user = User(folder, combination, version)
        user.set_up()
        user.poe("check")
        _commits_pass_the_hooks(user)

    prove(
        Check(
            name=f"gates-{version}",
            inputs=("**",),
            without=INDEPENDENT,
            tools=user_tools(combination),
            run=run,
        ),
        combination,
    )


def _commits_pass_the_hooks(user: User) -> None:
    user.run("git add --all")
    with pytest.raises(AssertionError, match="Conventional Commit"):
        user.run("git commit --message 'first version'")
    user.run("git commit --message 'feat: first version'")
    assert user.run("git status --porcelain") == "", "a hook changed a fresh project"
