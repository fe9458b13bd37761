"""The covering set: every two options meet in it, in no more rows than that takes."""

import itertools
import math
from collections.abc import Mapping, Sequence

import pytest

import catalog
from matrix import combinations, covering_pairs, each_option, stacks, with_each_option
from pairwise import Pair, pairs, pairwise

# The axes of the stack as they are planned, and the choices about a project.
COLUMNS: Mapping[str, Sequence[str]] = {
    name: [f"{name}{number}" for number in range(size)]
    for name, size in zip("abcdefghij", (3, 4, 3, 4, 1, 2, 4, 3, 3, 2), strict=True)
}


def all_pairs(columns: Mapping[str, Sequence[str]]) -> set[Pair]:
    return {
        frozenset(((one, first), (other, second)))
        for one, other in itertools.combinations(columns, 2)
        for first, second in itertools.product(columns[one], columns[other])
    }


def covered(rows: Sequence[Mapping[str, str]]) -> set[Pair]:
    return set().union(*map(pairs, rows))


def test_every_pair_of_options_is_covered_by_as_few_rows_as_can_be() -> None:
    rows = pairwise(COLUMNS)
    assert covered(rows) == all_pairs(COLUMNS)
    assert len(rows) <= 18
    assert pairwise(COLUMNS) == rows


def test_a_row_less_leaves_a_pair_uncovered() -> None:
    rows = pairwise({name: options[:2] for name, options in COLUMNS.items() if name in "abc"})
    assert len(rows) == 4
    for row in rows:
        assert covered([other for other in rows if other != row]) < covered(rows)


def test_what_cannot_be_combined_is_not() -> None:
    wet = frozenset((("a", "a1"), ("b", "b2")))
    rows = pairwise(COLUMNS, lambda pair: pair != wet)
    assert covered(rows) == all_pairs(COLUMNS) - {wet}


@pytest.mark.parametrize("columns", [{}, {"a": ["a0"]}, {"a": ["a0"], "b": ["b0"]}])
def test_where_nothing_can_be_chosen_one_row_is_all(columns: Mapping[str, Sequence[str]]) -> None:
    assert pairwise(columns) == [{name: options[0] for name, options in columns.items()}]


def test_the_covering_set_holds_all_pairs_that_any_combination_holds() -> None:
    rows = [one.data() for one in covering_pairs()]
    assert covered(rows) >= covered([one.data() for one in combinations()])
    options = {name: {row[name] for row in rows} for name in rows[0]}
    assert len(rows) <= math.prod(sorted(map(len, options.values()))[-2:]) + 2


def test_the_covering_set_holds_valid_stacks_only() -> None:
    axes = [axis.name for axis in catalog.load().axes]
    valid = [[stack.data()[axis] for axis in axes] for stack in stacks()]
    assert all([row.data()[axis] for axis in axes] in valid for row in covering_pairs())


def test_a_long_proof_meets_each_option_in_few_stacks() -> None:
    axes = ("deploy_target", "env_manager", "problem")
    found = [one.data() for one in each_option(*axes)]
    for axis in axes:
        assert {one[axis] for one in found} == {o.name for o in catalog.load().axis(axis).options}
    assert len(found) == max(len(catalog.load().axis(axis).options) for axis in axes)


def test_a_few_of_the_rows_hold_each_option() -> None:
    rows = covering_pairs()
    few = with_each_option(rows)
    axes = [axis.name for axis in catalog.load().axes]
    for name in axes:
        assert {row.data()[name] for row in few} == {row.data()[name] for row in rows}
    assert len(few) == max(len({row.data()[name] for row in rows}) for name in axes)
