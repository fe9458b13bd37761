"""A custom transformer: quotients of numeric features, appended to the matrix."""

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


class RatioFeatures(TransformerMixin, BaseEstimator):
    """Appends numerator / denominator for each pair of columns; NaN where that is undefined.

    It appends and drops nothing: a step that selects the original columns by name afterwards
    would silently throw the new ones away, and `get_feature_names_out` lets a test see that.
    """

    n_features_in_: int

    def __init__(self, pairs: Sequence[tuple[int, int]]) -> None:
        self.pairs = pairs

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ARG002  # scikit-learn passes it
        """Learn nothing but the number of columns."""
        validate_data(self, X, dtype=np.float32, ensure_all_finite="allow-nan")
        return self

    def transform(self, X: Any) -> Array:
        """Shape (rows, n) to shape (rows, n + pairs), float32."""
        check_is_fitted(self)
        matrix: Array = validate_data(
            self, X, dtype=np.float32, ensure_all_finite="allow-nan", reset=False
        )
        quotients = [_divide(matrix[:, top], matrix[:, bottom]) for top, bottom in self.pairs]
        return np.column_stack([matrix, *quotients])

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[np.object_]:
        """The input's names, then one name per quotient, such as `price_per_size`."""
        check_is_fitted(self)
        if input_features is None:
            input_features = [f"x{i}" for i in range(self.n_features_in_)]
        names = list(input_features)
        names += [f"{names[top]}_per_{names[bottom]}" for top, bottom in self.pairs]
        return np.asarray(names, dtype=object)


def _divide(top: Array, bottom: Array) -> Array:
    undefined = np.full_like(top, np.nan)
    return np.divide(top, bottom, out=undefined, where=bottom != 0)
