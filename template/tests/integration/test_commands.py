"""The commands, as a user runs them, with the project's real settings and data."""

import shutil
from pathlib import Path

import msgspec
import pytest

from tests.kind import answering
from tests.package import bundle, cli, model_store, params, runs, schema


@pytest.fixture
def quick_workspace(
    workspace: Path, quick_params: params.TrainingParams, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A working folder whose parameters train in a second or two."""
    path = workspace / "quick.yaml"
    path.write_text(quick_params.model_dump_json(), encoding="utf-8")
    monkeypatch.setenv("APP_PATHS__PARAMS", str(path))
    return workspace


def test_train_promote_and_list(
    quick_workspace: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.main(["runs"]) == 0
    assert "no runs yet" in capfd.readouterr().out
    assert cli.main(["train"]) == 0
    assert "baseline" in capfd.readouterr().out
    champion = quick_workspace / "models" / "champion.json"
    with monkeypatch.context() as full:
        full.setattr("shutil.copytree", _no_space)
        assert cli.main(["promote"]) == 2
    assert "No space left on device" in capfd.readouterr().err
    assert not champion.exists()
    assert cli.main(["promote"]) == 0
    shown = capfd.readouterr()
    assert "promotion gate" in shown.out
    assert "champion: version 1" in shown.out
    assert champion.is_file()
    assert cli.main(["sync"]) == 0
    assert "sent 0 run(s)" in capfd.readouterr().out
    assert cli.main(["rollback"]) == 2
    assert "no model to go back to" in capfd.readouterr().err


def test_going_back_needs_no_tracker(
    quick_workspace: Path,
    bundle_folder: Path,
    real_schema: schema.Schema,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    models = model_store.ModelStore(quick_workspace / "models", real_schema)
    models.publish(bundle_folder, "1")
    newer = Path(shutil.copytree(bundle_folder, quick_workspace / "newer"))
    manifest = msgspec.structs.replace(bundle.read_manifest(newer), answering=answering(0.9))
    bundle.write_manifest(newer, manifest)
    models.publish(newer, "2")
    monkeypatch.setenv("APP_TRACKING__URI", "http://127.0.0.1:9")
    assert cli.main(["rollback"]) == 2
    assert "version 1 is served, but the registry did not take" in capfd.readouterr().err
    champion = models.champion()
    assert champion is not None
    assert champion.version == "1"


def _no_space(*_arguments: object, **_options: object) -> None:
    raise OSError(28, "No space left on device", "models")


def test_training_goes_on_without_the_tracker_and_sends_later(
    quick_workspace: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as down:
        down.setenv("APP_TRACKING__URI", "http://127.0.0.1:9")
        assert cli.main(["train"]) == 0
    assert "send them later" in capfd.readouterr().err
    kept = runs.RunStore(quick_workspace / "runs").all()
    assert [run.remote_id for run in kept] == [None, None]
    assert cli.main(["sync"]) == 0
    assert "sent 2 run(s)" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("command", "variable", "value", "message"),
    [
        ("train", "APP_PATHS__DATA", "gone.csv", "gone.csv does not exist"),
        ("train", "APP_PATHS__PARAMS", "gone.yaml", "gone.yaml does not exist"),
        ("promote", "APP_TRACKING__URI", "http://127.0.0.1:9", "127.0.0.1:9 failed"),
        ("serve", "APP_SERVING__PORT", "-1", "serving.port"),
    ],
)
def test_a_known_problem_is_one_message_and_status_2(
    quick_workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    command: str,
    variable: str,
    value: str,
    message: str,
) -> None:
    assert quick_workspace.is_dir()
    monkeypatch.setenv(variable, value)
    assert cli.main([command]) == 2
    error = capfd.readouterr().err
    assert message in error
    assert "Traceback" not in error
