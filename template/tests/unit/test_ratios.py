"""The custom transformer."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.validation import NotFittedError

from tests.package import ratios

X = np.array([[6, 2], [1, 0], [np.nan, 2]], dtype=np.float32)


def test_the_quotient_is_appended_and_undefined_ones_are_missing() -> None:
    result = ratios.RatioFeatures([(0, 1)]).fit_transform(X)
    expected = np.array([[6, 2, 3], [1, 0, np.nan], [np.nan, 2, np.nan]], dtype=np.float32)
    np.testing.assert_array_equal(result, expected)
    assert result.dtype == np.float32


def test_the_names_say_what_was_divided() -> None:
    fitted = ratios.RatioFeatures([(0, 1)]).fit(X)
    names = fitted.get_feature_names_out(["amount", "months"])
    assert list(names) == ["amount", "months", "amount_per_months"]
    assert list(fitted.get_feature_names_out()) == ["x0", "x1", "x0_per_x1"]


def test_it_can_be_cloned_and_must_be_fitted() -> None:
    copy = clone(ratios.RatioFeatures([(0, 1)]))
    with pytest.raises(NotFittedError):
        copy.transform(X)
