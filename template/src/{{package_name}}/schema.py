"""The vocabulary of a data set: columns, their limits, and what follows from them.

`dataset.py` declares one `Schema`. The request model, the data contract, the encoder and the
drift bins are all derived from it, so that none of them can disagree with another.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property

from .target import Target


@dataclass(frozen=True)
class Numeric:
    """A number within closed bounds, in the unit that its description states."""

    name: str
    minimum: float
    maximum: float
    description: str
    integer: bool = True
    nullable: bool = False


@dataclass(frozen=True)
class Categorical:
    """One of a fixed list of labels. Their order is the encoding: append, never reorder."""

    name: str
    categories: tuple[str, ...]
    description: str
    nullable: bool = False


Column = Numeric | Categorical


@dataclass(frozen=True)
class Band:
    """A closed interval of a numeric column that forms one group of a fairness audit."""

    minimum: float
    maximum: float


@dataclass(frozen=True)
class Audit:
    """A division of the rows into groups, between which a model is compared on every run.

    `groups` maps a group's name to the labels, or to the band, of `column` that belong to it.
    The order says nothing: an audit compares the worst with the best group.
    """

    name: str
    column: Column
    groups: Mapping[str, Band | frozenset[str]]


@dataclass(frozen=True)
class Protected(Audit):
    """A protected attribute: audited, and never an input of the model."""


@dataclass(frozen=True)
class Schema:
    """Everything the code needs to know about a data set.

    `segments` are audited as `protected` attributes are, but may be features.
    `ratios` are (numerator, denominator) pairs of numeric features; the pipeline adds each
    quotient as a feature.
    """

    name: str
    features: tuple[Column, ...]
    target: Target
    protected: tuple[Protected, ...] = ()
    segments: tuple[Audit, ...] = ()
    ratios: tuple[tuple[str, str], ...] = ()

    @property
    def audits(self) -> tuple[Audit, ...]:
        """Every division of the rows that a model is audited by."""
        return (*self.protected, *self.segments)

    @property
    def feature_names(self) -> list[str]:
        """Names of the features in the order of the encoded vector."""
        return [column.name for column in self.features]

    @property
    def numeric(self) -> list[int]:
        """Positions of the numeric features in the encoded vector."""
        return [i for i, column in enumerate(self.features) if isinstance(column, Numeric)]

    @property
    def categorical(self) -> list[int]:
        """Positions of the categorical features in the encoded vector."""
        return [i for i, column in enumerate(self.features) if isinstance(column, Categorical)]

    @property
    def ratio_positions(self) -> list[tuple[int, int]]:
        """The ratios as positions in the encoded vector."""
        position = {name: i for i, name in enumerate(self.feature_names)}
        return [(position[top], position[bottom]) for top, bottom in self.ratios]

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over what the encoded vector means; a model of another fingerprint is refused.

        Descriptions are left out: wording may improve without a new model.
        """
        columns = [
            {"kind": type(column).__name__, **asdict(column), "description": ""}
            for column in self.features
        ]
        text = json.dumps(
            {"features": columns, "ratios": self.ratios, "target": asdict(self.target)}
        )
        return hashlib.sha256(text.encode()).hexdigest()
