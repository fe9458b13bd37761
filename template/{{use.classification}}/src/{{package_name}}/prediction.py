"""What the service answers for one row: the probability of the positive class and the decision."""

from pydantic import BaseModel, ConfigDict, Field

from .bundle import Manifest
from .dataset import SCHEMA

# Upper limits of the bins in which the service counts its scores.
SCORE_BUCKETS = tuple(i / 10 for i in range(1, 11))


class Prediction(BaseModel):
    """The answer for one row."""

    model_config = ConfigDict(frozen=True)

    probability: float = Field(
        description=f"Probability of '{SCHEMA.target.positive}', calibrated", ge=0, le=1
    )
    label: str = Field(description="The decision at the model's threshold")
    threshold: float = Field(description="From this probability on the label is positive")


def predict(score: float, manifest: Manifest) -> dict[str, object]:
    """The fields of a `Prediction` for one score.

    A plain dict, since building a validated model for data we made ourselves costs more than
    scoring the row.
    """
    positive = score >= manifest.threshold
    return {
        "probability": score,
        "label": SCHEMA.target.positive if positive else SCHEMA.target.negative,
        "threshold": manifest.threshold,
    }
