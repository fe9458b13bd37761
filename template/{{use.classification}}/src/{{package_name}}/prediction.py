"""What the service answers for one row: the probability of the positive class and the decision."""

import msgspec

from .dataset import SCHEMA

# Upper limits of the bins in which the service counts its scores.
SCORE_BUCKETS = tuple(i / 10 for i in range(1, 11))


class Answering(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What makes an answer of a score; training finds it, the manifest of the model keeps it."""

    threshold: float


def predict(score: float, answering: Answering) -> dict[str, object]:
    """The fields of a `Prediction` (answer.py) for one score.

    A plain dict, since building a validated model for data we made ourselves costs more than
    scoring the row.
    """
    positive = score >= answering.threshold
    return {
        "probability": score,
        "label": SCHEMA.target.positive if positive else SCHEMA.target.negative,
        "threshold": answering.threshold,
    }
