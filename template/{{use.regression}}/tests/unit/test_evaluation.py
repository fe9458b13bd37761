"""Metrics on data small enough to check by hand."""

import numpy as np
import pytest

from tests.package import dataset, evaluation, frames, limits, params, prediction

Y = np.array([100.0, 200.0, 400.0, 1000.0])
SCORES = np.array([110.0, 200.0, 300.0, 1100.0])
ANSWERING = prediction.Answering(low=0.9, high=1.2)


def test_metrics_match_a_count_by_hand() -> None:
    metrics = evaluation.quality(Y, SCORES, ANSWERING)
    assert metrics["mae"] == pytest.approx((10 + 0 + 100 + 100) / 4)
    assert metrics["rmse"] == pytest.approx(np.sqrt((100 + 0 + 10_000 + 10_000) / 4))
    # 10 %, 0 %, 25 %, 10 %.
    assert metrics["median_ape"] == pytest.approx(0.10)
    assert metrics["bias"] == pytest.approx(np.log([1.1, 1, 0.75, 1.1]).mean())
    assert metrics["log_error"] == pytest.approx(np.abs(np.log([1.1, 1, 0.75, 1.1])).mean())
    # 99 to 132, 180 to 240, 270 to 360, 990 to 1,320: the third price lies outside.
    assert metrics["coverage"] == 0.75
    assert metrics["interval_width"] == pytest.approx(0.3)


def test_the_pinball_loss_punishes_the_end_that_is_on_the_wrong_side() -> None:
    twice = [2, 2]  # R2 wants two rows
    metrics = evaluation.quality(Y[twice], SCORES[twice], ANSWERING)
    # The upper end is 360, 40 below the price: 0.9 of that. The lower end is 130 below: 0.1.
    assert metrics["pinball_high"] == pytest.approx(0.9 * 40)
    assert metrics["pinball_low"] == pytest.approx(0.1 * 130)


def test_without_a_model_the_median_counts() -> None:
    assert evaluation.mae_without_model(Y) == pytest.approx((200 + 100 + 100 + 700) / 4)


def test_a_power_law_is_found_exactly_and_a_missing_size_breaks_nothing() -> None:
    size = np.array([0.5, 1.0, 2.0, 4.0])
    assert evaluation.mae_of_power_law(size, 300 * size**1.7) == pytest.approx(0, abs=1e-9)
    size[2] = np.nan
    assert evaluation.mae_of_power_law(size, Y) < evaluation.mae_without_model(Y)


def test_the_interval_holds_its_share_on_rows_it_was_not_made_from() -> None:
    random = np.random.default_rng(1)
    truth = np.exp(random.normal(7, 1, 20_000))
    y = truth * np.exp(random.normal(0, 0.2, 20_000))
    found = evaluation.interval(y[:10_000], truth[:10_000])
    # The quantiles of a normal distribution at 10 % and 90 %.
    assert found.low == pytest.approx(np.exp(-1.2816 * 0.2), rel=0.02)
    assert found.high == pytest.approx(np.exp(1.2816 * 0.2), rel=0.02)
    covered = evaluation.coverage(y[10_000:], truth[10_000:], found)
    assert covered == pytest.approx(dataset.COVERAGE, abs=0.02)


def _audits(masks: dict[str, frames.Mask], errors: np.ndarray) -> list[evaluation.Fairness]:
    y = np.full(len(errors), 100.0)
    return evaluation.fairness(y, y * np.exp(errors), ANSWERING, {"group": masks}, 30)


def _audit(in_a: frames.Mask, errors: np.ndarray) -> list[evaluation.Fairness]:
    return _audits({"a": in_a, "b": ~in_a}, errors)


def test_the_audit_finds_the_group_with_the_largest_bias_and_error() -> None:
    in_a = np.arange(200) < 100
    swing = np.where(np.arange(200) % 2, 1.0, -1.0)
    (audit,) = _audit(in_a, np.where(in_a, swing * 0.1, swing * 0.2 - 0.05))
    assert audit.attribute == "group"
    assert audit.bias == pytest.approx(-0.05)
    assert audit.bias_se == pytest.approx(0.2 / np.sqrt(100))
    assert audit.error_ratio == pytest.approx(2.0)
    assert 0 < audit.error_ratio_se < 0.2
    assert audit.lowest_coverage == 0.0


def test_a_small_group_with_a_large_bias_does_not_hide_a_large_group_with_a_sure_one() -> None:
    swing = np.where(np.arange(6100) % 2, 1.0, -1.0)
    rare, common = np.arange(6100) < 100, np.arange(6100) >= 3100
    errors = np.select([rare, common], [0.09 + 0.30 * swing, 0.085 + 0.08 * swing], 0.1 * swing)
    (audit,) = _audits({"rare": rare, "common": common, "rest": ~rare & ~common}, errors)
    assert audit.bias == pytest.approx(0.09)
    assert audit.bias - 1.645 * audit.bias_se < 0.06
    assert audit.bias_proven == pytest.approx(0.085 - 1.645 * 0.08 / np.sqrt(3000))


def test_a_small_group_with_a_large_error_does_not_hide_a_large_group_with_a_sure_one() -> None:
    swing = np.where(np.arange(6040) % 2, 1.0, -1.0)
    rare, common = np.arange(6040) < 40, np.arange(6040) >= 3040
    errors = np.select([rare, common], [0.24 + 0.20 * swing, 0.22 + 0.05 * swing], 0.1)
    (audit,) = _audits({"rare": rare, "common": common, "rest": ~rare & ~common}, errors)
    assert audit.error_ratio == pytest.approx(2.4)
    assert audit.error_ratio - 1.645 * audit.error_ratio_se < 2
    assert audit.error_ratio_proven == pytest.approx(2.2 - 1.645 * 0.5 / np.sqrt(3000))


def test_groups_too_small_to_judge_are_left_out() -> None:
    assert _audit(np.arange(200) < 10, np.zeros(200)) == []


def test_the_limit_of_the_audit_is_that_of_the_parameters(
    real_params: params.TrainingParams,
) -> None:
    gate: limits.GateParams = real_params.gate
    groups = {"group": {"a": np.arange(400) < 40, "b": np.arange(400) >= 40}}
    y = np.linspace(100, 200, 400)
    strict = gate.model_copy(update={"min_group_rows": 41})
    assert "bias_group" in evaluation.assess(y, y * 1.01, groups, gate)[1]
    assert "bias_group" not in evaluation.assess(y, y * 1.01, groups, strict)[1]
