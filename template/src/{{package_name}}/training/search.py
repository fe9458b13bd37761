"""Grid search of one candidate, over its whole pipeline."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.pipeline import Pipeline

from ..data.labels import Labels
from ..encoding import Matrix
from .objective import METHOD, SCORING, Scores, folds, learnt, scores_of
from .params import TrainingParams


@dataclass(frozen=True)
class Searched:
    """The best parameters of a candidate, fitted on all training rows.

    `cv_score` is the mean of the objective's metric over the folds, higher is better, and
    `cv_error` its standard error. `scores` are out of fold, shape (rows,): each row scored by a
    pipeline that has not seen it.
    """

    pipeline: Pipeline
    params: dict[str, Any]
    cv_score: float
    cv_error: float
    scores: Scores


def search(
    pipeline: Pipeline,
    grid: dict[str, list[Any]],
    x: Matrix,
    y: Labels,
    params: TrainingParams,
) -> Searched:
    """Search the grid by the cross-validated objective and score every row out of fold.

    Args:
        pipeline: unfitted, from the encoded matrix to a prediction.
        grid: parameter name to the values to try.
        x: training rows, shape (rows, features).
        y: their labels, shape (rows,).
        params: seed and folds.
    """
    cv = folds(params.split.folds, params.seed)
    aim = learnt(y)
    found = GridSearchCV(pipeline, grid, scoring=SCORING, cv=cv, error_score="raise")
    found.fit(x, aim)
    raw = cross_val_predict(found.best_estimator_, x, aim, cv=cv, method=METHOD)
    spread = float(found.cv_results_["std_test_score"][found.best_index_])
    return Searched(
        found.best_estimator_,
        dict(found.best_params_),
        float(found.best_score_),
        spread / float(np.sqrt(params.split.folds)),
        scores_of(raw),
    )
