"""What the service answers for one row: the price, and the interval in which it mostly lies."""

import msgspec

from .dataset import SCHEMA

_LOW, _HIGH = SCHEMA.target.minimum, SCHEMA.target.maximum
# Upper limits of the bins in which the service counts its scores, each by the same factor above
# the one before.
SCORE_BUCKETS = tuple(round(_LOW * (_HIGH / _LOW) ** (i / 10), 2) for i in range(1, 11))


class Answering(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What makes an answer of a score; training finds it, the manifest of the model keeps it.

    Both are factors: a price of 1,000 with 0.85 and 1.20 mostly lies from 850 to 1,200.
    """

    low: float
    high: float


def predict(score: float, answering: Answering) -> dict[str, object]:
    """The fields of a `Prediction` (answer.py) for one score.

    A plain dict, since building a validated model for data we made ourselves costs more than
    scoring the row.
    """
    return {
        "price": round(score, 2),
        "price_low": round(score * answering.low, 2),
        "price_high": round(score * answering.high, 2),
    }
