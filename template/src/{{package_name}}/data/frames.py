"""Tables to arrays: the column-wise twin of `encoding.Encoder`, for whole data sets."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..encoding import Matrix
from ..schema import Band, Categorical, Protected, Schema


def encode_frame(frame: pd.DataFrame, schema: Schema) -> Matrix:
    """Encode a table as an array of shape (rows, features), float32.

    A test proves it equal to `Encoder.encode` row by row, so that training and serving cannot
    come to see different numbers.
    """
    matrix = np.empty((len(frame), len(schema.features)), dtype=np.float32)
    for position, column in enumerate(schema.features):
        values = frame[column.name]
        if isinstance(column, Categorical):
            codes = pd.Index(column.categories).get_indexer(pd.Index(values))
            # The indexer gives -1 to a label that is not listed, and to a missing one.
            matrix[:, position] = np.where(values.isna(), np.nan, codes)
        else:
            matrix[:, position] = values.to_numpy(dtype=np.float32)
    return matrix


def labels(frame: pd.DataFrame, schema: Schema) -> npt.NDArray[np.int8]:
    """The label of each row, shape (rows,): 1 for the positive class, else 0."""
    positive = frame[schema.target.name] == schema.target.positive
    return positive.to_numpy(dtype=bool).astype(np.int8)


def group_masks(frame: pd.DataFrame, protected: Protected) -> dict[str, npt.NDArray[np.bool_]]:
    """Membership of each row in each group of a protected attribute, shape (rows,) each."""
    values = frame[protected.column.name]
    masks = {}
    for group, members in protected.groups.items():
        if isinstance(members, Band):
            mask = values.between(members.minimum, members.maximum)
        else:
            mask = values.isin(list(members))
        masks[group] = mask.to_numpy(dtype=bool)
    return masks
