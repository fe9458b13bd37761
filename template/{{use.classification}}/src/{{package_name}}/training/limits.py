"""The limits of promotion, as `params.yaml` states them under `gate`."""

from pydantic import BaseModel, ConfigDict, Field


class GateParams(BaseModel):
    """The limits of promotion."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    min_auc_gain_over_baseline: float = Field(ge=0, le=0.5)
    max_auc_loss_to_champion: float = Field(ge=0, le=1)
    leakage_auc: float = Field(gt=0.5, le=1)
    max_calibration_error: float = Field(gt=0, le=1)
    min_disparate_impact: float = Field(ge=0, le=1)
    max_subgroup_auc_gap: float = Field(ge=0, le=1)
    min_group_rows: int = Field(ge=2)
