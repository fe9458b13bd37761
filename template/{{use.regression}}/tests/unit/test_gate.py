"""The promotion gate: each rule blocks, on its own, what it is there to block."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from tests.package import gate, params, prediction, scoring, train
from tests.package import limits as declared

_RANDOM = np.random.default_rng(0)
_SIZE = np.exp(_RANDOM.normal(0, 0.5, 1000))
_TRUTH = 1000 * _SIZE**1.5 * np.exp(_RANDOM.normal(0, 0.4, 1000))
_SWING = _RANDOM.normal(0, 1, 1000)
TEST = train.Rows(x=_SIZE.astype(np.float32).reshape(-1, 1), y=_TRUTH, groups={})
INTERVAL = prediction.Answering(low=float(np.exp(-0.128)), high=float(np.exp(0.128)))
SPLIT = (42, 0.25)
GOOD = {
    "oof_r2": 0.95,
    "oof_bias_size": 0.02,
    "oof_bias_se_size": 0.01,
    "oof_bias_proven_size": 0.004,
    "oof_error_ratio_size": 1.3,
    "oof_error_ratio_se_size": 0.1,
    "oof_error_ratio_proven_size": 1.14,
}
POWER_LAW = "MAE against the power law, test"
LEAKAGE = "leakage: highest R2"
COVERAGE = "coverage off 80%, test"


class _Scores:
    """A scorer that is wrong by chosen shares: at random, and for all rows alike."""

    def __init__(self, error: float, bias: float) -> None:
        self._factor = np.exp(error * _SWING + bias)

    def score(self, _matrix: object) -> Any:
        return _TRUTH * self._factor


def _model(
    error: float = 0.1,
    bias: float = 0.0,
    interval: prediction.Answering = INTERVAL,
    split: tuple[int, float | None] = SPLIT,
    **metrics: float,
) -> scoring.LoadedModel:
    manifest = SimpleNamespace(metrics={**GOOD, **metrics}, answering=interval, split=split)
    model = SimpleNamespace(manifest=manifest, scorer=_Scores(error, bias))
    return cast("scoring.LoadedModel", model)


def _verdicts(
    challenger: scoring.LoadedModel,
    limits: declared.GateParams,
    champion: scoring.LoadedModel | None = None,
) -> dict[str, str]:
    findings = gate.judge(challenger, champion, TEST, limits)
    return {finding.rule: finding.verdict for finding in findings}


@pytest.fixture
def limits(real_params: params.TrainingParams) -> declared.GateParams:
    # What is planted here is wrong by little at random, so it comes near a perfect R2.
    return real_params.gate.model_copy(update={"leakage_r2": 0.9999})


def test_a_good_challenger_passes_every_rule(limits: declared.GateParams) -> None:
    assert set(_verdicts(_model(), limits).values()) == {"pass"}


@pytest.mark.parametrize(
    ("rule", "verdict", "model"),
    [
        (POWER_LAW, "fail", _model(error=0.45)),
        (LEAKAGE, "fail", _model(oof_r2=0.99995)),
        (LEAKAGE, "fail", _model(error=0.0001)),
        (COVERAGE, "fail", _model(interval=prediction.Answering(low=0.95, high=1.05))),
        (COVERAGE, "fail", _model(interval=prediction.Answering(low=0.5, high=1.5))),
        ("bias, test", "fail", _model(bias=0.04)),
        ("bias, test", "fail", _model(bias=-0.04)),
        ("largest bias, size", "review", _model(oof_bias_size=-0.07)),
        ("largest bias, size", "fail", _model(oof_bias_size=-0.07, oof_bias_proven_size=0.061)),
        ("error, worst to best, size", "review", _model(oof_error_ratio_size=2.1)),
        (
            "error, worst to best, size",
            "fail",
            _model(oof_error_ratio_size=2.1, oof_error_ratio_proven_size=2.05),
        ),
    ],
)
def test_each_rule_blocks_on_its_own(
    rule: str, verdict: str, model: scoring.LoadedModel, limits: declared.GateParams
) -> None:
    verdicts = _verdicts(model, limits)
    assert verdicts.pop(rule) == verdict
    if rule.startswith(("largest", "error", "coverage")):
        assert set(verdicts.values()) == {"pass"}


def test_a_challenger_must_not_fall_behind_the_champion(limits: declared.GateParams) -> None:
    rule = "MAE against champion, test"
    assert _verdicts(_model(0.1), limits, champion=_model(0.09))[rule] == "fail"
    assert _verdicts(_model(0.1), limits, champion=_model(0.1))[rule] == "pass"
    assert rule not in _verdicts(_model(0.1), limits)


@pytest.mark.parametrize("split", [(7, 0.25), (42, 0.3), (42, None)])
def test_a_champion_of_another_split_is_not_compared(
    split: tuple[int, float | None], limits: declared.GateParams
) -> None:
    champion = _model(0.01, split=split)
    assert _verdicts(_model(), limits, champion)["MAE against champion, test"] == "review"


def test_a_model_recorded_by_earlier_code_is_judged_by_its_largest_estimate(
    limits: declared.GateParams,
) -> None:
    rule = "largest bias, size"
    for bias, verdict in ((-0.07, "review"), (-0.09, "fail")):
        model = _model(oof_bias_size=bias)
        metrics = {k: v for k, v in model.manifest.metrics.items() if "_proven_" not in k}
        model.manifest.metrics = metrics  # type: ignore[misc]  # a stand-in, which is not frozen
        assert _verdicts(model, limits)[rule] == verdict


def test_the_limits_are_those_of_the_parameters(limits: declared.GateParams) -> None:
    strict = limits.model_copy(update={"max_group_error_ratio": 1.1})
    assert _verdicts(_model(), strict)["error, worst to best, size"] == "fail"
