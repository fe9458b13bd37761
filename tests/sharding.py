"""Divide the tests over machines that know nothing of each other: `pytest --shard 2/8`."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Shard:
    """One of several parts, counted from 1."""

    index: int
    total: int

    @classmethod
    def parse(cls, text: str) -> "Shard":
        """From a text such as 2/8.

        Raises:
            ValueError: if it is none, or the index is not among the parts.
        """
        match = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", text)
        if match is None or int(match[1]) > int(match[2]):
            raise ValueError(f"{text!r} is not a shard; accepted: 1/N to N/N, such as 2/8")
        return cls(int(match[1]), int(match[2]))

    def of(self, items: Sequence[T], group: Callable[[T], str]) -> list[T]:
        """This part of some items; what is of one group stays together.

        Groups go round the shards in their order, which spreads those of one file.
        """
        groups = {name: number for number, name in enumerate(dict.fromkeys(map(group, items)))}
        return [item for item in items if groups[group(item)] % self.total == self.index - 1]
