"""What the search looks for, and how a fitted pipeline scores rows.

Pipelines learn the logarithm of the price, since an error of 100 dollars is large for a stone of
500 and nothing for one of 15,000. A score is a price again.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import KFold
from sklearn.pipeline import Pipeline

from ..data.labels import Labels
from ..encoding import Matrix
from ..errors import ProjectError

Scores = npt.NDArray[np.float64]

# scikit-learn's name of the metric that the search maximises, which makes it negative; and ours
# of its mean over the folds, with the sign that makes it an error again.
SCORING = "neg_mean_absolute_error"
CV_METRIC = "cv_log_error"
CV_SIGN = -1
# The method of a pipeline that the scores come from.
METHOD: Final = "predict"

_FEWEST_VALUES = 10


def require_learnable(side: str, y: Labels) -> None:
    """Refuse values from which nothing can be learnt or measured.

    Raises:
        ProjectError: nearly all of them are equal.
    """
    found = len(np.unique(y))
    if found < _FEWEST_VALUES:
        raise ProjectError(
            f"the {side} rows hold {found} different values; at least {_FEWEST_VALUES} are needed"
        )


def learnt(y: Labels) -> Labels:
    """What a pipeline is fitted to, for true values of shape (rows,)."""
    return np.log(y)


def scores_of(raw: npt.NDArray[Any]) -> Scores:
    """Scores, shape (rows,), from what `METHOD` returns."""
    return np.exp(np.asarray(raw, dtype=np.float64))


def score(pipeline: Pipeline, x: Matrix) -> Scores:
    """Scores of a fitted pipeline, as the exported model has to give them."""
    return scores_of(np.asarray(pipeline.predict(x)))


def folds(count: int, seed: int) -> KFold:
    """The folds of the cross-validation."""
    return KFold(count, shuffle=True, random_state=seed)
