"""Runs in the offline format of Comet's own client, read back, and what would go online."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tests.hosted_parts import hosted
from tests.package import config, runs, schema, tracking


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> config.TrackingSettings:
    return config.TrackingSettings(
        uri="http://127.0.0.1:9/clientlib/",
        experiment="team/training",
        model_name="model",
        folder=tmp_path_factory.mktemp("tracking"),
        api_key=SecretStr(""),
    )


@pytest.fixture(scope="module")
def archives(
    settings: config.TrackingSettings, trained_store: runs.RunStore, real_schema: schema.Schema
) -> dict[str, Path]:
    """The offline archive of each run, by candidate."""
    opened = tracking.open_tracker(settings, real_schema)
    for run in trained_store.all():
        assert opened.log(run, trained_store.folder(run)) is None
    return {
        run.candidate: settings.folder / "offline" / f"{run.run_id}.zip"
        for run in trained_store.all()
    }


def _messages(archive: Path, kind: str) -> list[dict[str, Any]]:
    with zipfile.ZipFile(archive) as opened:
        lines = opened.read("messages.json").decode().splitlines()
    return [one["payload"] for one in map(json.loads, lines) if one["type"] == kind]


def test_a_run_is_recorded_with_everything(
    archives: dict[str, Path], winner: runs.RunRecord, trained_store: runs.RunStore
) -> None:
    figures_folder = trained_store.folder(winner) / runs.FIGURES
    archive = archives[winner.candidate]
    with zipfile.ZipFile(archive) as opened:
        experiment = json.loads(opened.read("experiment.json"))
    assert experiment["offline_id"] == tracking.experiment_key(winner)
    assert (experiment["workspace"], experiment["project_name"]) == ("team", "training")
    assert experiment["tags"] == [winner.session]
    params = {
        one["param"]["paramName"]: one["param"]["paramValue"]
        for one in _messages(archive, "parameter_msg")
    }
    assert {name: params[name] for name in winner.params} == winner.params
    metrics = {
        one["metric"]["metricName"]: one["metric"]["metricValue"]
        for one in _messages(archive, "metric_msg")
    }
    assert {name: metrics[name] for name in winner.metrics} == pytest.approx(winner.metrics)
    others = {one["key"]: one["value"] for one in _messages(archive, "log_other")}
    assert {name: others[name] for name in winner.tags} == winner.tags
    assert (others["run_id"], others["Name"]) == (winner.run_id, winner.candidate)
    figures = [
        one["additional_params"]["figName"]
        for one in _messages(archive, "file_upload")
        if one["upload_type"] == "visualization"
    ]
    assert figures == sorted(path.stem for path in figures_folder.iterdir())


def test_only_the_winner_has_a_model_with_signature(
    archives: dict[str, Path], winner: runs.RunRecord, bundle_folder: Path
) -> None:
    registered = {name: _messages(archive, "register_model") for name, archive in archives.items()}
    for name, found in registered.items():
        assert len(found) == (1 if name == winner.candidate else 0)
    (model,) = registered[winner.candidate]
    assert (model["registry_name"], model["version"]) == ("model", hosted.version_of(winner))
    assert model["metadata"]["run_id"] == winner.run_id
    assert model["metadata"]["signature"]["inputs"][0]["name"] == "features"
    parts = [
        one["additional_params"]["fileName"]
        for one in _messages(archives[winner.candidate], "file_upload")
        if one["upload_type"] == "model-element"
    ]
    assert sorted(parts) == sorted(path.name for path in bundle_folder.iterdir())
