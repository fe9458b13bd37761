"""From a fresh copy to a served prediction, with the README's own commands."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from conftest import Prove
from matrix import Combination, combinations
from proof import Check, Tool
from proofs.users import INDEPENDENT, User, journey, user_tools


@pytest.mark.slow
@pytest.mark.parametrize("combination", combinations(), ids=str)
def test_a_fresh_project_serves_a_prediction(prove: Prove, combination: Combination) -> None:
    version = combination.data()["python_version"]

    def run(folder: Path) -> Mapping[str, float]:
        return journey(User(folder, combination, version))

    prove(
        Check(
            name=f"journey-{version}",
            inputs=("**",),
            without=(*INDEPENDENT, "docs/**", "mkdocs.yml", "tests/**", "infra/**", "k8s/**"),
            tools=(*user_tools(combination), Tool("curl")),
            run=run,
        ),
        combination,
    )
