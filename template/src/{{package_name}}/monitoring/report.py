"""The drift report: one judgement on the rows that a model has served lately.

Plain data, so that a route, a function and a scheduled command can all pass it on.
"""

import math
from dataclasses import dataclass
from typing import Literal

from ..encoding import Matrix
from .drift import ALERT_PSI, Level, Sketch, compare

LevelName = Literal["stable", "warn", "alert", "severe"]

_NAMES: dict[Level, LevelName] = {
    Level.STABLE: "stable",
    Level.WARN: "warn",
    Level.ALERT: "alert",
    Level.SEVERE: "severe",
}


@dataclass(frozen=True)
class FeatureDrift:
    """One feature: its PSI, and the PSI that rows without drift may reach by chance.

    `noise` is null while there is nothing to compare.
    """

    feature: str
    psi: float
    noise: float | None
    level: LevelName


@dataclass(frozen=True)
class DriftReport:
    """The rows judged, and what was found in them.

    `enough_rows` says whether an alert would stand out from chance in every feature. `worst` is
    the worst level of a feature; `alert` is true if it is alert or severe, and the rows are enough.
    """

    model_version: str
    rows: int
    enough_rows: bool
    worst: LevelName
    alert: bool
    features: list[FeatureDrift]


def drift_report(model_version: str, reference: Sketch, rows: Matrix) -> DriftReport:
    """Judge served rows against the training rows of the model that served them.

    Args:
        model_version: version of the model in the registry, to be named in the report.
        reference: the sketch of its training rows.
        rows: encoded rows, shape (rows, features); there may be none.
    """
    drifts = compare(reference, reference.counting(rows))
    # Below this number of rows silence would mean nothing, and with many features one of them
    # looks odd by chance every few dozen looks.
    enough = all(drift.noise <= ALERT_PSI for drift in drifts)
    worst = max(drift.level for drift in drifts)
    return DriftReport(
        model_version=model_version,
        rows=len(rows),
        enough_rows=enough,
        worst=_NAMES[worst],
        alert=enough and worst >= Level.ALERT,
        features=[
            FeatureDrift(
                drift.feature,
                round(drift.psi, 4),
                round(drift.noise, 4) if math.isfinite(drift.noise) else None,
                _NAMES[drift.level],
            )
            for drift in drifts
        ],
    )
