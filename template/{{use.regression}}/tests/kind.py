"""What the tests that all kinds of problem share need to know of this one."""

from collections.abc import Mapping

import pytest

from tests.package import prediction, target

TARGET = target.Target("label", 1, 100, "A quantity")
ANOTHER_TARGET = target.Target("label", 1, 200, "A quantity")

# Cells of the column of such a target: two that are accepted, and one that is not.
CELLS = ("4.75", "7.25")
BAD_CELL = "free"
ACCEPTED = "accepted: numbers from 1 to 100; .*'free'"

# A limit of the gate that no model meets, the rule it belongs to, and the one on the champion.
IMPOSSIBLE = {"min_gain_over_baseline": 0.99}
IMPOSSIBLE_RULE = "MAE against the power law, test"
CHAMPION_RULE = "MAE against champion, test"


def answering(mark: float) -> prediction.Answering:
    """What makes an answer of a score; another one for each number from 0 to 1."""
    return prediction.Answering(low=1 - mark / 2, high=1 + mark)


# Of the bundles of tests/bundles.py, and what the service tells of it.
ANSWERING = answering(0.5)
FACTS = {"low": 0.75, "high": 1.5}


def answer(score: float) -> dict[str, object]:
    """The answer for a score, without the version of the model."""
    return {
        "price": pytest.approx(score, abs=0.01),
        "price_low": pytest.approx(score * 0.75, abs=0.01),
        "price_high": pytest.approx(score * 1.5, abs=0.01),
    }


def assert_alike(found: Mapping[str, object], documented: Mapping[str, object]) -> None:
    """Two models may answer a row a little differently; the prices are near each other."""
    for name in ("price", "price_low", "price_high"):
        assert found[name] == pytest.approx(documented[name], rel=0.25)
