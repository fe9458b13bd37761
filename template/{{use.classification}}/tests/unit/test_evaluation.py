"""Metrics on data small enough to check by hand."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tests.package import evaluation, frames, prediction

Y = np.array([0, 0, 1, 1], dtype=np.int8)
HALF = prediction.Answering(threshold=0.5)
SCORES = np.array([0.1, 0.6, 0.4, 0.9])


def test_metrics_match_a_count_by_hand() -> None:
    metrics = evaluation.quality(Y, SCORES, HALF)
    assert metrics["auc"] == pytest.approx(0.75)
    assert metrics["accuracy"] == 0.5
    assert metrics["precision"] == 0.5
    assert metrics["recall"] == 0.5
    assert metrics["favourable_rate"] == 0.5
    # One miss at 5 and one false alarm at 1, over four rows.
    assert metrics["cost_per_row"] == pytest.approx(6 / 4)


def test_without_a_model_the_cheaper_trivial_decision_counts() -> None:
    assert evaluation.cost_without_model(Y) == pytest.approx(0.5)
    mostly_good = np.array([0] * 19 + [1], dtype=np.int8)
    assert evaluation.cost_without_model(mostly_good) == pytest.approx(0.25)


def test_calibration_error_is_zero_for_the_truth_and_large_for_overconfidence() -> None:
    random = np.random.default_rng(0)
    truth = random.random(20_000)
    y = (random.random(20_000) < truth).astype(np.int8)
    assert evaluation.calibration_error(y, truth) < 0.02
    assert evaluation.calibration_error(y, np.round(truth)) > 0.2


def test_the_standard_error_of_auc_matches_a_bootstrap() -> None:
    random = np.random.default_rng(1)
    y = np.repeat(np.array([0, 1], dtype=np.int8), [140, 60])
    scores = random.normal(y * 1.0, 1.0)
    metrics = evaluation.quality(y, 1 / (1 + np.exp(-scores)), HALF)
    draws = []
    for _ in range(200):
        rows = random.integers(0, len(y), len(y))
        draws.append(float(roc_auc_score(y[rows], scores[rows])))
    assert metrics["auc_se"] == pytest.approx(np.std(draws), rel=0.3)


def _groups(in_a: frames.Mask) -> frames.Groups:
    return {"group": {"a": in_a, "b": ~in_a}}


def test_disparate_impact_compares_the_worst_with_the_best_group() -> None:
    in_a = np.arange(200) < 100
    scores = np.where(in_a, (np.arange(200) % 10 < 4) * 0.9, (np.arange(200) % 10 < 2) * 0.9)
    y = (np.arange(200) % 2).astype(np.int8)
    (audit,) = evaluation.fairness(y, scores, 0.5, _groups(in_a), min_rows=30)
    # 60 % of group a and 80 % of group b get the favourable decision.
    assert audit.disparate_impact == pytest.approx(0.75)
    assert audit.attribute == "group"


def test_groups_too_small_to_judge_are_left_out() -> None:
    in_a = np.arange(200) < 10
    y = (np.arange(200) % 2).astype(np.int8)
    assert evaluation.fairness(y, np.full(200, 0.5), 0.5, _groups(in_a), min_rows=30) == []


def test_a_small_group_with_a_large_gap_does_not_hide_a_large_group_with_a_sure_one() -> None:
    row = np.arange(6040)
    rare, common = row < 40, row >= 3040
    y = (row % 2).astype(np.int8)
    # One in four of the rare rows is on the wrong side, one in five of the common ones.
    wrong = (rare & (row // 2 % 4 == 0)) | (common & (row // 2 % 5 == 0))
    scores = np.where(wrong, 1 - y, y).astype(np.float64)
    groups = {"group": {"rare": rare, "common": common, "rest": ~rare & ~common}}
    (audit,) = evaluation.fairness(y, scores, 0.5, groups, 30)
    assert audit.auc_gap == pytest.approx(0.25)
    assert audit.auc_gap - 1.645 * audit.auc_gap_se < 0.15
    assert audit.auc_gap_proven == pytest.approx(0.2, abs=0.02)


def test_the_threshold_is_the_cheapest_that_is_fair() -> None:
    random = np.random.default_rng(2)
    in_a = random.random(2000) < 0.5
    scores = np.clip(random.beta(2, 4, 2000) + 0.15 * in_a, 0, 1)
    y = (random.random(2000) < scores).astype(np.int8)
    free = evaluation.choose_threshold(y, scores, {}, 0.8, 30)
    fair = evaluation.choose_threshold(y, scores, _groups(in_a), 0.8, 30)
    (unfair_audit,) = evaluation.fairness(y, scores, free, _groups(in_a), 30)
    (audit,) = evaluation.fairness(y, scores, fair, _groups(in_a), 30)
    assert unfair_audit.disparate_impact < 0.8 <= audit.disparate_impact
    assert evaluation.cost_per_row(y, scores, fair) > evaluation.cost_per_row(y, scores, free)


def test_where_no_threshold_is_fair_the_nearest_is_taken() -> None:
    in_a = np.arange(100) < 50
    scores = np.where(in_a, 0.995, 0.0)
    y = (np.arange(100) % 2).astype(np.int8)
    threshold = evaluation.choose_threshold(y, scores, _groups(in_a), 0.8, 30)
    (audit,) = evaluation.fairness(y, scores, threshold, _groups(in_a), 30)
    assert audit.disparate_impact == 0.0
