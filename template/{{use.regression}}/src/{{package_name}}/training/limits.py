"""The limits of promotion, as `params.yaml` states them under `gate`."""

from pydantic import BaseModel, ConfigDict, Field


class GateParams(BaseModel):
    """The limits of promotion."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    min_gain_over_baseline: float = Field(ge=0, lt=1)
    max_loss_to_champion: float = Field(ge=0, le=1)
    leakage_r2: float = Field(gt=0, le=1)
    max_coverage_error: float = Field(gt=0, lt=1)
    max_bias: float = Field(gt=0, le=1)
    max_group_bias: float = Field(gt=0, le=1)
    max_group_error_ratio: float = Field(gt=1)
    min_group_rows: int = Field(ge=2)
