"""Faults that the generated project's own tests must find.

Each one is planted in a copy of a rendered project, and the named test must fail. To add one, state
the fault, the file of the generated project, the text to replace (it must occur once) and the test.
"""

from typing import NamedTuple


class Mutation(NamedTuple):
    """A fault, and the test that finds it."""

    fault: str
    file: str
    old: str
    new: str
    test: str


MUTATIONS: tuple[Mutation, ...] = ()
