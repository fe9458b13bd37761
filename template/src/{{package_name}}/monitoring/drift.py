"""Drift: how far the rows now served are from the rows that the model was trained on.

A distribution is kept as counts in fixed bins, a few kilobytes whatever the number of rows.
Sketches with the same bins add up, so replicas, hours and batches can be judged as one.
"""

import math
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from ..encoding import UNKNOWN, Matrix
from ..schema import Numeric, Schema

_QUANTILES = np.arange(1, 10) / 10
# Common reading of PSI: below 0.10 stable, from 0.25 on the model should be looked at.
ALERT_PSI = 0.25
_LIMITS = (0.10, ALERT_PSI, 0.50)
# Standard normal quantile of 99.9 %: one false alarm in a thousand looks at a stable feature.
_Z = 3.09


class Level(IntEnum):
    """How bad it is."""

    STABLE = 0
    WARN = 1
    ALERT = 2
    SEVERE = 3


@dataclass(frozen=True)
class Drift:
    """The distance of one feature from its reference.

    `psi` is the population stability index in nats, `js` the Jensen-Shannon distance to base 2
    (0 to 1), `ks` the Kolmogorov-Smirnov statistic over the bins (None for categories), `noise`
    the PSI that 999 of 1,000 samples of this size stay below without any drift.
    """

    feature: str
    psi: float
    js: float
    ks: float | None
    noise: float
    level: Level


@dataclass(frozen=True)
class _Feature:
    name: str
    numeric: bool
    # Bin i holds edges[i - 1] < value <= edges[i]; one bin lies above the last edge, and the
    # last count is that of the missing values.
    edges: npt.NDArray[np.float32]
    counts: npt.NDArray[np.int64]

    def counting(self, column: npt.NDArray[np.float32]) -> "_Feature":
        present = column[~np.isnan(column)]
        bins = np.searchsorted(self.edges, present, side="left")
        counts = np.bincount(bins, minlength=len(self.edges) + 1)
        return replace(self, counts=np.append(counts, len(column) - len(present)))


@dataclass(frozen=True)
class Sketch:
    """Counts per feature, in the order of the encoded vector."""

    rows: int
    features: tuple[_Feature, ...]

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read what `to_dict` wrote.

        Raises:
            KeyError, TypeError, ValueError: it is something else.
        """
        features = (
            _Feature(
                name,
                bool(item["numeric"]),
                np.array(item["edges"], dtype=np.float32),
                np.array(item["counts"], dtype=np.int64),
            )
            for name, item in data["features"].items()
        )
        return cls(int(data["rows"]), tuple(features))

    def to_dict(self) -> dict[str, Any]:
        """A form for JSON."""
        return {
            "rows": self.rows,
            "features": {
                f.name: {
                    "numeric": f.numeric,
                    "edges": f.edges.tolist(),
                    "counts": f.counts.tolist(),
                }
                for f in self.features
            },
        }

    def counting(self, matrix: Matrix) -> Self:
        """A sketch of `matrix`, shape (rows, features), in the bins of this one."""
        features = (f.counting(matrix[:, i]) for i, f in enumerate(self.features))
        return replace(self, rows=len(matrix), features=tuple(features))

    def __add__(self, other: "Sketch") -> Self:
        """The sketch of both sets of rows together; the bins must be the same."""
        features = (
            replace(a, counts=a.counts + b.counts)
            for a, b in zip(self.features, other.features, strict=True)
        )
        return replace(self, rows=self.rows + other.rows, features=tuple(features))


def build_reference(schema: Schema, matrix: Matrix) -> dict[str, Any]:
    """Sketch the training rows: ten quantile bins per number, one per label, unknown and missing.

    Args:
        schema: the schema that encoded the matrix.
        matrix: shape (rows, features).

    Returns:
        What `Sketch.from_dict` reads.
    """
    features = []
    for i, column in enumerate(schema.features):
        if isinstance(column, Numeric):
            edges = _quantile_edges(matrix[:, i])
        else:
            edges = np.arange(UNKNOWN, len(column.categories) - 1, dtype=np.float32)
        empty = np.zeros(len(edges) + 2, dtype=np.int64)
        features.append(_Feature(column.name, isinstance(column, Numeric), edges, empty))
    return Sketch(0, tuple(features)).counting(matrix).to_dict()


def _quantile_edges(column: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    present = column[~np.isnan(column)]
    if not present.size:
        return np.empty(0, dtype=np.float32)
    # Edges that are values of the data give each frequent value of a discrete feature its bin.
    return np.unique(np.quantile(present, _QUANTILES, method="inverted_cdf"))


def compare(reference: Sketch, current: Sketch) -> list[Drift]:
    """The drift of each feature; the sketches must have the same bins."""
    return [
        _compare_feature(a, b) for a, b in zip(reference.features, current.features, strict=True)
    ]


def _compare_feature(reference: _Feature, current: _Feature) -> Drift:
    seen = (reference.counts + current.counts) > 0
    a, b = reference.counts[seen], current.counts[seen]
    n, m = int(a.sum()), int(b.sum())
    if not n or not m:
        return Drift(reference.name, 0.0, 0.0, None, math.inf, Level.STABLE)
    # One more row for each side, spread as both together are, keeps an empty bin from making
    # the logarithm infinite, and adds nothing where the two agree.
    pooled = (a + b) / (n + m)
    p, q = (a + pooled) / (n + 1), (b + pooled) / (m + 1)
    psi = float(np.sum((p - q) * np.log(p / q)))
    middle = (p + q) / 2
    js = float(np.sum(p * np.log2(p / middle) + q * np.log2(q / middle))) / 2
    noise = _noise(len(a), n, m)
    level = Level(sum(psi > max(limit, noise) for limit in _LIMITS))
    ks = _ks(reference.counts[:-1], current.counts[:-1]) if reference.numeric else None
    return Drift(reference.name, psi, math.sqrt(max(js, 0.0)), ks, noise, level)


def _ks(a: npt.NDArray[np.int64], b: npt.NDArray[np.int64]) -> float:
    if not a.sum() or not b.sum():
        return 0.0
    return float(np.max(np.abs(np.cumsum(a) / a.sum() - np.cumsum(b) / b.sum())))


def _noise(bins: int, n: int, m: int) -> float:
    """The 99.9 % quantile of PSI when both samples come from one distribution.

    Then PSI is (1/n + 1/m) times a chi-squared variable of bins - 1 degrees of freedom, of mean
    (bins - 1)(1/n + 1/m) (Yurdakul & Naranjo, 2020); its quantile by Wilson & Hilferty (1931).
    """
    freedom = bins - 1
    if not freedom:
        return 0.0
    spread = 2 / (9 * freedom)
    return (1 / n + 1 / m) * freedom * (1 - spread + _Z * math.sqrt(spread)) ** 3
