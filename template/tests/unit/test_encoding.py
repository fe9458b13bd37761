"""Records become vectors."""

import math

import numpy as np
import pandas as pd
import pytest

from tests.kind import TARGET
from tests.package import encoding, frames, schema

PAIR = schema.Schema(
    name="pair",
    features=(
        schema.Numeric("size", 0, 10, "Size"),
        schema.Categorical("colour", ("red", "blue"), "Colour"),
    ),
    target=TARGET,
)


@pytest.mark.parametrize(
    ("record", "vector"),
    [
        ({"size": 3, "colour": "red"}, [3, 0]),
        ({"size": 3.5, "colour": "blue"}, [3.5, 1]),
        ({"size": None, "colour": None}, [math.nan, math.nan]),
        ({"size": math.nan, "colour": math.nan}, [math.nan, math.nan]),
        ({}, [math.nan, math.nan]),
        ({"size": 1, "colour": "green"}, [1, encoding.UNKNOWN]),
        ({"size": 1, "colour": 7}, [1, encoding.UNKNOWN]),
        ({"size": 1, "colour": "red", "other": "ignored"}, [1, 0]),
    ],
)
def test_a_record_becomes_a_vector(record: dict[str, object], vector: list[float]) -> None:
    encoded = encoding.Encoder(PAIR).encode([record])
    assert encoded.dtype == np.float32
    np.testing.assert_array_equal(encoded, np.array([vector], dtype=np.float32))


def test_no_records_become_an_empty_matrix_of_the_right_width() -> None:
    assert encoding.Encoder(PAIR).encode([]).shape == (0, 2)


def test_text_in_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="three"):
        encoding.Encoder(PAIR).encode([{"size": "three", "colour": "red"}])


def test_a_table_and_its_records_encode_alike() -> None:
    frame = pd.DataFrame({"size": [1.0, None, 3.0], "colour": ["blue", None, "green"]})
    records = ({str(name): value for name, value in row.items()} for _, row in frame.iterrows())
    by_row = encoding.Encoder(PAIR).encode(records)
    np.testing.assert_array_equal(frames.encode_frame(frame, PAIR), by_row)
