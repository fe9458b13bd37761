"""Metrics of a binary classifier: discrimination, calibration, cost, and fairness by group."""

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from ..data.frames import Groups, Mask
from ..data.labels import Labels
from ..dataset import COST_FALSE_NEGATIVE, COST_FALSE_POSITIVE
from ..prediction import Answering
from .limits import GateParams
from .objective import Scores

# The columns of the table of runs, with their headings.
SHOWN = {
    "cv_auc": "CV AUC",
    "oof_calibration_error": "ECE",
    "oof_cost_per_row": "cost",
    "test_auc": "test AUC",
}

BINS = 10
# One-sided 95 %: what remains of an estimate after this many standard errors, chance alone would
# hardly explain.
Z = 1.645
_THRESHOLDS = np.round(np.arange(0.02, 0.99, 0.01), 2)


def assess(
    y: Labels, scores: Scores, groups: Groups, limits: GateParams
) -> tuple[Answering, dict[str, float]]:
    """Choose the threshold of a candidate by its out-of-fold scores, and measure it there."""
    threshold = choose_threshold(
        y, scores, groups, limits.min_disparate_impact, limits.min_group_rows
    )
    answering = Answering(threshold)
    metrics = quality(y, scores, answering) | {"cost_without_model": cost_without_model(y)}
    for audit in fairness(y, scores, threshold, groups, limits.min_group_rows):
        metrics[f"disparate_impact_{audit.attribute}"] = audit.disparate_impact
        metrics[f"disparate_impact_se_{audit.attribute}"] = audit.disparate_impact_se
        metrics[f"auc_gap_{audit.attribute}"] = audit.auc_gap
        metrics[f"auc_gap_se_{audit.attribute}"] = audit.auc_gap_se
        metrics[f"auc_gap_proven_{audit.attribute}"] = audit.auc_gap_proven
    return answering, metrics


def quality(y: Labels, scores: Scores, answering: Answering) -> dict[str, float]:
    """Metrics of scores against labels, shapes (rows,).

    `auc_se` is the standard error of the AUC by Hanley and McNeil (1982), Radiology 143:29-36.
    """
    decided = scores >= answering.threshold
    positives = y == 1
    true_positives = float(np.sum(decided & positives))
    auc = float(roc_auc_score(y, scores))
    return {
        "auc": auc,
        "auc_se": auc_standard_error(auc, int(positives.sum()), int((~positives).sum())),
        "brier": float(brier_score_loss(y, scores)),
        "log_loss": float(log_loss(y, scores, labels=[0, 1])),
        "calibration_error": calibration_error(y, scores),
        "accuracy": float(np.mean(decided == positives)),
        "precision": true_positives / max(1.0, float(decided.sum())),
        "recall": true_positives / max(1.0, float(positives.sum())),
        "favourable_rate": float(np.mean(~decided)),
        "cost_per_row": cost_per_row(y, scores, answering.threshold),
    }


def auc_standard_error(auc: float, positives: int, negatives: int) -> float:
    """Standard error of an AUC from the two class sizes (Hanley and McNeil 1982)."""
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (positives - 1) * (q1 - auc**2) + (negatives - 1) * (q2 - auc**2)
    return float(np.sqrt(max(0.0, spread) / (positives * negatives)))


def calibration_error(y: Labels, scores: Scores) -> float:
    """Expected calibration error: mean |observed - predicted| over bins of equal size."""
    order = np.argsort(scores, kind="stable")
    chunks = [c for c in np.array_split(order, BINS) if len(c)]
    gaps = [len(c) * abs(float(y[c].mean()) - float(scores[c].mean())) for c in chunks]
    return float(sum(gaps) / len(y))


def cost_per_row(y: Labels, scores: Scores, threshold: float) -> float:
    """Mean price of the decisions, in units of one false positive."""
    decided = scores >= threshold
    misses = np.sum((y == 1) & ~decided)
    alarms = np.sum((y == 0) & decided)
    return float((COST_FALSE_NEGATIVE * misses + COST_FALSE_POSITIVE * alarms) / len(y))


def cost_without_model(y: Labels) -> float:
    """The cheaper of the two decisions that need no model: always yes, or always no."""
    rate = float(np.mean(y))
    return min(COST_FALSE_NEGATIVE * rate, COST_FALSE_POSITIVE * (1 - rate))


@dataclass(frozen=True)
class Fairness:
    """One protected attribute, over the groups that are large enough to judge.

    `disparate_impact` is the lowest rate of favourable decisions over the highest. What is proven
    of the AUC gap is the largest lower bound over all pairs of groups: a small group with a large
    gap must not hide a large group with a sure one.
    """

    attribute: str
    disparate_impact: float
    disparate_impact_se: float
    auc_gap: float
    auc_gap_se: float
    auc_gap_proven: float


def fairness(
    y: Labels, scores: Scores, threshold: float, groups: Groups, min_rows: int
) -> list[Fairness]:
    """Audit each protected attribute that has at least two groups of `min_rows` rows.

    The standard error of the ratio is the delta method's, the one of the AUC gap the root of the
    sum of squares.
    """
    return [
        _audit(attribute, y, scores, threshold, masks)
        for attribute, masks in judged_groups(y, groups, min_rows).items()
    ]


def judged_groups(y: Labels, groups: Groups, min_rows: int) -> dict[str, list[Mask]]:
    """The groups large enough to judge, for each attribute that has at least two of them."""
    large = {
        attribute: [mask for mask in masks.values() if _large_enough(y[mask], min_rows)]
        for attribute, masks in groups.items()
    }
    return {attribute: masks for attribute, masks in large.items() if len(masks) > 1}


def disparate_impact(favourable: Mask, masks: list[Mask]) -> float:
    """Lowest rate of favourable decisions among the groups over the highest."""
    rates = [float(favourable[mask].mean()) for mask in masks]
    return min(rates) / max(rates) if max(rates) > 0 else 1.0


def _large_enough(y: Labels, min_rows: int) -> bool:
    return len(y) >= min_rows and 0 < int(y.sum()) < len(y)


def _audit(
    attribute: str, y: Labels, scores: Scores, threshold: float, masks: list[Mask]
) -> Fairness:
    favourable = scores < threshold
    rates = [(float(favourable[m].mean()), int(m.sum())) for m in masks]
    (low, n_low), (high, n_high) = min(rates), max(rates)
    ratio = disparate_impact(favourable, masks)
    # A rate of zero counts as half a row, or the error would be infinite.
    low_rate, high_rate = max(low, 0.5 / n_low), max(high, 0.5 / n_high)
    relative = (1 - low_rate) / low_rate / n_low + (1 - high_rate) / high_rate / n_high
    aucs = []
    for mask in masks:
        auc = float(roc_auc_score(y[mask], scores[mask]))
        positives = int(y[mask].sum())
        aucs.append((auc, auc_standard_error(auc, positives, int(mask.sum()) - positives)))
    gap, gap_se = _gap(max(aucs), min(aucs))
    gaps = [_gap(high, low) for high, low in permutations(aucs, 2)]
    return Fairness(
        attribute,
        ratio,
        ratio * float(np.sqrt(relative)),
        gap,
        gap_se,
        max(value - Z * error for value, error in gaps),
    )


def _gap(high: tuple[float, float], low: tuple[float, float]) -> tuple[float, float]:
    """The difference of two AUCs and its standard error, from theirs."""
    return high[0] - low[0], float(np.hypot(high[1], low[1]))


def choose_threshold(
    y: Labels, scores: Scores, groups: Groups, min_impact: float, min_rows: int
) -> float:
    """The cheapest threshold among those whose disparate impact ratio is high enough.

    One threshold for everybody: a threshold per group would decide by the protected attribute.
    Where no threshold meets the ratio, the one that comes nearest is taken, and the promotion
    gate will refuse it.
    """

    judged = judged_groups(y, groups, min_rows).values()

    def worst_impact(threshold: float) -> float:
        favourable = scores < threshold
        return min((disparate_impact(favourable, masks) for masks in judged), default=1.0)

    options = [(t, worst_impact(t), cost_per_row(y, scores, t)) for t in map(float, _THRESHOLDS)]
    fair = [o for o in options if o[1] >= min_impact]
    if fair:
        return min(fair, key=lambda o: o[2])[0]
    return max(options, key=lambda o: o[1])[0]
