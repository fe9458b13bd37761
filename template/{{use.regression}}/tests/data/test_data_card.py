"""The data card states what the data set holds."""

import re
from pathlib import Path

import pandas as pd

from tests.package import dataset, frames, schema

CARD = (Path(__file__).parents[2] / "docs" / "data-card.md").read_text(encoding="utf-8")


def test_every_column_is_described(frame: pd.DataFrame) -> None:
    assert set(frame.columns) == set(re.findall(r"^\| `(\w+)` \| \w", CARD, re.MULTILINE))


def test_the_figures_of_the_price_are_right(frame: pd.DataFrame) -> None:
    price = frame["price_usd"]
    low, middle, high = price.min(), price.median(), price.max()
    assert f"from {low:,.0f} to {high:,.0f}, half of them below {middle:,.0f}" in CARD


def test_the_sizes_of_groups_are_right(frame: pd.DataFrame, real_schema: schema.Schema) -> None:
    for audit in real_schema.audits:
        masks = frames.group_masks(frame, audit)
        groups = ", ".join(f"`{name}` {int(mask.sum()):,}" for name, mask in masks.items())
        assert f"| {audit.name} | `{audit.column.name}` | {groups} |" in CARD


def test_the_share_of_the_interval_is_that_of_the_card() -> None:
    assert f"{dataset.COVERAGE:.0%} of the true prices" in CARD
