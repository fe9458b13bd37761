"""The model of these tests is the one that would be promoted: every candidate competes in full.

Each fixture of `tests/conftest.py` that depends on the model is declared again. pytest would
otherwise hand out the quick model, if another test has asked for it before.
"""

from pathlib import Path

import pandas as pd
import pytest

from tests.package import params, runs, schema, scoring, train


@pytest.fixture(scope="session")
def trained_store(
    frame: pd.DataFrame,
    real_schema: schema.Schema,
    real_params: params.TrainingParams,
    tmp_path_factory: pytest.TempPathFactory,
) -> runs.RunStore:
    """A store with the session that the task `train` would record. Treat it as read-only."""
    store = runs.RunStore(tmp_path_factory.mktemp("real_session") / "runs")
    train.train_session(frame, real_schema, real_params, store, data_sha256="0" * 64)
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
