"""Data with planted truth: what the tests look for is known, since it was put there.

A price is a constant, times a power of the size, times a factor for each grade, times noise. So the
best price that any honest model can give for a row is known, and with it the smallest error.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from tests.package import schema, target

GRADES = ("low", "middle", "high")
# Standard deviation of the logarithm of a price around its truth.
NOISE = 0.15

_FEATURES = (
    schema.Numeric("size", 0.01, 100, "Size", integer=False),
    schema.Numeric("wear", -10, 10, "Wear, standardised", integer=False),
    schema.Numeric("age", 1, 40, "Age in years"),
    schema.Categorical("grade", GRADES, "Grade"),
)
_LEAK = schema.Numeric("invoice", 1, 1e5, "Known only after the sale", integer=False)
_GROUP = schema.Audit(
    "group",
    schema.Categorical("group", ("a", "b"), "Seller"),
    {"a": frozenset({"a"}), "b": frozenset({"b"})},
)
_GRADE_EFFECT = np.array([0.0, 0.3, 0.5])


@dataclass(frozen=True)
class Planted:
    """A table, what its columns mean, and the price of each row before the noise."""

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
    group_noise: float = 0.0,
) -> Planted:
    """Draw a table.

    Args:
        rows: number of rows.
        seed: of the random generator; equal seeds give equal tables.
        leak: add a feature that is the price with a little noise.
        drift: shift of `wear`, in standard deviations.
        group_bias: how much dearer group b sells, as a logarithm; no feature tells the groups.
        group_noise: what the prices of group b have in noise besides that of group a.
    """
    random = np.random.default_rng(seed)
    in_b = random.random(rows) < 0.4
    size = np.exp(random.normal(0.0, 0.5, rows)).clip(0.01, 100)
    wear = random.normal(drift, 1.0, rows).clip(-10, 10)
    age = random.integers(1, 41, rows)
    grade = random.integers(0, len(GRADES), rows)
    log_truth = 7.0 + 1.5 * np.log(size) - 0.1 * wear - 0.01 * age + _GRADE_EFFECT[grade]
    noise = random.normal(0.0, NOISE, rows) * np.where(in_b, 1 + group_noise, 1)
    price = np.exp(log_truth + group_bias * in_b + noise)
    frame = pd.DataFrame(
        {
            "size": size,
            "wear": wear,
            "age": age.astype(float),
            "grade": np.asarray(GRADES)[grade],
            "group": np.where(in_b, "b", "a"),
            "price": price,
        }
    )
    features: tuple[schema.Column, ...] = _FEATURES
    if leak:
        frame["invoice"] = price * np.exp(random.normal(0.0, 0.01, rows))
        features = (*features, _LEAK)
    meaning = schema.Schema(
        name="planted",
        features=features,
        target=target.Target("price", 0.01, 1e9, "Price"),
        segments=(_GROUP,),
        ratios=(("wear", "age"),),
    )
    return Planted(frame, meaning, np.exp(log_truth))
