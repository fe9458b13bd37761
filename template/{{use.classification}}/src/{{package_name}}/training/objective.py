"""What the search looks for, and how a fitted pipeline scores rows."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline

from ..data.labels import Labels
from ..encoding import Matrix
from ..errors import ProjectError

Scores = npt.NDArray[np.float64]

# scikit-learn's name of the metric that the search maximises, and ours of its mean over the folds,
# with the sign that makes it what its name says.
SCORING = "roc_auc"
CV_METRIC = "cv_auc"
CV_SIGN = 1
# The method of a pipeline that the scores come from.
METHOD: Final = "predict_proba"


def require_learnable(side: str, y: Labels) -> None:
    """Refuse labels from which nothing can be learnt or measured.

    Raises:
        ProjectError: all of them are equal.
    """
    if len(set(y.tolist())) < 2:
        raise ProjectError(f"the {side} rows hold one class only; more data is needed")


def learnt(y: Labels) -> Labels:
    """What a pipeline is fitted to, for labels of shape (rows,)."""
    return y


def scores_of(raw: npt.NDArray[Any]) -> Scores:
    """Scores, shape (rows,), from what `METHOD` returns."""
    return np.asarray(raw[:, 1], dtype=np.float64)


def score(pipeline: Pipeline, x: Matrix) -> Scores:
    """Scores of a fitted pipeline, as the exported model has to give them."""
    return scores_of(pipeline.predict_proba(x))


def folds(count: int, seed: int) -> StratifiedKFold:
    """The folds of the cross-validation: each with the same share of positives."""
    return StratifiedKFold(count, shuffle=True, random_state=seed)
