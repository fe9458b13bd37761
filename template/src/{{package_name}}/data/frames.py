"""Tables to arrays: the column-wise twin of `encoding.Encoder`, for whole data sets."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..encoding import Matrix
from ..schema import Audit, Band, Categorical, Schema

Mask = npt.NDArray[np.bool_]
# Attribute -> group -> the rows that belong to it.
Groups = Mapping[str, Mapping[str, Mask]]


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


def group_masks(frame: pd.DataFrame, audit: Audit) -> dict[str, Mask]:
    """Membership of each row in each group of an audit, shape (rows,) each."""
    values = frame[audit.column.name]
    masks = {}
    for group, members in audit.groups.items():
        if isinstance(members, Band):
            mask = values.between(members.minimum, members.maximum)
        else:
            mask = values.isin(list(members))
        masks[group] = mask.to_numpy(dtype=bool)
    return masks
