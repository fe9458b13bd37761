"""The promotion gate: each rule blocks, on its own, what it is there to block."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from tests.package import gate, params, prediction, scoring, train
from tests.package import limits as declared

HALF = prediction.Answering(threshold=0.5)

TEST = train.Rows(
    x=np.linspace(0, 1, 200, dtype=np.float32).reshape(-1, 1),
    y=(np.arange(200) % 10 < 3).astype(np.int8),
    groups={},
)
SPLIT = (42, 0.25)
GOOD = {
    "oof_auc": 0.8,
    "oof_calibration_error": 0.03,
    "oof_cost_per_row": 0.5,
    "oof_cost_without_model": 0.7,
    "oof_disparate_impact_age": 0.95,
    "oof_disparate_impact_se_age": 0.05,
    "oof_auc_gap_age": 0.02,
    "oof_auc_gap_se_age": 0.03,
    "oof_auc_gap_proven_age": 0.0,
}


class _Scores:
    """A scorer that ranks positives above negatives for a chosen share of the rows."""

    def __init__(self, right: float) -> None:
        self._right = right

    def score(self, _matrix: object) -> Any:
        truth = TEST.y.astype(np.float64)
        flip = np.random.default_rng(0).random(len(truth)) > self._right
        return np.where(flip, 1 - truth, truth) * 0.8 + 0.1


def _model(
    right: float = 0.8, split: tuple[int, float | None] = SPLIT, **metrics: float
) -> scoring.LoadedModel:
    manifest = SimpleNamespace(metrics={**GOOD, **metrics}, answering=HALF, split=split)
    return cast("scoring.LoadedModel", SimpleNamespace(manifest=manifest, scorer=_Scores(right)))


def _verdicts(
    challenger: scoring.LoadedModel,
    limits: declared.GateParams,
    champion: scoring.LoadedModel | None = None,
) -> dict[str, str]:
    findings = gate.judge(challenger, champion, TEST, limits)
    return {finding.rule: finding.verdict for finding in findings}


@pytest.fixture
def limits(real_params: params.TrainingParams) -> declared.GateParams:
    return real_params.gate


def test_a_good_challenger_passes_every_rule(limits: declared.GateParams) -> None:
    assert set(_verdicts(_model(), limits).values()) == {"pass"}


@pytest.mark.parametrize(
    ("rule", "verdict", "model"),
    [
        ("AUC over baseline, test", "fail", _model(right=0.5)),
        ("leakage: highest AUC", "fail", _model(oof_auc=0.995)),
        ("leakage: highest AUC", "fail", _model(right=1.0)),
        ("calibration error", "fail", _model(oof_calibration_error=0.2)),
        ("cost per row, against no model", "fail", _model(oof_cost_per_row=0.71)),
        ("disparate impact, age", "fail", _model(oof_disparate_impact_age=0.79)),
        ("disparate impact, age", "review", _model(oof_disparate_impact_age=0.82)),
        ("AUC gap, age", "review", _model(oof_auc_gap_age=0.08)),
        ("AUC gap, age", "fail", _model(oof_auc_gap_age=0.08, oof_auc_gap_proven_age=0.06)),
    ],
)
def test_each_rule_blocks_on_its_own(
    rule: str, verdict: str, model: scoring.LoadedModel, limits: declared.GateParams
) -> None:
    verdicts = _verdicts(model, limits)
    assert verdicts.pop(rule) == verdict
    if rule.startswith(("disparate", "AUC gap", "calibration", "cost")):
        assert set(verdicts.values()) == {"pass"}


def test_a_challenger_must_not_fall_behind_the_champion(limits: declared.GateParams) -> None:
    rule = "AUC against champion, test"
    assert _verdicts(_model(0.8), limits, champion=_model(0.95))[rule] == "fail"
    assert _verdicts(_model(0.8), limits, champion=_model(0.8))[rule] == "pass"
    assert rule not in _verdicts(_model(0.8), limits)


@pytest.mark.parametrize("split", [(7, 0.25), (42, 0.3), (42, None)])
def test_a_champion_of_another_split_is_not_compared(
    split: tuple[int, float | None], limits: declared.GateParams
) -> None:
    champion = _model(1.0, split=split)
    assert _verdicts(_model(), limits, champion)["AUC against champion, test"] == "review"


def test_a_model_recorded_by_earlier_code_is_judged_by_its_largest_gap(
    limits: declared.GateParams,
) -> None:
    for gap, verdict in ((0.08, "review"), (0.15, "fail")):
        model = _model(oof_auc_gap_age=gap)
        metrics = {k: v for k, v in model.manifest.metrics.items() if "_proven_" not in k}
        model.manifest.metrics = metrics  # type: ignore[misc]  # a stand-in, which is not frozen
        assert _verdicts(model, limits)["AUC gap, age"] == verdict


def test_the_limits_are_those_of_the_parameters(limits: declared.GateParams) -> None:
    strict = limits.model_copy(update={"max_calibration_error": 0.01})
    assert _verdicts(_model(), strict)["calibration error"] == "fail"
