"""The form of the answers, for the documentation of the API."""

from pydantic import BaseModel, ConfigDict, Field

from .dataset import COVERAGE


class Prediction(BaseModel):
    """The answer for one row, in the unit of the target."""

    model_config = ConfigDict(frozen=True)

    price: float = Field(description="The price that about half of such rows are above", ge=0)
    price_low: float = Field(
        description=f"{COVERAGE:.0%} of such rows have a price from here", ge=0
    )
    price_high: float = Field(description="to here", ge=0)


class ModelFacts(BaseModel):
    """What is told of the model in service, besides what is told of any model."""

    low: float = Field(description="Lower end of the interval, as a share of the price")
    high: float = Field(description="Upper end of the interval, as a share of the price")
