"""The drift report judges rows as a person would, and knows when there are too few."""

import numpy as np
import pytest

from tests.bundles import SMALL, training_rows
from tests.package import drift, encoding, report


@pytest.fixture
def reference() -> drift.Sketch:
    return drift.Sketch.from_dict(drift.build_reference(SMALL, training_rows(SMALL, rows=1000)))


def shifted(rows: int) -> encoding.Matrix:
    """Rows like those of training, but with the longest term in each."""
    matrix = training_rows(SMALL, rows=rows, seed=1)
    matrix[:, 0] = 120
    return matrix


def test_rows_like_those_of_training_raise_no_alert(reference: drift.Sketch) -> None:
    found = report.drift_report("7", reference, training_rows(SMALL, rows=800, seed=1))
    assert (found.model_version, found.rows) == ("7", 800)
    assert found.enough_rows
    assert (found.worst, found.alert) == ("stable", False)
    assert [feature.feature for feature in found.features] == SMALL.feature_names


def test_the_worst_feature_decides(reference: drift.Sketch) -> None:
    found = report.drift_report("7", reference, shifted(800))
    assert (found.worst, found.alert) == ("severe", True)
    levels = {feature.feature: feature.level for feature in found.features}
    assert levels == {
        "months": "severe",
        "rate": "stable",
        "purpose": "stable",
        "savings": "stable",
    }


def test_a_warning_is_no_alert(reference: drift.Sketch) -> None:
    rows = training_rows(SMALL, rows=4000, seed=1)
    rows[:600, 0] = 120
    found = report.drift_report("7", reference, rows)
    assert (found.worst, found.alert) == ("warn", False)


def test_too_few_rows_raise_no_alert_however_odd_they_are(reference: drift.Sketch) -> None:
    found = report.drift_report("7", reference, shifted(60))
    assert found.worst == "severe"
    assert (found.enough_rows, found.alert) == (False, False)


def test_enough_rows_are_those_that_show_an_alert(reference: drift.Sketch) -> None:
    sizes = [20, 60, 100, 140, 200, 400]
    found = [report.drift_report("7", reference, shifted(size)) for size in sizes]
    noise = [feature.noise for feature in (one.features[0] for one in found)]
    assert [one.enough_rows for one in found] == [n is not None and n <= 0.25 for n in noise]
    assert len({one.enough_rows for one in found}) == 2


def test_without_rows_there_is_nothing_to_judge(reference: drift.Sketch) -> None:
    found = report.drift_report("7", reference, np.empty((0, 4), dtype=np.float32))
    assert (found.rows, found.enough_rows, found.worst, found.alert) == (0, False, "stable", False)
    assert {feature.noise for feature in found.features} == {None}
