"""The data card states what the data set holds."""

import re
from pathlib import Path

import pandas as pd

from tests.package import dataset, frames, schema

CARD = (Path(__file__).parents[2] / "docs" / "data-card.md").read_text(encoding="utf-8")


def _codes() -> dict[str, set[str]]:
    (section,) = re.findall(r"^## Codes\n(.*?)^## ", CARD, re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", section, re.MULTILINE)
    return {column: set(re.findall(r"`(\w+)`", labels)) for column, labels in rows}


def test_the_table_of_codes_has_each_label_of_each_column(
    frame: pd.DataFrame, real_schema: schema.Schema
) -> None:
    numbers = {column for column in frame if frame[column].dtype.kind == "f"}
    assert _codes() == {
        str(column): set(frame[column]) for column in frame if column not in numbers
    }
    assert numbers < set(re.findall(r"`(\w+)`", CARD))
    assert len(real_schema.features) == 17
    assert len(real_schema.protected) == 3


def test_the_counts_of_groups_are_right(frame: pd.DataFrame, real_schema: schema.Schema) -> None:
    for attribute in real_schema.protected:
        (row,) = re.findall(
            rf"^\| `{attribute.name}` \| `(\w+)` \| (.*) \| (.*) \|$", CARD, re.MULTILINE
        )
        column, groups, counts = row
        assert column == attribute.column.name
        masks = frames.group_masks(frame, attribute)
        assert set(re.findall(r"`(\w+)`", groups)) == set(masks)
        sizes = [int(mask.sum()) for mask in masks.values()] or list(frame[column].value_counts())
        assert counts == ", ".join(map(str, sizes))


def test_the_costs_are_those_of_the_card() -> None:
    assert f"| {dataset.COST_FALSE_NEGATIVE:.0f}: a loan was lost" in CARD
    assert f"| {dataset.COST_FALSE_POSITIVE:.0f}: a good customer was refused" in CARD


def test_the_labels_are_counted(frame: pd.DataFrame, real_schema: schema.Schema) -> None:
    counts = frame[real_schema.target.name].value_counts()
    assert f"{counts['good']} `good`, {counts['bad']} `bad`" in CARD


def test_those_who_rent_are_younger_than_those_who_own(frame: pd.DataFrame) -> None:
    age = frame.groupby("housing")["age_years"].mean()
    assert age["rent"] < age["own"]
