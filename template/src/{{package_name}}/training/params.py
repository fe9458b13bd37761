"""The parameters of a training run, from `params.yaml`."""

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..config import describe
from ..errors import ProjectError
from .limits import GateParams


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SplitParams(_Section):
    """How rows are held out."""

    test_fraction: float = Field(gt=0, lt=1)
    folds: int = Field(ge=2)


class SearchParams(_Section):
    """Where the grid search runs."""

    backend: Literal["sequential", "loky", "dask"]
    jobs: int
    threads: int = Field(ge=1)


class TrainingParams(_Section):
    """Everything that a run depends on, besides code and data."""

    seed: int = Field(ge=0)
    split: SplitParams
    search: SearchParams
    candidates: dict[str, dict[str, list[Any]]] = Field(min_length=1)
    gate: GateParams


def load_params(path: Path) -> TrainingParams:
    """Read the parameters.

    Raises:
        ProjectError: the file is missing, no YAML, or a value is absent, unknown or out of range.
    """
    try:
        return TrainingParams.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ProjectError(f"{path} does not exist; run from the project's root") from None
    except yaml.YAMLError as error:
        raise ProjectError(f"{path} is no valid YAML: {error}") from None
    except ValidationError as error:
        raise ProjectError(f"invalid parameters in {path}:\n{describe(error)}") from None
