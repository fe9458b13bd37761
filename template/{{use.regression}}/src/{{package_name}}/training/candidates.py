"""The models that compete, as whole pipelines over the encoded matrix.

Everything that learns from data sits inside the pipeline, so that cross-validation refits it on
each fold and nothing of a validation fold leaks into training.

All estimators here convert to ONNX without loss; several of scikit-learn's convert silently
wrong (gradient boosting with a Poisson or gamma loss among them), so the parity gate of
`export.py` checks every export. Add a model here, and its grid to `params.yaml`.
"""

from collections.abc import Callable

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from ..dataset import SIZE_POSITION
from ..encoding import UNKNOWN
from ..errors import ProjectError
from ..features.logarithms import LogFeatures
from ..features.ratios import RatioFeatures
from ..schema import Categorical, Numeric, Schema

BASELINE = "baseline"

# The names that params.yaml may list, each with what builds its last step from a seed.
MODELS: dict[str, Callable[[int], RegressorMixin]] = {
    BASELINE: lambda _seed: LinearRegression(),
    "ridge": lambda _seed: Ridge(),
    "hist_gradient_boosting": lambda seed: HistGradientBoostingRegressor(random_state=seed),
}

# What a pipeline file of these models holds besides what is known to be harmless in all of them.
TRUSTED = (
    f"{LogFeatures.__module__}.{LogFeatures.__qualname__}",
    "sklearn._loss.link.IdentityLink",
    "sklearn._loss.loss.HalfSquaredError",
)


def build(name: str, schema: Schema, seed: int) -> Pipeline:
    """The pipeline of one candidate, from the encoded matrix to the logarithm of a price.

    Raises:
        ProjectError: no candidate has that name.
    """
    if name not in MODELS:
        raise ProjectError(f"unknown candidate '{name}'; accepted: {', '.join(MODELS)}")
    steps = {BASELINE: _power_law, "ridge": _linear}.get(name, _trees)(schema)
    return Pipeline([*steps, ("model", MODELS[name](seed))])


Steps = list[tuple[str, object]]


def _power_law(schema: Schema) -> Steps:
    """Nothing but the logarithm of the size: the price is a constant times a power of it."""
    size = Pipeline([("impute", SimpleImputer(strategy="median")), ("scale", StandardScaler())])
    columns = ColumnTransformer([("numbers", size, [len(schema.features)])])
    return [("logs", LogFeatures(positions=[SIZE_POSITION])), ("columns", columns)]


def _linear(schema: Schema) -> Steps:
    """Numbers, their logarithms where all of them have one, and one column for each label."""
    positive = [
        position
        for position in _always_there(schema)
        if isinstance(column := schema.features[position], Numeric) and column.minimum > 0
    ]
    width = len(schema.features)
    added = range(width, width + len(schema.ratios) + len(positive))
    numeric = [*_always_there(schema), *added]
    numbers = Pipeline([("impute", SimpleImputer(strategy="median")), ("scale", StandardScaler())])
    codes = [
        np.arange(len(column.categories), dtype=np.float32)
        for column in schema.features
        if isinstance(column, Categorical)
    ]
    labels = _known_labels()
    labels.steps.append(
        (
            "one_hot",
            OneHotEncoder(
                categories=codes, handle_unknown="ignore", sparse_output=False, dtype=np.float32
            ),
        )
    )
    columns = ColumnTransformer(
        [("numbers", numbers, numeric), ("labels", labels, schema.categorical)]
    )
    return [
        ("ratios", RatioFeatures(pairs=schema.ratio_positions)),
        ("logs", LogFeatures(positions=positive)),
        ("columns", columns),
    ]


def _trees(schema: Schema) -> Steps:
    """Numbers as they are, and the labels' codes: their order is that of the grades.

    Trees ask only whether a number is above a limit: scaling and logarithms give them nothing,
    and their rounding, which differs in the last bit between scikit-learn and ONNX, can turn the
    answer.
    """
    width = len(schema.features)
    numeric = [*_always_there(schema), *range(width, width + len(schema.ratios))]
    columns = ColumnTransformer(
        [
            ("numbers", SimpleImputer(strategy="median"), numeric),
            ("labels", _known_labels(), schema.categorical),
        ]
    )
    return [("ratios", RatioFeatures(pairs=schema.ratio_positions)), ("columns", columns)]


def _always_there(schema: Schema) -> list[int]:
    """Positions of the numbers that no row may lack.

    Dimensions repeat the weight. Where they are missing, those of a middling stone in their place
    would give a small one the price of a large one. A quotient of two of them may still be used,
    since it does not tell the size.
    """
    return [position for position in schema.numeric if not schema.features[position].nullable]


def _known_labels() -> Pipeline:
    # Missing joins unknown: neither was seen in training.
    return Pipeline([("impute", SimpleImputer(strategy="constant", fill_value=UNKNOWN))])
