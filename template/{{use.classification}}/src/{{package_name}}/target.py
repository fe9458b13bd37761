"""What the model predicts: one of two things that can happen."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """The label. `positive` is the event the model predicts, `negative` the favourable outcome."""

    name: str
    negative: str
    positive: str
