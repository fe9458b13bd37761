"""The models that compete, as whole pipelines over the encoded matrix.

Everything that learns from data sits inside the pipeline, so that cross-validation refits it on
each fold and nothing of a validation fold leaks into training.

All estimators here convert to ONNX without loss; several of scikit-learn's convert silently
wrong, so the parity gate of `export.py` checks every export. Add a model here, and its grid to
`params.yaml`.
"""

from collections.abc import Callable

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from ..encoding import UNKNOWN
from ..errors import ProjectError
from ..features.ratios import RatioFeatures
from ..schema import Categorical, Schema

BASELINE = "baseline"

# Trees ask only whether a number is above a threshold: scaling gives them nothing, and its
# rounding, which differs in the last bit between scikit-learn and ONNX, can turn the answer.
_SCALED = frozenset({BASELINE, "logistic_regression"})

# The names that params.yaml may list, each with what builds its last step from a seed.
MODELS: dict[str, Callable[[int], ClassifierMixin]] = {
    BASELINE: lambda _seed: DummyClassifier(strategy="prior"),
    "logistic_regression": lambda seed: LogisticRegression(max_iter=1000, random_state=seed),
    "random_forest": lambda seed: RandomForestClassifier(random_state=seed),
    "hist_gradient_boosting": lambda seed: HistGradientBoostingClassifier(random_state=seed),
}

# What a pipeline file of these models holds besides what is known to be harmless in all of them.
TRUSTED = (
    "sklearn._loss.link.LogitLink",
    "sklearn._loss.loss.HalfBinomialLoss",
    # A forged tree can crash the process by indices out of range. Bundles carry hashes, and the
    # service never loads this file.
    "sklearn.tree._tree.Tree",
)


def build(name: str, schema: Schema, seed: int) -> Pipeline:
    """The pipeline of one candidate, from the encoded matrix to class probabilities.

    Raises:
        ProjectError: no candidate has that name.
    """
    if name not in MODELS:
        raise ProjectError(f"unknown candidate '{name}'; accepted: {', '.join(MODELS)}")
    return Pipeline(
        [
            ("ratios", RatioFeatures(pairs=schema.ratio_positions)),
            ("columns", _columns(schema, scaled=name in _SCALED)),
            ("model", MODELS[name](seed)),
        ]
    )


def _columns(schema: Schema, *, scaled: bool) -> ColumnTransformer:
    width = len(schema.features)
    numeric = [*schema.numeric, *range(width, width + len(schema.ratios))]
    codes = [
        np.arange(len(column.categories), dtype=np.float32)
        for column in schema.features
        if isinstance(column, Categorical)
    ]
    numbers = Pipeline([("impute", SimpleImputer(strategy="median"))])
    if scaled:
        numbers.steps.append(("scale", StandardScaler()))
    # Missing joins unknown: both become a row of zeros, and neither was seen in training.
    labels = Pipeline(
        [
            ("impute", SimpleImputer(strategy="constant", fill_value=UNKNOWN)),
            (
                "one_hot",
                OneHotEncoder(
                    categories=codes,
                    handle_unknown="ignore",
                    sparse_output=False,
                    dtype=np.float32,
                ),
            ),
        ]
    )
    return ColumnTransformer(
        [("numbers", numbers, numeric), ("labels", labels, schema.categorical)]
    )
