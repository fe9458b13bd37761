"""The commands, as a user runs them, with the project's real settings and data."""

import shutil
from pathlib import Path

import msgspec
import pytest

from tests.kind import answering
from tests.package import bundle, cli, model_store, params, runs, schema

SECRETS = ("password-of-nobody", "key-of-nobody")
# Port 9 discards: nothing listens there. With a key no tracker is content to stay on this machine.
TRACKER_DOWN = {
    "APP_TRACKING__URI": f"http://user:{SECRETS[0]}@127.0.0.1:9",
    "APP_TRACKING__API_KEY": SECRETS[1],
}


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
    assert "champion: version " in shown.out
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
    for name, value in TRACKER_DOWN.items():
        monkeypatch.setenv(name, value)
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
        for name, value in TRACKER_DOWN.items():
            down.setenv(name, value)
        assert cli.main(["train"]) == 0
        shown = "".join(capfd.readouterr())
    assert "send them later" in shown
    assert not [secret for secret in SECRETS if secret in shown]
    written = [path for path in quick_workspace.rglob("*") if path.is_file()]
    assert len(written) > 10
    assert not [path for path in written if any(s.encode() in path.read_bytes() for s in SECRETS)]
    kept = runs.RunStore(quick_workspace / "runs").all()
    assert [run.remote_id for run in kept] == [None, None]
    # Or an earlier challenger would be promoted in place of what was trained.
    assert cli.main(["promote"]) == 2
    assert "has not received the model of" in capfd.readouterr().err
    assert not (quick_workspace / "models").exists()
    assert cli.main(["sync"]) == 0
    # What a tracker without an account does not send, it keeps.
    out = capfd.readouterr().out
    assert ("sent 2 run(s), 0 kept" in out) or ("sent 0 run(s), 2 kept" in out)
    assert cli.main(["promote"]) == 0
    for name, value in TRACKER_DOWN.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["train"]) == 0
    assert cli.main(["sync"]) == 2


def test_without_the_registry_nothing_is_promoted(
    quick_workspace: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, value in TRACKER_DOWN.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["promote"]) == 2
    assert "127.0.0.1:9 failed" in capfd.readouterr().err
    assert not (quick_workspace / "models").exists()


@pytest.mark.parametrize(
    ("command", "variable", "value", "message"),
    [
        ("train", "APP_PATHS__DATA", "gone.csv", "gone.csv does not exist"),
        ("train", "APP_PATHS__PARAMS", "gone.yaml", "gone.yaml does not exist"),
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
