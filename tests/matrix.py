"""The combinations to prove, from `copier.yml` and the catalogue: an option joins by itself."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import catalog
from pairwise import Pair, pairs, pairwise

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Combination:
    """Answers to every question with choices; the other questions keep their defaults."""

    answers: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return "-".join(value for _, value in self.answers)

    def data(self) -> dict[str, str]:
        return dict(self.answers)


def questions(template: Path = ROOT) -> dict[str, dict[str, Any]]:
    """The questions of `copier.yml` that are asked or stored, by name."""
    document = yaml.load((template / "copier.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    return {
        name: question
        for name, question in document.items()
        if not name.startswith("_") and question.get("when") is not False
    }


@cache
def combinations(template: Path = ROOT) -> tuple[Combination, ...]:
    """Every valid stack, and on the first one every choice about the project, one at a time.

    Choices about the project (licence, Python version) touch few files and no stack.
    """
    (first, *_) = found = stacks(template)
    choices = _about_project(template)
    one_at_a_time = [
        Combination(tuple({**first.data(), **answers}.items()))
        for answers in _one_at_a_time(choices)
    ]
    return (*found, *one_at_a_time)


@cache
def stacks(template: Path = ROOT) -> tuple[Combination, ...]:
    """Every valid stack, with the first of every choice about the project."""
    first = {name: choices[0] for name, choices in _about_project(template).items()}
    return tuple(
        Combination((*stack.items(), *first.items()))
        for stack in catalog.load(template / "extensions" / "catalog.yml").combinations()
    )


def covering(*axes: str, template: Path = ROOT) -> list[Combination]:
    """The first stack for each choice on some axes: for a proof that no other axis touches."""
    first: dict[tuple[str, ...], Combination] = {}
    for stack in stacks(template):
        first.setdefault(tuple(stack.data()[axis] for axis in axes), stack)
    return list(first.values())


def each_option(*axes: str, template: Path = ROOT) -> list[Combination]:
    """A few stacks that hold each option of some axes: for a proof too long for their product.

    The rows go round the options of each axis; one that a conflict forbids is left out, and each
    option that is missing then brings the first stack that has it.
    """
    known = catalog.load(template / "extensions" / "catalog.yml")
    options = {axis: [option.name for option in known.axis(axis).options] for axis in axes}
    found: list[Combination] = []
    for number in range(max(map(len, options.values()))):
        wanted = {axis: names[number % len(names)] for axis, names in options.items()}
        found += [one for one in stacks(template) if wanted.items() <= one.data().items()][:1]
    for axis, names in options.items():
        for name in names:
            if all(one.data()[axis] != name for one in found):
                found += [one for one in stacks(template) if one.data()[axis] == name][:1]
    return found


@cache
def covering_pairs(template: Path = ROOT) -> tuple[Combination, ...]:
    """A few combinations in which each two options meet, choices about the project included.

    For what is too expensive to do with every combination, and too tangled to divide by axes.
    """
    axes = catalog.load(template / "extensions" / "catalog.yml").axes
    columns = {axis.name: [option.name for option in axis.options] for axis in axes}
    met = set().union(*(pairs(stack.data()) for stack in stacks(template)))

    def possible(pair: Pair) -> bool:
        return pair in met or any(name not in columns for name, _ in pair)

    rows = pairwise({**columns, **_about_project(template)}, possible)
    return tuple(Combination(tuple(row.items())) for row in rows)


def with_each_option(rows: Sequence[Combination]) -> list[Combination]:
    """A few of some rows that hold each option: the next has most of those that are missing."""
    names = [axis.name for axis in catalog.load().axes]

    def options(row: Combination) -> set[tuple[str, str]]:
        return {(name, row.data()[name]) for name in names}

    missing = set().union(*map(options, rows))
    found: list[Combination] = []
    while missing:
        found.append(max(rows, key=lambda row: len(options(row) & missing)))
        missing -= options(found[-1])
    return found


def _about_project(template: Path) -> dict[str, list[str]]:
    return {
        name: question["choices"]
        for name, question in questions(template).items()
        if isinstance(question.get("choices"), list)
    }


def _one_at_a_time(choices: dict[str, list[str]]) -> Iterator[dict[str, str]]:
    first = {name: values[0] for name, values in choices.items()}
    for name, value in itertools.chain.from_iterable(
        ((name, value) for value in values[1:]) for name, values in choices.items()
    ):
        yield {**first, name: value}
