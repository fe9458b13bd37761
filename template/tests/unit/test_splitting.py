"""The split by content."""

import numpy as np
import pandas as pd

from tests.kind import CELLS, TARGET
from tests.package import schema, splitting

ONE = schema.Schema("one", (schema.Numeric("x", 0, 1e9, "X"),), TARGET)
TABLE = pd.DataFrame({"x": np.arange(4000.0), TARGET.name: CELLS[0]})


def test_the_share_is_met_on_average() -> None:
    assert abs(splitting.held_out(TABLE, ONE, 0.25, seed=1).mean() - 0.25) < 0.03


def test_a_row_keeps_its_side_when_the_data_grows() -> None:
    before = splitting.held_out(TABLE[:1000], ONE, 0.25, seed=1)
    grown = pd.concat([TABLE[3000:], TABLE[:1000]])
    after = splitting.held_out(grown, ONE, 0.25, seed=1)
    np.testing.assert_array_equal(after[1000:], before)


def test_identical_rows_never_stand_on_both_sides() -> None:
    twins = pd.DataFrame({"x": np.repeat(np.arange(500.0), 2), TARGET.name: [*CELLS] * 500})
    sides = splitting.held_out(twins, ONE, 0.5, seed=1).reshape(-1, 2)
    assert (sides[:, 0] == sides[:, 1]).all()


def test_a_smaller_share_of_test_rows_makes_no_training_row_a_test_row() -> None:
    many, few = (splitting.held_out(TABLE, ONE, share, seed=1) for share in (0.5, 0.25))
    assert not (few & ~many).any()


def test_another_seed_gives_another_split() -> None:
    one, other = (splitting.held_out(TABLE, ONE, 0.5, seed=seed) for seed in (1, 2))
    assert (one != other).any()
