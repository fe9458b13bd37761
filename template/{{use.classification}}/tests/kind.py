"""What the tests that all kinds of problem share need to know of this one."""

from collections.abc import Mapping

import pytest

from tests.package import prediction, target

TARGET = target.Target("label", "no", "yes")
ANOTHER_TARGET = target.Target("label", "yes", "no")

# Cells of the column of such a target: two that are accepted, and one that is not.
CELLS = ("no", "yes")
BAD_CELL = "maybe"
ACCEPTED = "accepted: no, yes; .*'maybe'"

# A limit of the gate that no model meets, the rule it belongs to, and the one on the champion.
IMPOSSIBLE = {"min_auc_gain_over_baseline": 0.49}
IMPOSSIBLE_RULE = "AUC over baseline, test"
CHAMPION_RULE = "AUC against champion, test"


def answering(mark: float) -> prediction.Answering:
    """What makes an answer of a score; another one for each number from 0 to 1."""
    return prediction.Answering(threshold=mark)


# Of the bundles of tests/bundles.py, and what the service tells of it.
ANSWERING = answering(0.5)
FACTS = {"threshold": 0.5}


def answer(score: float) -> dict[str, object]:
    """The answer for a score of at least 0.5, without the version of the model."""
    found = pytest.approx(score, abs=1e-6)
    return {"probability": found, "label": "bad", "threshold": 0.5}


def assert_alike(found: Mapping[str, object], documented: Mapping[str, object]) -> None:
    """Two models may answer a row a little differently; what a client acts on is the same."""
    assert found["label"] == documented["label"]
