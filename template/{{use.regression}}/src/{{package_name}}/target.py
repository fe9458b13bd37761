"""What the model predicts: a quantity above zero."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """The quantity, within closed bounds above zero, in the unit that its description states."""

    name: str
    minimum: float
    maximum: float
    description: str
