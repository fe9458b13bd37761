"""Runs in the offline format of Comet's own client, read back, and what would go online."""

import argparse
import json
import zipfile
from pathlib import Path
from typing import Any
from unittest.mock import create_autospec

import comet_ml
import pytest
import requests
from comet_ml.exceptions import NotFound
from comet_ml.scripts import comet_upload
from pydantic import SecretStr

from tests.hosted_parts import hosted
from tests.package import config, errors, runs, schema, tracker, tracking


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
    assert experiment["resume_strategy"] == "get_or_create"
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


class Online:
    """A tracker with a key. What it asks of Comet is bound to the signatures of the real client."""

    def __init__(self, settings: config.TrackingSettings, real_schema: schema.Schema) -> None:
        self.uploads: list[tuple[list[str], dict[str, str]]] = []
        self.model = create_autospec(comet_ml.Model, instance=True)
        self.api = create_autospec(comet_ml.API, instance=True)
        self.api.get_model.return_value = self.model
        with_key = settings.model_copy(update={"api_key": SecretStr("a-key")})
        self.tracker = tracking.open_tracker(with_key, real_schema)

    def send(
        self, command: list[str], complaint: str, environment: dict[str, str], key: dict[str, str]
    ) -> None:
        assert complaint == "COMET ERROR"
        self.uploads.append((command, environment | key))


@pytest.fixture
def online(
    settings: config.TrackingSettings,
    real_schema: schema.Schema,
    monkeypatch: pytest.MonkeyPatch,
    archives: dict[str, Path],
) -> Online:
    assert archives, "what goes online was recorded offline first"
    found = Online(settings, real_schema)
    monkeypatch.setenv("COMET_URL_OVERRIDE", settings.uri)
    monkeypatch.setattr(tracking, "probe", lambda _uri: None)
    monkeypatch.setattr(tracking, "send", found.send)
    monkeypatch.setattr(comet_ml, "API", create_autospec(comet_ml.API, return_value=found.api))
    return found


def test_with_a_key_the_archive_is_sent_by_the_clients_own_command(
    online: Online,
    winner: runs.RunRecord,
    trained_store: runs.RunStore,
    archives: dict[str, Path],
) -> None:
    folder = trained_store.folder(winner)
    version = online.tracker.register(winner, folder)
    online.model.find_versions.return_value = [version]
    assert online.tracker.log(winner, folder) == tracking.experiment_key(winner)
    ((command, variables),) = online.uploads
    assert command[1:4] == ["-m", "comet_ml.scripts.comet", "upload"]
    chosen = ["--project-name", "training", "--workspace", "team"]
    assert command[4:] == [*chosen, str(archives[winner.candidate])]
    parser = argparse.ArgumentParser()
    known: Any = comet_upload  # it ships no types
    known.get_parser_arguments(parser)
    assert parser.parse_args(command[4:]).archives == command[-1:]
    assert variables == {
        "COMET_API_KEY": "a-key",
        "COMET_URL_OVERRIDE": "http://127.0.0.1:9/clientlib/",
    }
    online.api.get_model.assert_called_once_with("team", "model")


def test_a_project_alone_is_sent_to_the_workspace_that_is_asked_for_the_model(
    settings: config.TrackingSettings,
    real_schema: schema.Schema,
    online: Online,
    winner: runs.RunRecord,
    trained_store: runs.RunStore,
) -> None:
    online.api.get_default_workspace.return_value = "mine"
    online.model.find_versions.return_value = [hosted.version_of(winner)]
    changes = {"experiment": "training", "api_key": SecretStr("a-key")}
    alone = tracking.open_tracker(settings.model_copy(update=changes), real_schema)
    alone.log(winner, trained_store.folder(winner))
    assert online.uploads[0][0][-3:-1] == ["--workspace", "mine"]
    online.api.get_model.assert_called_once_with("mine", "model")


def test_an_upload_that_registers_nothing_is_no_success(
    online: Online, winner: runs.RunRecord, trained_store: runs.RunStore
) -> None:
    online.model.find_versions.return_value = []
    with pytest.raises(errors.TrackerUnavailableError, match="was not registered"):
        online.tracker.log(winner, trained_store.folder(winner))


def test_with_a_key_the_registry_is_theirs(online: Online, tmp_path: Path) -> None:
    tagged = ["26.1122.1"]
    online.model.find_versions.side_effect = lambda tag=None: (
        tagged if tag == "champion" else ["26.1123.1", "26.1122.1"]
    )
    with pytest.raises(errors.UnknownVersionError, match="has no version 1"):
        online.tracker.set_alias(tracker.CHAMPION, "1")
    assert online.tracker.set_alias(tracker.CHAMPION, "26.1123.1")
    online.model.delete_tag.assert_called_once_with("26.1122.1", "champion")
    online.model.add_tag.assert_called_once_with("26.1123.1", "champion")
    tagged[:] = ["26.1123.1"]
    assert online.tracker.set_alias(tracker.CHAMPION, "26.1123.1")
    online.model.add_tag.assert_called_once()
    online.model.get_details.return_value = {"experimentKey": "k1"}
    assert online.tracker.resolve(tracker.CHAMPION) == tracker.RegisteredModel("26.1123.1", "k1")
    tagged.clear()
    assert online.tracker.resolve(tracker.CHAMPION) is None
    fetched = online.tracker.fetch_bundle("26.1123.1", tmp_path)
    online.model.download.assert_called_once_with("26.1123.1", fetched)


def test_before_the_first_model_there_is_no_alias(online: Online) -> None:
    online.api.get_model.side_effect = NotFound("GET", requests.Response())
    assert online.tracker.resolve(tracker.CHALLENGER) is None


def test_a_command_without_the_key_finds_what_one_with_it_registered(
    online: Online,
    settings: config.TrackingSettings,
    real_schema: schema.Schema,
    winner: runs.RunRecord,
    trained_store: runs.RunStore,
) -> None:
    version = online.tracker.register(winner, trained_store.folder(winner))
    online.model.find_versions.side_effect = lambda tag=None: [] if tag else [version]
    assert online.tracker.set_alias(tracker.CHAMPION, version)
    without = tracking.open_tracker(settings, real_schema)
    assert without.resolve(tracker.CHAMPION) == tracker.RegisteredModel(version, winner.run_id)
