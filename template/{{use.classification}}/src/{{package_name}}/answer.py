"""The form of the answers, for the documentation of the API."""

from pydantic import BaseModel, ConfigDict, Field

from .dataset import SCHEMA


class Prediction(BaseModel):
    """The answer for one row."""

    model_config = ConfigDict(frozen=True)

    probability: float = Field(
        description=f"Probability of '{SCHEMA.target.positive}', calibrated", ge=0, le=1
    )
    label: str = Field(description="The decision at the model's threshold")
    threshold: float = Field(description="From this probability on the label is positive")


class ModelFacts(BaseModel):
    """What is told of the model in service, besides what is told of any model."""

    threshold: float = Field(description="From this probability on the label is positive")
