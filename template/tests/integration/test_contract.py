"""The HTTP service keeps the contract."""

from pathlib import Path

import pytest

from tests.contract_cases import CASES, Case, ask_http, assert_as_agreed


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_http_service_answers_as_agreed(case: Case, tmp_path: Path) -> None:
    assert_as_agreed(case, ask_http(case, tmp_path))
