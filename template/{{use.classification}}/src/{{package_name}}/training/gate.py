"""The promotion gate: what a challenger must meet, each finding with its number and its limit.

A finding is `pass`, `review` or `fail`. `fail` blocks the promotion. `review` means that a person
should look: the estimate misses its limit, and the data is too small to tell that from chance,
or it is met by a hair.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..scoring import LoadedModel
from .evaluation import Z, quality
from .limits import GateParams
from .train import Rows

Verdict = Literal["pass", "review", "fail"]

# In place of a limit, where the champion may have been trained on these test rows.
OTHER_SPLIT = "trained on another split, not comparable"

# Between the legal floor of the disparate impact ratio and this much above it, a person looks.
_REVIEW_BAND = 0.05


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
    metrics = challenger.manifest.metrics
    auc = _test_quality(challenger, test)["auc"]
    findings = [
        _at_least("AUC over baseline, test", auc - 0.5, limits.min_auc_gain_over_baseline),
        _at_most("leakage: highest AUC", max(auc, metrics["oof_auc"]), limits.leakage_auc),
        _at_most(
            "calibration error", metrics["oof_calibration_error"], limits.max_calibration_error
        ),
        _at_most(
            "cost per row, against no model",
            metrics["oof_cost_per_row"],
            metrics["oof_cost_without_model"],
        ),
        *_fairness(metrics, limits),
    ]
    if champion is not None:
        rule = "AUC against champion, test"
        before = _test_quality(champion, test)["auc"]
        floor = before - limits.max_auc_loss_to_champion
        findings.append(
            _at_least(rule, auc, floor)
            if champion.manifest.split == challenger.manifest.split
            else Finding(rule, "review", auc, OTHER_SPLIT)
        )
    return findings


def _test_quality(model: LoadedModel, test: Rows) -> dict[str, float]:
    scores = model.scorer.score(test.x).astype(np.float64)
    return quality(test.y, scores, model.manifest.answering)


def _fairness(metrics: Mapping[str, float], limits: GateParams) -> list[Finding]:
    findings = []
    prefix = "oof_disparate_impact_"
    attributes = [
        name.removeprefix(prefix)
        for name in metrics
        if name.startswith(prefix) and not name.startswith(f"{prefix}se_")
    ]
    for attribute in attributes:
        ratio, floor = metrics[prefix + attribute], limits.min_disparate_impact
        near = ratio < floor + _REVIEW_BAND
        verdict: Verdict = "fail" if ratio < floor else "review" if near else "pass"
        findings.append(
            Finding(f"disparate impact, {attribute}", verdict, ratio, f">= {floor:.2f}")
        )
        gap, ceiling = metrics[f"oof_auc_gap_{attribute}"], limits.max_subgroup_auc_gap
        # Models recorded by earlier code have the error of the largest gap only.
        proven = metrics.get(
            f"oof_auc_gap_proven_{attribute}", gap - Z * metrics[f"oof_auc_gap_se_{attribute}"]
        )
        verdict = "fail" if proven > ceiling else "review" if gap > ceiling else "pass"
        limit = f"<= {ceiling:.2f} (proven {max(0.0, proven):.2f})"
        findings.append(Finding(f"AUC gap, {attribute}", verdict, gap, limit))
    return findings


def _at_least(rule: str, value: float, limit: float) -> Finding:
    return Finding(rule, "pass" if value >= limit else "fail", value, f">= {limit:.3f}")


def _at_most(rule: str, value: float, limit: float) -> Finding:
    return Finding(rule, "pass" if value <= limit else "fail", value, f"<= {limit:.3f}")
