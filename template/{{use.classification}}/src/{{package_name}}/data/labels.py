"""The label of a row: which values a table may hold, and what training sees of them."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..schema import Categorical, Column, Schema
from ..target import Target

Labels = npt.NDArray[np.int8]


def label_column(target: Target) -> Column:
    """The column of a table that holds the label."""
    return Categorical(target.name, (target.negative, target.positive), "The label")


def labels(frame: pd.DataFrame, schema: Schema) -> Labels:
    """The label of each row, shape (rows,): 1 for the positive class, else 0."""
    positive = frame[schema.target.name] == schema.target.positive
    return positive.to_numpy(dtype=bool).astype(np.int8)
