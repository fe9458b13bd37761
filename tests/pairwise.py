"""A short list of rows in which every two options of different columns meet: a covering array."""

import itertools
import math
import random
from collections.abc import Callable, Mapping, Sequence

Choice = tuple[str, str]  # column, option
Pair = frozenset[Choice]

# Tries at one length before the list gets a row more.
_TRIES = 2
_STEPS = 60_000


def pairs(row: Mapping[str, str]) -> set[Pair]:
    """The pairs of options of a row."""
    return {frozenset(pair) for pair in itertools.combinations(row.items(), 2)}


def pairwise(
    columns: Mapping[str, Sequence[str]], possible: Callable[[Pair], bool] = lambda _: True
) -> list[dict[str, str]]:
    """Rows that hold every possible pair of options at least once, and no impossible one.

    No list is shorter than the product of its two longest columns; this one is that short where
    simulated annealing finds it. The same columns give the same rows.
    """
    sizes = sorted((len(options) for options in columns.values()), reverse=True)
    for length in itertools.count(math.prod(sizes[:2])):
        for seed in range(_TRIES):
            if rows := _Annealing(columns, possible, length, seed).rows():
                return sorted(rows, key=lambda row: [columns[c].index(o) for c, o in row.items()])
    raise AssertionError("unreachable: with enough rows each pair has its own")


class _Annealing:
    """Change one cell at a time; keep what covers more pairs, and sometimes what does not."""

    def __init__(
        self,
        columns: Mapping[str, Sequence[str]],
        possible: Callable[[Pair], bool],
        length: int,
        seed: int,
    ) -> None:
        self._columns = [
            [(name, option) for option in options] for name, options in columns.items()
        ]
        # `random` alone is the same in every version of Python.
        self._random = random.Random(seed).random
        self._grid = [[self._pick(len(column)) for column in self._columns] for _ in range(length)]
        # By columns and options: how often a pair occurs, and what the next occurrence costs.
        self._count: dict[tuple[int, int, int, int], int] = {}
        self._allowed: dict[tuple[int, int, int, int], bool] = {}
        for (i, first), (j, second) in itertools.permutations(enumerate(self._columns), 2):
            for (a, one), (b, other) in itertools.product(enumerate(first), enumerate(second)):
                self._count[i, a, j, b] = 0
                self._allowed[i, a, j, b] = possible(frozenset((one, other)))
        for row in self._grid:
            for (i, a), (j, b) in itertools.permutations(enumerate(row), 2):
                self._count[i, a, j, b] += 1

    def rows(self) -> list[dict[str, str]]:
        """The rows, or none if these steps find none."""
        missing = sum(
            not self._count[key] if allowed else self._count[key]
            for key, allowed in self._allowed.items()
            if key[0] < key[2]
        )
        open_columns = [i for i, column in enumerate(self._columns) if len(column) > 1]
        heat = 0.6
        for _ in range(_STEPS):
            if not missing:
                return [
                    dict(column[a] for column, a in zip(self._columns, row, strict=True))
                    for row in self._grid
                ]
            if not open_columns:
                break
            heat = max(0.08, heat * 0.99998)
            row = self._grid[self._pick(len(self._grid))]
            i = open_columns[self._pick(len(open_columns))]
            old, new = row[i], self._pick(len(self._columns[i]))
            if new == old:
                continue
            worse = self._worse(row, i, new)
            if worse <= 0 or self._random() < math.exp(-worse / heat):
                self._change(row, i, new)
                missing += worse
        return []

    def _pick(self, number: int) -> int:
        return int(self._random() * number)

    def _worse(self, row: list[int], i: int, new: int) -> int:
        """How many pairs more are missing, or are there and may not be, after a change."""
        worse = 0
        for j, b in enumerate(row):
            if j != i:
                leaving, coming = (i, row[i], j, b), (i, new, j, b)
                worse += self._count[leaving] == 1 if self._allowed[leaving] else -1
                worse -= not self._count[coming] if self._allowed[coming] else -1
        return worse

    def _change(self, row: list[int], i: int, new: int) -> None:
        for j, b in enumerate(row):
            if j != i:
                for a, step in ((row[i], -1), (new, 1)):
                    self._count[i, a, j, b] += step
                    self._count[j, b, i, a] += step
        row[i] = new
