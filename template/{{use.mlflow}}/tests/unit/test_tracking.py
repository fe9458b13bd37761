"""Tracking and registry, against real MLflow databases of their own."""

from collections.abc import Iterator
from pathlib import Path

import mlflow
import pytest
from mlflow.tracking import MlflowClient
from pydantic import SecretStr

from tests.package import config, figures, runs, schema, tracking


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('tracking') / 'mlflow.db'}"


@pytest.fixture
def tracker(
    uri: str, real_schema: schema.Schema, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tracking.MlflowTracker]:
    monkeypatch.chdir(tmp_path)
    yield tracking.open_tracker(_settings(uri, tmp_path.name), real_schema)
    mlflow.end_run()


def _settings(uri: str, name: str = "model") -> config.TrackingSettings:
    return config.TrackingSettings(
        uri=uri, experiment=name, model_name=name, folder=Path("mlartifacts"), api_key=SecretStr("")
    )


def test_a_run_arrives_with_everything(
    tracker: tracking.MlflowTracker,
    uri: str,
    winner: runs.RunRecord,
    trained_store: runs.RunStore,
) -> None:
    remote_id = tracker.log(winner, trained_store.folder(winner))
    client = MlflowClient(uri)
    arrived = client.get_run(remote_id)
    assert arrived.data.metrics == pytest.approx(winner.metrics)
    assert arrived.data.params == {name: str(value) for name, value in winner.params.items()}
    assert arrived.data.tags["data_sha256"] == winner.tags["data_sha256"]
    assert arrived.data.tags["git_commit"] == winner.tags["git_commit"]
    arrived_figures = {item.path for item in client.list_artifacts(remote_id, runs.FIGURES)}
    assert arrived_figures == {f"figures/{name}.png" for name in figures.NAMES}


def test_a_run_sent_by_half_is_sent_again(
    tracker: tracking.MlflowTracker,
    uri: str,
    winner: runs.RunRecord,
    trained_store: runs.RunStore,
    tmp_path: Path,
) -> None:
    client = MlflowClient(uri)
    experiment = client.create_experiment(tmp_path.name)
    half = client.create_run(experiment, tags={"run_id": winner.run_id}).info.run_id
    whole = tracker.log(winner, trained_store.folder(winner))
    remaining = [run.info.run_id for run in client.search_runs([experiment])]
    assert half not in remaining
    assert remaining == [whole]


def test_the_registered_model_has_a_signature_and_an_input_example(
    tracker: tracking.MlflowTracker,
    uri: str,
    winner: runs.RunRecord,
    trained_store: runs.RunStore,
    real_schema: schema.Schema,
    tmp_path: Path,
) -> None:
    folder = trained_store.folder(winner)
    remote_id = tracker.log(winner, folder)
    logged = winner.model_copy(update={"remote_id": remote_id})
    version = tracker.register(logged, folder)
    arrived = MlflowClient(uri).get_run(remote_id).info
    assert arrived.status == "FINISHED"
    lasted = (arrived.end_time - arrived.start_time) / 1000
    assert lasted == pytest.approx(winner.seconds, abs=0.01)
    source = f"models:/{tmp_path.name}/{version}"
    information = mlflow.models.get_model_info(source)
    assert information.signature.inputs.inputs[0].shape == (-1, len(real_schema.features))
    example = mlflow.artifacts.download_artifacts(f"{source}/input_example.json")
    assert Path(example).is_file()
