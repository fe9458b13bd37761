"""Whole training sessions on data whose truth is known, because it was planted."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tests.package import drift, errors, frames, gate, labels, params, runs, scoring, train
from tests.synthetic import Planted, generate


def _winner(
    planted: Planted, training: params.TrainingParams, folder: Path
) -> tuple[runs.RunRecord, scoring.LoadedModel]:
    store = runs.RunStore(folder / "runs")
    records = train.train_session(planted.frame, planted.schema, training, store, "0" * 64)
    winner = next(run for run in records if run.winner)
    bundle = store.folder(winner) / runs.BUNDLE
    return winner, scoring.load_model(bundle, planted.schema)


def test_no_honest_model_beats_the_bayes_score_and_a_good_one_comes_near(
    quick_params: params.TrainingParams, tmp_path: Path
) -> None:
    planted = generate(rows=4000, seed=5)
    _, model = _winner(planted, quick_params, tmp_path)
    fresh = generate(rows=4000, seed=6)
    y = labels.labels(fresh.frame, fresh.schema)
    best = float(roc_auc_score(y, fresh.truth))
    reached = float(
        roc_auc_score(y, model.scorer.score(frames.encode_frame(fresh.frame, fresh.schema)))
    )
    assert best - 0.02 < reached < best + 0.005


def test_a_planted_leak_is_found(quick_params: params.TrainingParams, tmp_path: Path) -> None:
    planted = generate(seed=7, leak=True)
    _, model = _winner(planted, quick_params, tmp_path)
    findings = gate.judge(
        model, None, train.rows_of(planted.frame, planted.schema), quick_params.gate
    )
    verdicts = {finding.rule: finding.verdict for finding in findings}
    assert verdicts["leakage: highest AUC"] == "fail"


def test_a_planted_group_bias_is_found_and_corrected_by_the_threshold(
    quick_params: params.TrainingParams, tmp_path: Path
) -> None:
    planted = generate(rows=3000, seed=8, group_bias=1.5)
    unconstrained = quick_params.model_copy(
        update={"gate": quick_params.gate.model_copy(update={"min_disparate_impact": 0.0})}
    )
    biased, model = _winner(planted, unconstrained, tmp_path / "free")
    test = train.rows_of(planted.frame, planted.schema)
    findings = gate.judge(model, None, test, quick_params.gate)
    verdicts = {finding.rule: finding.verdict for finding in findings}
    assert verdicts["disparate impact, group"] == "fail"
    corrected, _ = _winner(planted, quick_params, tmp_path / "fair")
    name = "oof_disparate_impact_group"
    assert biased.metrics[name] < 0.8 <= corrected.metrics[name]


@pytest.mark.parametrize(("dial", "expected"), [(0.0, False), (0.6, True)])
def test_drift_alerts_at_the_dial_and_is_silent_without(dial: float, expected: bool) -> None:
    planted = generate(rows=2000, seed=9)
    x = frames.encode_frame(planted.frame, planted.schema)
    reference = drift.Sketch.from_dict(drift.build_reference(planted.schema, x))
    now = generate(rows=2000, seed=10, drift=dial)
    current = reference.counting(frames.encode_frame(now.frame, now.schema))
    levels = {one.feature: one.level for one in drift.compare(reference, current)}
    assert (levels.pop("income") >= drift.Level.ALERT) is expected
    assert set(levels.values()) == {drift.Level.STABLE}


def test_one_class_only_is_refused(quick_params: params.TrainingParams, tmp_path: Path) -> None:
    planted = generate(rows=200)
    planted.frame["label"] = "no"
    store = runs.RunStore(tmp_path)
    with pytest.raises(errors.ProjectError, match="one class only"):
        train.train_session(planted.frame, planted.schema, quick_params, store, "0" * 64)
    assert store.all() == []


def test_equal_seeds_train_equal_models(
    quick_params: params.TrainingParams, tmp_path: Path
) -> None:
    planted = generate(seed=11)
    first, one = _winner(planted, quick_params, tmp_path / "a")
    second, other = _winner(planted, quick_params, tmp_path / "b")
    assert first.metrics == second.metrics
    x = frames.encode_frame(planted.frame, planted.schema)
    np.testing.assert_array_equal(one.scorer.score(x), other.scorer.score(x))
