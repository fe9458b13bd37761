"""The logarithms that are appended to the matrix."""

import numpy as np

from tests.kind_parts import logarithms

ROWS = np.array([[1.0, 5.0], [np.e, 0.0], [np.nan, -1.0]], dtype=np.float32)


def test_logarithms_are_appended_and_what_has_none_is_missing() -> None:
    found = logarithms.LogFeatures(positions=[0, 1]).fit(ROWS).transform(ROWS)
    np.testing.assert_array_equal(found[:, :2], ROWS)
    expected = [[0, np.log(5)], [1, np.nan], [np.nan, np.nan]]
    np.testing.assert_allclose(found[:, 2:], expected, rtol=1e-6)


def test_names_say_what_was_added() -> None:
    fitted = logarithms.LogFeatures(positions=[1]).fit(ROWS)
    assert fitted.get_feature_names_out(["size", "age"]).tolist() == ["size", "age", "log_age"]
    assert fitted.get_feature_names_out().tolist() == ["x0", "x1", "log_x1"]
