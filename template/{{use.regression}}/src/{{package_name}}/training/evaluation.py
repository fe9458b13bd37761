"""Metrics of a price model: error, bias, the interval's coverage, and all of them by group.

The logarithm of predicted over true price measures an error whatever the price: 0.05 is 5 % too
high, about. It is the error that training makes small.
"""

from dataclasses import dataclass
from itertools import permutations

import numpy as np
import numpy.typing as npt
from sklearn.metrics import mean_pinball_loss, r2_score, root_mean_squared_error

from ..data.frames import Groups, Mask
from ..data.labels import Labels
from ..dataset import COVERAGE
from ..prediction import Answering
from .limits import GateParams
from .objective import Scores

# The columns of the table of runs, with their headings. The coverage out of fold is not among them:
# the interval is made of these rows, so it is what was asked for.
SHOWN = {
    "cv_log_error": "CV log error",
    "oof_mae": "MAE",
    "oof_interval_width": "width",
    "test_mae": "test MAE",
}

_TAIL = (1 - COVERAGE) / 2
# One-sided 95 %: what remains of an estimate after this many standard errors, chance alone would
# hardly explain.
Z = 1.645


def assess(
    y: Labels, scores: Scores, groups: Groups, limits: GateParams
) -> tuple[Answering, dict[str, float]]:
    """Make the interval of a candidate from its out-of-fold scores, and measure it there."""
    answering = interval(y, scores)
    metrics = quality(y, scores, answering) | {"mae_without_model": mae_without_model(y)}
    for audit in fairness(y, scores, answering, groups, limits.min_group_rows):
        metrics[f"bias_{audit.attribute}"] = audit.bias
        metrics[f"bias_se_{audit.attribute}"] = audit.bias_se
        metrics[f"bias_proven_{audit.attribute}"] = audit.bias_proven
        metrics[f"error_ratio_{audit.attribute}"] = audit.error_ratio
        metrics[f"error_ratio_se_{audit.attribute}"] = audit.error_ratio_se
        metrics[f"error_ratio_proven_{audit.attribute}"] = audit.error_ratio_proven
        metrics[f"lowest_coverage_{audit.attribute}"] = audit.lowest_coverage
    return answering, metrics


def interval(y: Labels, scores: Scores) -> Answering:
    """The factors between which `COVERAGE` of the rows lie that the model has not seen.

    Quantiles of relative errors out of fold, around a model that is fitted to all rows: the
    cross-validation form of the jackknife interval. Nothing guarantees the share for every model
    (Barber et al. 2021, Annals of Statistics 49:486-507). It holds on new rows as far as the served
    model errs there as the models of the folds did, on average over all rows; the test rows decide.
    """
    low, high = np.quantile(y / scores, [_TAIL, 1 - _TAIL])
    return Answering(float(low), float(high))


def quality(y: Labels, scores: Scores, answering: Answering) -> dict[str, float]:
    """Metrics of predicted against true prices, shapes (rows,)."""
    absolute = np.abs(scores - y)
    log_error = _log_error(y, scores)
    low, high = scores * answering.low, scores * answering.high
    return {
        "mae": float(absolute.mean()),
        "mae_se": float(absolute.std() / np.sqrt(len(y))),
        "rmse": float(root_mean_squared_error(y, scores)),
        "median_ape": float(np.median(absolute / y)),
        "log_error": float(np.abs(log_error).mean()),
        "bias": float(log_error.mean()),
        "r2": float(r2_score(y, scores)),
        "coverage": coverage(y, scores, answering),
        "interval_width": answering.high - answering.low,
        "pinball_low": float(mean_pinball_loss(y, low, alpha=_TAIL)),
        "pinball_high": float(mean_pinball_loss(y, high, alpha=1 - _TAIL)),
    }


def coverage(y: Labels, scores: Scores, answering: Answering) -> float:
    """Share of the true prices that lie inside their interval, ends included."""
    return float(np.mean((y >= scores * answering.low) & (y <= scores * answering.high)))


def mae_without_model(y: Labels) -> float:
    """Mean absolute error of the best constant: the median for every row."""
    return float(np.abs(y - np.median(y)).mean())


def mae_of_power_law(size: npt.NDArray[np.floating], y: Labels) -> float:
    """Mean absolute error of a constant times a power of the size.

    Both are fitted to the very rows that it is measured on, which flatters it: a model that wins
    has won. A row without a size gets the mean.
    """
    logs = np.log(np.asarray(size, dtype=np.float64))
    logs = np.where(np.isnan(logs), np.nanmean(logs), logs)
    slope, constant = np.polyfit(logs, np.log(y), 1)
    return float(np.abs(np.exp(constant + slope * logs) - y).mean())


@dataclass(frozen=True)
class Fairness:
    """One division of the rows, over the groups that are large enough to judge.

    `bias` is that of the group with the largest, up or down; `error_ratio` the largest mean log
    error of a group over the smallest. What is proven is the largest lower bound over all groups,
    or pairs of them: a small group with a large estimate must not hide a large group with a sure
    one.
    """

    attribute: str
    bias: float
    bias_se: float
    bias_proven: float
    error_ratio: float
    error_ratio_se: float
    error_ratio_proven: float
    lowest_coverage: float


def fairness(
    y: Labels, scores: Scores, answering: Answering, groups: Groups, min_rows: int
) -> list[Fairness]:
    """Audit each division that has at least two groups of `min_rows` rows."""
    judged = {
        attribute: [mask for mask in masks.values() if int(mask.sum()) >= min_rows]
        for attribute, masks in groups.items()
    }
    return [
        _audit(attribute, y, scores, answering, masks)
        for attribute, masks in judged.items()
        if len(masks) > 1
    ]


def _audit(
    attribute: str, y: Labels, scores: Scores, answering: Answering, masks: list[Mask]
) -> Fairness:
    errors = [_log_error(y[mask], scores[mask]) for mask in masks]
    biases = [_mean(error) for error in errors]
    bias, bias_se = max(biases, key=lambda found: abs(found[0]))
    sizes = [_mean(np.abs(error)) for error in errors]
    ratio, ratio_se = _ratio(max(sizes), min(sizes))
    ratios = [_ratio(large, small) for large, small in permutations(sizes, 2)]
    return Fairness(
        attribute,
        bias,
        bias_se,
        max(0.0, *(abs(value) - Z * error for value, error in biases)),
        ratio,
        ratio_se,
        max(value - Z * error for value, error in ratios),
        min(coverage(y[mask], scores[mask], answering) for mask in masks),
    )


def _ratio(large: tuple[float, float], small: tuple[float, float]) -> tuple[float, float]:
    """A quotient of two means and its standard error, from theirs.

    The delta method: relative errors of a quotient add up as squares.
    """
    # An error of zero cannot be divided by; no real group has one.
    divisor = max(small[0], np.finfo(float).tiny)
    ratio = large[0] / divisor
    return ratio, ratio * float(np.hypot(small[1] / divisor, large[1] / max(large[0], 1e-12)))


def _log_error(y: Labels, scores: Scores) -> npt.NDArray[np.float64]:
    return np.log(scores / y)


def _mean(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """A mean and its standard error."""
    return float(values.mean()), float(values.std() / np.sqrt(len(values)))
