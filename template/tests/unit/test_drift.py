"""Drift figures, held against scipy's where scipy has them."""

import json

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2, entropy, ks_2samp

from tests.bundles import SMALL, training_rows
from tests.package import drift, encoding


def rows_of(months: np.ndarray, purpose: float = 0.0) -> encoding.Matrix:
    """Rows of the small schema that differ in `months` only."""
    others = np.full((len(months), 3), [0.5, purpose, 0.0])
    return np.column_stack([months, others]).astype(np.float32)


def drifts(reference: encoding.Matrix, current: encoding.Matrix) -> dict[str, drift.Drift]:
    sketch = drift.Sketch.from_dict(drift.build_reference(SMALL, reference))
    return {d.feature: d for d in drift.compare(sketch, sketch.counting(current))}


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def test_a_sketch_survives_json() -> None:
    reference = drift.build_reference(SMALL, training_rows(SMALL))
    copy = drift.Sketch.from_dict(json.loads(json.dumps(reference)))
    assert copy.to_dict() == reference


def test_every_row_is_counted_once_in_each_feature() -> None:
    rows = training_rows(SMALL, rows=300)
    rows[:40] = np.nan
    rows[40:70, 2:] = encoding.UNKNOWN
    sketch = drift.Sketch.from_dict(drift.build_reference(SMALL, rows))
    assert [int(feature.counts.sum()) for feature in sketch.features] == [300] * 4


def test_sketches_of_two_replicas_add_up_to_the_sketch_of_both() -> None:
    rows = training_rows(SMALL, rows=400)
    empty = drift.Sketch.from_dict(drift.build_reference(SMALL, rows))
    merged = empty.counting(rows[:150]) + empty.counting(rows[150:])
    assert merged.to_dict() == empty.counting(rows).to_dict()


def test_psi_and_js_are_those_of_the_bin_shares(rng: np.random.Generator) -> None:
    a, b = rng.uniform(1, 120, 50_000), rng.triangular(1, 90, 120, 50_000)
    found = drifts(rows_of(a), rows_of(b))["months"]
    edges = [-np.inf, *np.quantile(a, np.arange(1, 10) / 10), np.inf]
    p, q = (np.histogram(sample, edges)[0] / len(sample) for sample in (a, b))
    assert found.psi == pytest.approx(entropy(p, q) + entropy(q, p), rel=0.01)
    assert found.js == pytest.approx(jensenshannon(p, q, base=2), rel=0.01)


@pytest.mark.parametrize("shift", [0, 3, 30])
def test_binned_ks_is_below_the_exact_one_by_a_bin_at_most(
    rng: np.random.Generator, shift: int
) -> None:
    a, b = rng.normal(50, 10, 2000).astype("f4"), rng.normal(50 + shift, 10, 700).astype("f4")
    sketch = drift.Sketch.from_dict(drift.build_reference(SMALL, rows_of(a)))
    current = sketch.counting(rows_of(b))
    found = drift.compare(sketch, current)[0].ks
    shares = [s.features[0].counts / s.rows for s in (sketch, current)]
    exact = ks_2samp(a, b).statistic
    assert found is not None
    assert found <= exact + 1e-6
    assert exact <= found + np.max(shares) + 1e-6


def test_noise_is_the_quantile_of_psi_without_drift(rng: np.random.Generator) -> None:
    months = rng.uniform(1, 120, 1000)
    found = drifts(rows_of(months), rows_of(months[:200]))["months"]
    assert found.noise == pytest.approx(chi2.ppf(0.999, 9) * (1 / 1000 + 1 / 200), rel=0.02)


@pytest.mark.parametrize("size", [20, 200, 2000])
def test_no_window_alarms_while_nothing_drifts(rng: np.random.Generator, size: int) -> None:
    reference = rows_of(rng.uniform(1, 120, 800))
    windows = (rows_of(rng.uniform(1, 120, size)) for _ in range(50))
    alarms = sum(drifts(reference, w)["months"].level > drift.Level.STABLE for w in windows)
    assert alarms <= 1


def test_a_growing_shift_climbs_through_the_levels(rng: np.random.Generator) -> None:
    reference = rows_of(rng.normal(60, 10, 5000))
    levels = [
        drifts(reference, rows_of(rng.normal(60 + shift, 10, 5000)))["months"].level
        for shift in (0, 4, 6, 20)
    ]
    assert levels == sorted(drift.Level)


def test_labels_that_training_never_saw_are_severe_drift() -> None:
    months = np.full(500, 12.0)
    found = drifts(rows_of(months), rows_of(months, purpose=encoding.UNKNOWN))["purpose"]
    assert found.level is drift.Level.SEVERE
    assert found.ks is None


def test_values_that_go_missing_are_severe_drift() -> None:
    months = np.linspace(1, 120, 500)
    assert drifts(rows_of(months), rows_of(months * np.nan))["months"].level is drift.Level.SEVERE


def test_an_empty_window_is_no_drift() -> None:
    rows = rows_of(np.linspace(1, 120, 500))
    assert {d.level for d in drifts(rows, rows[:0]).values()} == {drift.Level.STABLE}


def test_a_feature_without_a_value_in_training_is_comparable() -> None:
    rows = rows_of(np.full(500, np.nan))
    assert drifts(rows, rows)["months"].psi == 0
