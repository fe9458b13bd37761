"""Rows to vectors: the one place where a record becomes numbers, in training and in serving.

A vector has one float32 per feature, in schema order. Missing is NaN; a label that the schema
does not list is -1; any other label is its position in the schema's list.
"""

import math
import struct
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import numpy.typing as npt

from .schema import Categorical, Column, Schema

Vector = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float32]

UNKNOWN = -1.0


def _encoder_of(column: Column) -> Callable[[object], float]:
    if isinstance(column, Categorical):
        codes = {label: float(code) for code, label in enumerate(column.categories)}

        def encode_label(value: object) -> float:
            if isinstance(value, str):
                return codes.get(value, UNKNOWN)
            # pandas marks a missing label with None or with NaN.
            missing = value is None or (isinstance(value, float) and math.isnan(value))
            return math.nan if missing else UNKNOWN

        return encode_label

    def encode_number(value: object) -> float:
        return math.nan if value is None else float(value)  # type: ignore[arg-type]

    return encode_number


class Encoder:
    """Turns records of a schema into float32 vectors.

    A record is a mapping from feature name to value; a name that is absent counts as missing,
    and names that are no features are ignored.
    """

    def __init__(self, schema: Schema) -> None:
        self.width = len(schema.features)
        self._columns = [(column.name, _encoder_of(column)) for column in schema.features]
        self._pack = struct.Struct(f"={self.width}f").pack

    def encode_values(self, record: Mapping[str, object]) -> list[float]:
        """Encode one record as a plain list, for callers that fill a buffer of their own."""
        return [encode(record.get(name)) for name, encode in self._columns]

    def encode(self, records: Iterable[Mapping[str, object]]) -> Matrix:
        """Encode records as an array of shape (rows, features), float32.

        Raises:
            ValueError: a numeric feature holds text that is no number.
        """
        # Packed, since numpy asks each of a list's elements for its type first.
        packed = bytearray().join(self._pack(*self.encode_values(record)) for record in records)
        return np.frombuffer(packed, dtype=np.float32).reshape(-1, self.width)


def example(schema: Schema) -> Matrix:
    """One encoded row: the first label of each categorical feature, the minimum of each number."""
    row = [0 if isinstance(column, Categorical) else column.minimum for column in schema.features]
    return np.asarray([row], dtype=np.float32)
