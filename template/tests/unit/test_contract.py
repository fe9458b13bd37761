"""A table that breaks its contract is refused with everything that is wrong."""

from pathlib import Path

import pandas as pd
import pytest

from tests.kind import ACCEPTED, BAD_CELL, CELLS, TARGET
from tests.package import contract, errors, schema

SHOP = schema.Schema(
    "shop",
    (
        schema.Numeric("size", 0, 10, "Size"),
        schema.Numeric("price", 0, 99, "Price", integer=False, nullable=True),
        schema.Categorical("colour", ("red", "none"), "Colour", nullable=True),
    ),
    TARGET,
)
NO, YES = CELLS
GOOD = f"size,price,colour,label\n1,2.5,red,{YES}\n2,,none,{NO}\n3,1,,{NO}\n"


def load(tmp_path: Path, text: str) -> pd.DataFrame:
    path = tmp_path / "shop.csv"
    path.write_text(text, encoding="utf-8")
    return contract.load(path, SHOP)


def test_a_good_table_passes_and_only_empty_cells_are_missing(tmp_path: Path) -> None:
    frame = load(tmp_path, GOOD)
    assert frame["colour"].fillna("<missing>").tolist() == ["red", "none", "<missing>"]
    assert frame["size"].dtype == "float64"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.replace("red", "green"), r"colour: accepted: red, none, or empty; .*row 0: 'green'"),
        (GOOD.replace("\n2,", "\n11,"), r"size: accepted: whole numbers from 0 to 10; .*row 1: 11"),
        (GOOD.replace("\n2,", "\n2.5,"), r"size: accepted: whole numbers .*row 1: 2\.5"),
        (GOOD.replace("\n2,", "\nbig,"), r"size: accepted: whole numbers .*row 1: 'big'"),
        (GOOD.replace("\n2,", "\n,"), r"size: accepted: whole numbers from 0 to 10"),
        (GOOD.replace(YES, BAD_CELL), f"label: {ACCEPTED}"),
        (GOOD.replace("price", "cost"), r"(?s)cost: unexpected.*price: the column is missing"),
        ("size,price,colour,label\n", "a header and no rows"),
        ("", "no readable CSV"),
        ('size,"price\n', "no readable CSV"),
    ],
)
def test_a_broken_table_is_explained(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(errors.DataError, match=message):
        load(tmp_path, text)


def test_many_bad_rows_are_counted_and_the_first_shown(tmp_path: Path) -> None:
    rows = "\n".join(f"99,1,red,{NO}" for _ in range(8))
    with pytest.raises(errors.DataError, match=r"row 4: .*and 3 more"):
        load(tmp_path, f"size,price,colour,label\n{rows}\n")


def test_a_missing_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(errors.DataError, match=r"gone\.csv does not exist; fetch it"):
        contract.load(tmp_path / "gone.csv", SHOP)
