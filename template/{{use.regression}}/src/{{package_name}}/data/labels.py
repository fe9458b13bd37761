"""The true value of a row: which ones a table may hold, and what training sees of them."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..schema import Column, Numeric, Schema
from ..target import Target

Labels = npt.NDArray[np.float64]


def label_column(target: Target) -> Column:
    """The column of a table that holds the true value."""
    return Numeric(target.name, target.minimum, target.maximum, target.description, integer=False)


def labels(frame: pd.DataFrame, schema: Schema) -> Labels:
    """The true value of each row, shape (rows,)."""
    return frame[schema.target.name].to_numpy(dtype=np.float64)
