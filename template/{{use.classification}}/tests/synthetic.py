"""Data with planted truth: what the tests look for is known, since it was put there.

The label is drawn from a logistic model with the coefficients below, so the true probability of
each row is known, and with it the best score that any honest model can reach.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from tests.package import schema, target

SEGMENTS = ("retail", "trade", "farm")

_FEATURES = (
    schema.Numeric("income", -10, 10, "Income, standardised", integer=False),
    schema.Numeric("debt", -10, 10, "Debt, standardised", integer=False, nullable=True),
    schema.Numeric("tenure", 1, 40, "Years as a customer"),
    schema.Categorical("segment", SEGMENTS, "Segment"),
)
_LEAK = schema.Numeric("collection_calls", -10, 10, "Known only after the event", integer=False)
_GROUP = schema.Protected(
    "group",
    schema.Categorical("group", ("a", "b"), "Protected group"),
    {"a": frozenset({"a"}), "b": frozenset({"b"})},
)
_SEGMENT_EFFECT = np.array([0.0, 0.5, -0.5])


@dataclass(frozen=True)
class Planted:
    """A table, what its columns mean, and the true probability of each row's label."""

    frame: pd.DataFrame
    schema: schema.Schema
    truth: npt.NDArray[np.float64]


def generate(
    rows: int = 1000,
    seed: int = 0,
    *,
    leak: bool = False,
    drift: float = 0.0,
    group_bias: float = 0.0,
) -> Planted:
    """Draw a table.

    Args:
        rows: number of rows.
        seed: of the random generator; equal seeds give equal tables.
        leak: add a feature that is the label with a little noise.
        drift: shift of `income`, in standard deviations.
        group_bias: how much lower the income of group b is, in standard deviations.
    """
    random = np.random.default_rng(seed)
    in_b = random.random(rows) < 0.4
    income = random.normal(drift, 1.0, rows) - group_bias * in_b
    debt = random.normal(0.0, 1.0, rows)
    tenure = random.integers(1, 41, rows)
    segment = random.integers(0, len(SEGMENTS), rows)
    log_odds = -0.8 - 1.2 * income + 1.0 * debt - 0.03 * tenure + _SEGMENT_EFFECT[segment]
    truth = 1 / (1 + np.exp(-log_odds))
    positive = random.random(rows) < truth
    frame = pd.DataFrame(
        {
            "income": income.clip(-10, 10),
            "debt": debt.clip(-10, 10),
            "tenure": tenure.astype(float),
            "segment": np.asarray(SEGMENTS)[segment],
            "group": np.where(in_b, "b", "a"),
            "label": np.where(positive, "yes", "no"),
        }
    )
    features: tuple[schema.Column, ...] = _FEATURES
    if leak:
        frame["collection_calls"] = np.where(positive, 2.0, -2.0) + random.normal(0, 0.3, rows)
        features = (*features, _LEAK)
    meaning = schema.Schema(
        name="planted",
        features=features,
        target=target.Target("label", "no", "yes"),
        protected=(_GROUP,),
        ratios=(("debt", "tenure"),),
    )
    return Planted(frame, meaning, truth)
