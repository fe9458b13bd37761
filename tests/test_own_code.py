"""The template's own Python keeps the standards that it hands out."""

import pytest

from matrix import ROOT
from proof import command


@pytest.mark.parametrize("line", ["ruff format --check", "ruff check", "mypy"])
def test_the_code_of_the_template_passes(line: str) -> None:
    command(line.split(), ROOT)
