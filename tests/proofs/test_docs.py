"""The documentation site of a generated project."""

from pathlib import Path

import pytest

from conftest import Prove
from matrix import Combination, combinations
from proof import Check, Tool, command


def build(folder: Path) -> None:
    # `validation` in mkdocs.yml makes broken links warnings; --strict makes warnings errors.
    command(["mkdocs", "build", "--strict"], folder)
    assert (folder / "site" / "index.html").exists()


DOCS = Check(name="docs", inputs=("docs/**", "mkdocs.yml"), tools=(Tool("mkdocs"),), run=build)


@pytest.mark.slow
@pytest.mark.parametrize("combination", combinations(), ids=str)
def test_the_site_builds_without_a_warning(prove: Prove, combination: Combination) -> None:
    prove(DOCS, combination)
