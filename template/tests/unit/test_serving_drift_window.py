"""The ring buffer of rows served."""

import numpy as np
import pytest

from tests.package import drift_window, encoding


def numbered(start: int, stop: int) -> encoding.Matrix:
    return np.arange(start, stop, dtype=np.float32).reshape(-1, 1)


@pytest.mark.parametrize("sizes", [[1] * 13, [3, 4, 5, 1], [13], [4, 9], []])
def test_the_newest_rows_are_kept_however_they_come(sizes: list[int]) -> None:
    window = drift_window.DriftWindow(rows=5, width=1)
    added = 0
    for size in sizes:
        window.add(numbered(added, added + size))
        added += size
    assert sorted(window.rows().ravel()) == list(range(max(0, added - 5), added))


def test_a_window_not_yet_full_holds_what_came() -> None:
    window = drift_window.DriftWindow(rows=5, width=1)
    window.add(numbered(0, 2))
    assert window.rows().ravel().tolist() == [0, 1]
