"""A custom transformer: logarithms of numeric features, appended to the matrix.

A price grows with a power of the size. On logarithms a power is a straight line, and a product,
such as a volume, is a sum: a linear model can find both.
"""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import (  # type: ignore[attr-defined]  # missing in the stubs
    check_is_fitted,
    validate_data,
)

Array = npt.NDArray[np.float32]


class LogFeatures(TransformerMixin, BaseEstimator):
    """Appends the natural logarithm of each column of `positions`; NaN for what has none."""

    n_features_in_: int

    def __init__(self, positions: Sequence[int]) -> None:
        self.positions = positions

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ARG002  # scikit-learn passes it
        """Learn nothing but the number of columns."""
        validate_data(self, X, dtype=np.float32, ensure_all_finite="allow-nan")
        return self

    def transform(self, X: Any) -> Array:
        """Shape (rows, n) to shape (rows, n + positions), float32."""
        check_is_fitted(self)
        matrix: Array = validate_data(
            self, X, dtype=np.float32, ensure_all_finite="allow-nan", reset=False
        )
        chosen = matrix[:, list(self.positions)]
        undefined = np.full_like(chosen, np.nan)
        return np.hstack([matrix, np.log(chosen, out=undefined, where=chosen > 0)])

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[np.object_]:
        """The input's names, then one name per logarithm, such as `log_size`."""
        check_is_fitted(self)
        if input_features is None:
            input_features = [f"x{i}" for i in range(self.n_features_in_)]
        names = list(input_features)
        return np.asarray([*names, *(f"log_{names[i]}" for i in self.positions)], dtype=object)
