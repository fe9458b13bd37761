"""Fixtures shared by all tests. One model is trained per session, the slowest thing here."""

import os

# Before any numeric library loads: threads that fight for cores make small fits much slower.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.package import config, contract, dataset, params, runs, schema, scoring, train

ROOT = Path(__file__).parents[1]

# Before any fixture: no setting of the developer's shell reaches a test, and none of the team's
# tracker does. config/offline.toml wins over config/tracking.toml.
for name in [name for name in os.environ if name.startswith("APP_")]:
    del os.environ[name]
os.environ["APP_ENVIRONMENT"] = "offline"

# A busy machine is slow; that says nothing about the code.
hypothesis_settings.register_profile(
    "patient", hypothesis_settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("patient")


@pytest.fixture(scope="session")
def real_schema() -> schema.Schema:
    return dataset.SCHEMA


@pytest.fixture(scope="session")
def frame(real_schema: schema.Schema) -> pd.DataFrame:
    """The data set of the project, validated. Missing? Run the task `data`."""
    return contract.load(ROOT / "data" / "raw" / "dataset.csv", real_schema)


@pytest.fixture(scope="session")
def real_params() -> params.TrainingParams:
    return params.load_params(ROOT / "params.yaml")


@pytest.fixture(scope="session")
def quick_params(real_params: params.TrainingParams) -> params.TrainingParams:
    """The baseline and the simplest model of the project, one value per parameter, few folds."""
    simplest = list(real_params.candidates)[:2]
    grids = {
        name: {key: values[:1] for key, values in real_params.candidates[name].items()}
        for name in simplest
    }
    split = real_params.split.model_copy(update={"folds": 3})
    return real_params.model_copy(update={"candidates": grids, "split": split})


@pytest.fixture(scope="session")
def trained_store(
    frame: pd.DataFrame,
    real_schema: schema.Schema,
    quick_params: params.TrainingParams,
    tmp_path_factory: pytest.TempPathFactory,
) -> runs.RunStore:
    """A store with one recorded session. Treat it as read-only."""
    store = runs.RunStore(tmp_path_factory.mktemp("session") / "runs")
    train.train_session(frame, real_schema, quick_params, store, data_sha256="0" * 64)
    return store


@pytest.fixture(scope="session")
def winner(trained_store: runs.RunStore) -> runs.RunRecord:
    return next(run for run in trained_store.all() if run.winner)


@pytest.fixture(scope="session")
def bundle_folder(trained_store: runs.RunStore, winner: runs.RunRecord) -> Path:
    """The bundle of the trained model. Treat it as read-only."""
    return trained_store.folder(winner) / runs.BUNDLE


@pytest.fixture(scope="session")
def model(bundle_folder: Path, real_schema: schema.Schema) -> scoring.LoadedModel:
    return scoring.load_model(bundle_folder, real_schema)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder with the project's settings, and the data in its place."""
    for name in ("config", "params.yaml", "data"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def settings(workspace: Path) -> config.Settings:
    """The settings as a command in `workspace` would read them."""
    assert workspace.is_dir()
    return config.load_settings()
