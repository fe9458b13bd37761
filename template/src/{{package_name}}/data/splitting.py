"""The split: a row's own content decides whether it is held out.

Each row hashes to a number in [0, 1); below `test_fraction` it belongs to the test set. So

- two identical rows never stand on both sides, which a shuffled split allows;
- a row keeps its side while the seed stays and the share of test rows does not grow: when the
  data set grows, no row that a former model was trained on becomes a test row, and champion and
  challenger meet on honest ground;
- the label takes no part in it.

The price: the share of test rows is only met on average, and so is their likeness to the rest.
Where rows are ordered in time, or belong to the same owner, hash that key instead.
"""

import hashlib

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..schema import Schema


def held_out(
    frame: pd.DataFrame, schema: Schema, test_fraction: float, seed: int
) -> npt.NDArray[np.bool_]:
    """Which rows belong to the test set, shape (rows,)."""
    rows = frame[schema.feature_names].itertuples(index=False, name=None)
    return np.fromiter((_unit(f"{seed}|{row}") < test_fraction for row in rows), dtype=bool)


def _unit(text: str) -> float:
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
