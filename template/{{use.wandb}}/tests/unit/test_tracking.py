"""Runs in the offline format of W&B's own client, read back, and what would go online."""

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import create_autospec

import pytest
import wandb
from pydantic import SecretStr
from wandb.cli import cli
from wandb.errors import CommError
from wandb.proto import wandb_internal_pb2

from tests.hosted_parts import hosted
from tests.package import bundle, config, errors, runs, schema, tracker, tracking

messages: Any = wandb_internal_pb2  # compiled at import, so without types

_BLOCK = 32768


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> config.TrackingSettings:
    """Starting the client takes a second, so the tests of this file share what it has written."""
    return config.TrackingSettings(
        uri="http://127.0.0.1:9",
        experiment="team/training",
        model_name="model",
        folder=tmp_path_factory.mktemp("tracking"),
        api_key=SecretStr(""),
    )


@pytest.fixture(scope="module")
def records(
    settings: config.TrackingSettings, trained_store: runs.RunStore, real_schema: schema.Schema
) -> dict[str, list[Any]]:
    """The offline record of each run, by candidate."""
    found = {}
    with pytest.MonkeyPatch.context() as shell:
        shell.setenv("WANDB_NOTES", "of another project")
        opened = tracking.open_tracker(settings, real_schema)
        for run in trained_store.all():
            assert opened.log(run, trained_store.folder(run)) is None
            (path,) = (settings.folder / "offline" / run.run_id).glob("offline-run-*/*.wandb")
            found[run.candidate] = list(_read(path.read_bytes()))
    return found


def _read(content: bytes) -> Iterator[Any]:
    """The records of a `.wandb` file: blocks as in LevelDB's log, with a header of seven bytes."""
    offset, parts = 7, b""
    while offset + 7 <= len(content):
        if (left := _BLOCK - offset % _BLOCK) < 7:
            offset += left
            continue
        _, length, kind = struct.unpack("<IHB", content[offset : offset + 7])
        piece = content[offset + 7 : offset + 7 + length]
        offset += 7 + length
        parts = parts + piece if kind in {3, 4} else piece
        if kind in {1, 4}:  # whole, or the last part
            record = messages.Record()
            record.ParseFromString(parts)
            yield record


def _of_kind(records: list[Any], kind: str) -> list[Any]:
    return [getattr(one, kind) for one in records if one.WhichOneof("record_type") == kind]


def test_a_run_is_recorded_with_everything(
    records: dict[str, list[Any]], winner: runs.RunRecord, trained_store: runs.RunStore
) -> None:
    (run,) = _of_kind(records[winner.candidate], "run")
    assert (run.run_id, run.display_name, run.project) == (
        winner.run_id,
        winner.candidate,
        "training",
    )
    assert run.run_group == winner.session
    assert not run.notes
    values = {item.key: json.loads(item.value_json) for item in run.config.update}
    assert {name: values[name] for name in winner.params} == winner.params
    assert {name: values[name] for name in winner.tags} == winner.tags
    (history,) = _of_kind(records[winner.candidate], "history")
    logged = {
        item.key or ".".join(item.nested_key): json.loads(item.value_json) for item in history.item
    }
    assert {name: logged[name] for name in winner.metrics} == pytest.approx(winner.metrics)
    figures = {name.removesuffix("._type") for name in logged if name.startswith(runs.FIGURES)}
    drawn = [name for name in figures if logged.get(f"{name}._type") == "image-file"]
    folder = trained_store.folder(winner) / runs.FIGURES
    assert sorted(drawn) == sorted(f"{runs.FIGURES}/{path.stem}" for path in folder.iterdir())


def test_only_the_winner_has_a_model_with_signature(
    records: dict[str, list[Any]], winner: runs.RunRecord, bundle_folder: Path
) -> None:
    artifacts = {name: _of_kind(one, "artifact") for name, one in records.items()}
    for name, found in artifacts.items():
        assert len(found) == (1 if name == winner.candidate else 0)
    (model,) = artifacts[winner.candidate]
    assert (model.name, model.type) == ("model", "model")
    assert hosted.version_of(winner) in model.aliases
    sent = {item.path: Path(item.local_path) for item in model.manifest.contents}
    assert sent == {path.name: path for path in bundle_folder.iterdir()}
    metadata = json.loads(model.metadata)
    assert metadata["run_id"] == winner.run_id
    assert metadata["signature"]["inputs"][0]["name"] == "features"
    assert metadata["bundle"] == bundle.read_manifest(bundle_folder).bundle_id


class Online:
    """A tracker with a key. What it asks of W&B is bound to the signatures of the real client."""

    def __init__(self, settings: config.TrackingSettings, real_schema: schema.Schema) -> None:
        self.uploads: list[tuple[list[str], dict[str, str]]] = []
        self.takes = True
        self.artifact = create_autospec(wandb.Artifact, instance=True)
        self.api = create_autospec(wandb.Api, instance=True)
        self.api.artifact.return_value = self.artifact
        with_key = settings.model_copy(update={"api_key": SecretStr("a-key")})
        self.tracker = tracking.open_tracker(with_key, real_schema)

    def send(
        self, command: list[str], complaint: str, environment: dict[str, str], key: dict[str, str]
    ) -> None:
        assert complaint == "wandb: ERROR"
        self.uploads.append((command, environment | key))
        if self.takes:  # the client leaves this beside a record that has arrived
            (Path(command[-1]) / "run.wandb.synced").touch()


@pytest.fixture
def online(
    settings: config.TrackingSettings,
    real_schema: schema.Schema,
    monkeypatch: pytest.MonkeyPatch,
    records: dict[str, list[Any]],
) -> Online:
    assert records, "what goes online was recorded offline first"
    found = Online(settings, real_schema)
    monkeypatch.setattr(tracking, "probe", lambda _uri: None)
    monkeypatch.setattr(tracking, "send", found.send)
    monkeypatch.setattr(wandb, "Api", create_autospec(wandb.Api, return_value=found.api))
    return found


def test_with_a_key_the_record_is_sent_by_the_clients_own_command(
    online: Online, winner: runs.RunRecord, trained_store: runs.RunStore
) -> None:
    assert online.tracker.log(winner, trained_store.folder(winner)) == winner.run_id
    ((command, variables),) = online.uploads
    assert command[1:4] == ["-m", "wandb", "sync"]
    assert Path(command[-1]).name.endswith(winner.run_id)
    options = command[4:-1]
    assert options == ["--project", "training", "--entity", "team"]
    known = {name for parameter in cli.sync.params for name in parameter.opts}
    assert set(options[::2]) <= known
    assert variables == {
        "WANDB_API_KEY": "a-key",
        "WANDB_BASE_URL": "http://127.0.0.1:9",
        "WANDB_SILENT": "false",  # or it would not say what was refused
    }
    version = online.tracker.register(winner, trained_store.folder(winner))
    online.api.artifact.assert_called_once_with(f"team/training/model:{version}")


def test_an_upload_without_its_model_is_no_success_and_is_recorded_anew(
    online: Online, winner: runs.RunRecord, trained_store: runs.RunStore
) -> None:
    online.api.artifact.side_effect = CommError("not found, said a-key")
    folder = trained_store.folder(winner)
    with pytest.raises(errors.TrackerUnavailableError, match=r"not found, said \*\*\*"):
        online.tracker.log(winner, folder)
    online.api.artifact.side_effect = None
    assert online.tracker.log(winner, folder) == winner.run_id
    assert len(online.uploads) == 2


def test_a_record_that_is_not_taken_is_no_success_and_is_recorded_anew(
    online: Online, trained_store: runs.RunStore
) -> None:
    loser = next(run for run in trained_store.all() if not run.winner)
    online.takes = False
    with pytest.raises(errors.TrackerUnavailableError, match="was not taken"):
        online.tracker.log(loser, trained_store.folder(loser))
    online.takes = True
    assert online.tracker.log(loser, trained_store.folder(loser)) == loser.run_id


def test_with_a_key_the_registry_is_theirs(online: Online, tmp_path: Path) -> None:
    online.artifact.aliases = ["26.1123.201530", "latest"]
    assert online.tracker.set_alias(tracker.CHAMPION, "26.1123.201530")
    online.api.artifact.assert_called_with("team/training/model:26.1123.201530")
    assert online.artifact.aliases == ["26.1123.201530", "champion", "latest"]
    online.artifact.save.assert_called_once_with()
    online.api.artifact_exists.return_value = True
    online.artifact.metadata = {"version": "26.1123.201530", "run_id": "r1"}
    assert online.tracker.resolve(tracker.CHAMPION) == tracker.RegisteredModel(
        "26.1123.201530", "r1"
    )
    online.api.artifact_exists.return_value = False
    with pytest.raises(errors.UnknownVersionError, match="has no version 1"):
        online.tracker.set_alias(tracker.CHAMPION, "1")
    assert online.tracker.resolve(tracker.CHALLENGER) is None
    online.artifact.download.return_value = str(tmp_path / runs.BUNDLE)
    fetched = online.tracker.fetch_bundle("26.1123.201530", tmp_path)
    assert fetched == tmp_path / runs.BUNDLE
    online.artifact.download.assert_called_once_with(root=fetched, skip_cache=True)


def test_a_command_without_the_key_finds_what_one_with_it_registered(
    online: Online,
    settings: config.TrackingSettings,
    real_schema: schema.Schema,
    winner: runs.RunRecord,
    trained_store: runs.RunStore,
) -> None:
    version = online.tracker.register(winner, trained_store.folder(winner))
    online.artifact.aliases = [version]
    assert online.tracker.set_alias(tracker.CHAMPION, version)
    without = tracking.open_tracker(settings, real_schema)
    assert without.resolve(tracker.CHAMPION) == tracker.RegisteredModel(version, winner.run_id)
