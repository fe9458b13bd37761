"""Tracking and registry, against real MLflow databases of their own."""

from collections.abc import Iterator
from pathlib import Path

import mlflow
import numpy as np
import onnxruntime
import pytest
from mlflow.tracking import MlflowClient

from tests.package import bundle, config, errors, figures, runs, schema, tracking


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
    return config.TrackingSettings(uri=uri, experiment=name, model_name=name)


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


def test_sending_a_run_twice_keeps_one(
    tracker: tracking.MlflowTracker, winner: runs.RunRecord, trained_store: runs.RunStore
) -> None:
    folder = trained_store.folder(winner)
    assert tracker.log(winner, folder) == tracker.log(winner, folder)


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


def test_a_registered_model_can_be_found_by_alias_and_fetched(
    tracker: tracking.MlflowTracker,
    winner: runs.RunRecord,
    trained_store: runs.RunStore,
    bundle_folder: Path,
    tmp_path: Path,
) -> None:
    folder = trained_store.folder(winner)
    assert tracker.resolve("challenger") is None
    logged = winner.model_copy(update={"remote_id": tracker.log(winner, folder)})
    version = tracker.register(logged, folder)
    assert tracker.resolve("challenger") is None
    tracker.set_alias("challenger", version)
    found = tracker.resolve("challenger")
    assert found is not None
    assert (found.version, found.run_id) == (version, logged.remote_id)
    fetched = tracker.fetch_bundle(version, tmp_path)
    assert bundle.digests(fetched) == bundle.digests(bundle_folder)


def test_the_registered_model_has_a_signature_and_an_input_example(
    tracker: tracking.MlflowTracker,
    winner: runs.RunRecord,
    trained_store: runs.RunStore,
    real_schema: schema.Schema,
    tmp_path: Path,
) -> None:
    folder = trained_store.folder(winner)
    logged = winner.model_copy(update={"remote_id": tracker.log(winner, folder)})
    version = tracker.register(logged, folder)
    source = f"models:/{tmp_path.name}/{version}"
    information = mlflow.models.get_model_info(source)
    assert information.signature.inputs.inputs[0].shape == (-1, len(real_schema.features))
    example = mlflow.artifacts.download_artifacts(f"{source}/input_example.json")
    assert Path(example).is_file()


def test_a_tracker_that_is_down_is_reported_within_seconds_and_without_credentials(
    real_schema: schema.Schema, winner: runs.RunRecord, trained_store: runs.RunStore
) -> None:
    # Port 9 discards: nothing listens there.
    settings = _settings("http://user:secret@127.0.0.1:9")
    with pytest.raises(errors.TrackerUnavailableError) as caught:
        tracking.open_tracker(settings, real_schema).log(winner, trained_store.folder(winner))
    assert "127.0.0.1:9" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_the_input_example_is_a_valid_row(real_schema: schema.Schema, bundle_folder: Path) -> None:
    example = tracking._example(real_schema)
    session = onnxruntime.InferenceSession((bundle_folder / bundle.MODEL_FILE).read_bytes())
    (score,) = session.run(None, {"features": example})
    assert np.isfinite(score).all()
