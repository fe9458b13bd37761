"""The function keeps the contract, and answers as the HTTP service does."""

from pathlib import Path

import pytest

from tests.contract_cases import CASES, Case, ask_http, assert_as_agreed
from tests.functions import ask_function


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_function_answers_as_agreed_and_as_the_http_service_to_the_byte(
    case: Case, tmp_path: Path
) -> None:
    for side in ("http", "function"):
        (tmp_path / side).mkdir()
    found = ask_function(case, tmp_path / "function")
    assert_as_agreed(case, found)
    assert found == ask_http(case, tmp_path / "http")
