"""Whole training sessions on data whose truth is known, because it was planted."""

from pathlib import Path

import numpy as np
import pytest

from tests.package import (
    drift,
    errors,
    evaluation,
    frames,
    gate,
    labels,
    params,
    runs,
    scoring,
    train,
)
from tests.synthetic import NOISE, Planted, generate


def _winner(
    planted: Planted, training: params.TrainingParams, folder: Path
) -> tuple[runs.RunRecord, scoring.LoadedModel]:
    store = runs.RunStore(folder / "runs")
    records = train.train_session(planted.frame, planted.schema, training, store, "0" * 64)
    winner = next(run for run in records if run.winner)
    bundle = store.folder(winner) / runs.BUNDLE
    return winner, scoring.load_model(bundle, planted.schema)


HONEST = generate(rows=1500, seed=5)


@pytest.fixture(scope="module")
def honest(
    quick_params: params.TrainingParams, tmp_path_factory: pytest.TempPathFactory
) -> tuple[runs.RunRecord, scoring.LoadedModel]:
    """The winner on data with nothing planted but noise."""
    return _winner(HONEST, quick_params, tmp_path_factory.mktemp("honest"))


def _verdicts(
    planted: Planted, model: scoring.LoadedModel, training: params.TrainingParams
) -> dict[str, str]:
    test = train.rows_of(planted.frame, planted.schema)
    findings = gate.judge(model, None, test, training.gate)
    return {finding.rule: finding.verdict for finding in findings}


def test_no_honest_model_beats_the_noise_and_a_good_one_comes_near(
    honest: tuple[runs.RunRecord, scoring.LoadedModel], quick_params: params.TrainingParams
) -> None:
    _, model = honest
    fresh = generate(rows=4000, seed=6)
    y = labels.labels(fresh.frame, fresh.schema)
    scores = model.scorer.score(frames.encode_frame(fresh.frame, fresh.schema)).astype(float)
    best = evaluation.quality(y, fresh.truth, model.manifest.answering)
    reached = evaluation.quality(y, scores, model.manifest.answering)
    # The mean of the absolute value of a normal variable.
    assert best["log_error"] == pytest.approx(NOISE * np.sqrt(2 / np.pi), rel=0.05)
    assert best["log_error"] * 0.995 < reached["log_error"] < best["log_error"] * 1.03
    assert reached["coverage"] == pytest.approx(0.80, abs=0.03)
    assert set(_verdicts(fresh, model, quick_params).values()) == {"pass"}


def test_a_planted_leak_is_found(quick_params: params.TrainingParams, tmp_path: Path) -> None:
    planted = generate(seed=7, leak=True)
    _, model = _winner(planted, quick_params, tmp_path)
    assert _verdicts(planted, model, quick_params)["leakage: highest R2"] == "fail"


def test_a_group_that_is_priced_wrongly_is_found(
    quick_params: params.TrainingParams, tmp_path: Path
) -> None:
    planted = generate(seed=8, group_bias=0.3, group_noise=2.0)
    _, model = _winner(planted, quick_params, tmp_path)
    verdicts = _verdicts(planted, model, quick_params)
    assert verdicts["largest bias, group"] == "fail"
    assert verdicts["error, worst to best, group"] == "fail"


@pytest.mark.parametrize(("dial", "expected"), [(0.0, False), (0.6, True)])
def test_drift_alerts_at_the_dial_and_is_silent_without(dial: float, expected: bool) -> None:
    planted = generate(rows=2000, seed=9)
    x = frames.encode_frame(planted.frame, planted.schema)
    reference = drift.Sketch.from_dict(drift.build_reference(planted.schema, x))
    now = generate(rows=2000, seed=10, drift=dial)
    current = reference.counting(frames.encode_frame(now.frame, now.schema))
    levels = {one.feature: one.level for one in drift.compare(reference, current)}
    assert (levels.pop("wear") >= drift.Level.ALERT) is expected
    assert set(levels.values()) == {drift.Level.STABLE}


def test_one_price_for_all_is_refused(quick_params: params.TrainingParams, tmp_path: Path) -> None:
    planted = generate(rows=200)
    planted.frame["price"] = 100.0
    store = runs.RunStore(tmp_path)
    with pytest.raises(errors.ProjectError, match="1 different values; at least 10"):
        train.train_session(planted.frame, planted.schema, quick_params, store, "0" * 64)
    assert store.all() == []


def test_equal_seeds_train_equal_models(
    honest: tuple[runs.RunRecord, scoring.LoadedModel],
    quick_params: params.TrainingParams,
    tmp_path: Path,
) -> None:
    first, one = honest
    second, other = _winner(HONEST, quick_params, tmp_path)
    assert first.metrics == second.metrics
    x = frames.encode_frame(HONEST.frame, HONEST.schema)
    np.testing.assert_array_equal(one.scorer.score(x), other.scorer.score(x))
