"""Grid search of one candidate, over its whole pipeline."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_predict
from sklearn.pipeline import Pipeline

from ..encoding import Matrix
from .params import TrainingParams


@dataclass(frozen=True)
class Searched:
    """The best parameters of a candidate, fitted on all training rows.

    `scores` are out of fold, shape (rows,): each row scored by a pipeline that has not seen it.
    """

    pipeline: Pipeline
    params: dict[str, Any]
    auc: float
    auc_se: float
    scores: npt.NDArray[np.float64]


def search(
    pipeline: Pipeline,
    grid: dict[str, list[Any]],
    x: Matrix,
    y: npt.NDArray[np.int8],
    params: TrainingParams,
) -> Searched:
    """Search the grid by cross-validated AUC and score every row out of fold.

    Args:
        pipeline: unfitted, from matrix to class probabilities.
        grid: parameter name to the values to try.
        x: training rows, shape (rows, features).
        y: their labels, shape (rows,).
        params: seed and folds.
    """
    folds = StratifiedKFold(params.split.folds, shuffle=True, random_state=params.seed)
    found = GridSearchCV(pipeline, grid, scoring="roc_auc", cv=folds, error_score="raise")
    found.fit(x, y)
    scores = cross_val_predict(found.best_estimator_, x, y, cv=folds, method="predict_proba")[:, 1]
    spread = float(found.cv_results_["std_test_score"][found.best_index_])
    return Searched(
        found.best_estimator_,
        dict(found.best_params_),
        float(found.best_score_),
        spread / float(np.sqrt(params.split.folds)),
        np.asarray(scores, dtype=np.float64),
    )
