"""What is a token, and whom it admits."""

import pytest

from tests.package import api_token

TOKEN = "0123456789abcdef-._~+/="  # noqa: S105  # of these tests


@pytest.mark.parametrize(
    "header", [f"Bearer {TOKEN}", f"bearer {TOKEN}", f"BEARER {TOKEN}"], ids=str.split
)
def test_the_token_is_admitted_however_the_scheme_is_spelt(header: str) -> None:
    assert api_token.Guard(TOKEN).admits(header.encode())


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        TOKEN,
        f"Basic {TOKEN}",
        f"Bearer  {TOKEN}",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN}=",
        f"Bearer {TOKEN.upper()}",
    ],
)
def test_anything_else_is_not(header: str) -> None:
    assert not api_token.Guard(TOKEN).admits(header.encode())


def test_bytes_that_are_no_text_are_not_admitted() -> None:
    assert not api_token.Guard(TOKEN).admits(b"Bearer \xff\x00" + TOKEN.encode())


@pytest.mark.parametrize("text", [TOKEN, "a" * 16])
def test_a_token_is_long_and_fits_a_header(text: str) -> None:
    assert api_token.is_token(text)


@pytest.mark.parametrize("text", ["", "a" * 15, TOKEN + "\n", TOKEN + " x", TOKEN + "é"])
def test_a_short_text_or_one_that_no_header_can_carry_is_no_token(text: str) -> None:
    assert not api_token.is_token(text)
