"""The promotion gate: what a challenger must meet, each finding with its number and its limit.

A finding is `pass`, `review` or `fail`. `fail` blocks the promotion. `review` means that a person
should look: the estimate misses its limit, and the data is too small to tell that from chance.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..dataset import COVERAGE, SIZE_POSITION
from ..scoring import LoadedModel
from .evaluation import Z, mae_of_power_law, quality
from .limits import GateParams
from .train import Rows

Verdict = Literal["pass", "review", "fail"]

# In place of a limit, where the champion may have been trained on these test rows.
OTHER_SPLIT = "trained on another split, not comparable"


@dataclass(frozen=True)
class Finding:
    """One rule, judged."""

    rule: str
    verdict: Verdict
    value: float
    limit: str


def judge(
    challenger: LoadedModel, champion: LoadedModel | None, test: Rows, limits: GateParams
) -> list[Finding]:
    """Judge a challenger on the test rows and by the out-of-fold metrics of its manifest.

    Args:
        challenger: the bundle to promote.
        champion: the bundle that is served now, or None.
        test: rows that the challenger was not trained on; nor was the champion, unless its split is
            another.
        limits: the limits of `params.yaml`.
    """
    metrics, measured = challenger.manifest.metrics, _test_quality(challenger, test)
    baseline = mae_of_power_law(test.x[:, SIZE_POSITION], test.y)
    findings = [
        _at_most(
            "MAE against the power law, test",
            measured["mae"],
            baseline * (1 - limits.min_gain_over_baseline),
        ),
        _at_most("leakage: highest R2", max(measured["r2"], metrics["oof_r2"]), limits.leakage_r2),
        _at_most(
            f"coverage off {COVERAGE:.0%}, test",
            abs(measured["coverage"] - COVERAGE),
            limits.max_coverage_error,
        ),
        _at_most("bias, test", abs(measured["bias"]), limits.max_bias),
        *_fairness(metrics, limits),
    ]
    if champion is not None:
        rule = "MAE against champion, test"
        before = _test_quality(champion, test)["mae"]
        ceiling = before * (1 + limits.max_loss_to_champion)
        findings.append(
            _at_most(rule, measured["mae"], ceiling)
            if champion.manifest.split == challenger.manifest.split
            else Finding(rule, "review", measured["mae"], OTHER_SPLIT)
        )
    return findings


def _test_quality(model: LoadedModel, test: Rows) -> dict[str, float]:
    scores = model.scorer.score(test.x).astype(np.float64)
    return quality(test.y, scores, model.manifest.answering)


def _fairness(metrics: Mapping[str, float], limits: GateParams) -> list[Finding]:
    findings = []
    prefix = "oof_error_ratio_se_"
    attributes = [name.removeprefix(prefix) for name in metrics if name.startswith(prefix)]
    for attribute in attributes:
        for rule, metric, ceiling in (
            ("largest bias", "oof_bias", limits.max_group_bias),
            ("error, worst to best", "oof_error_ratio", limits.max_group_error_ratio),
        ):
            value = abs(metrics[f"{metric}_{attribute}"])
            # Models recorded by earlier code have the error of the largest estimate only.
            proven = metrics.get(
                f"{metric}_proven_{attribute}", value - Z * metrics[f"{metric}_se_{attribute}"]
            )
            broken = value > ceiling
            verdict: Verdict = "fail" if proven > ceiling else "review" if broken else "pass"
            limit = f"<= {ceiling:.2f} (proven {proven:.2f})"
            findings.append(Finding(f"{rule}, {attribute}", verdict, value, limit))
    return findings


def _at_most(rule: str, value: float, limit: float) -> Finding:
    return Finding(rule, "pass" if value <= limit else "fail", value, f"<= {limit:.3f}")
