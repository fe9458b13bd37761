"""What only DVC's pointers can suffer."""

import importlib
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests import versions
from tests.package import errors, evaluation, runs, store
from tests.repositories import commit, git


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> store.DataStore:
    """A repository whose data file was never published."""
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet", "--initial-branch", "main")
    versions.set_up(tmp_path)
    file = Path("data", "raw", "dataset.csv")
    file.parent.mkdir()
    file.write_text("name\nfirst\n", encoding="utf-8")
    return store.DataStore(file)


@pytest.mark.parametrize("text", ["", "outs: 3\n", "outs: [\n"])
def test_a_damaged_pointer_is_named_and_not_committed(data: store.DataStore, text: str) -> None:
    pointer = Path(versions.NAMED_BY)
    pointer.write_text(text, encoding="utf-8")
    with pytest.raises(errors.DataError, match="is damaged"):
        data.version()
    data.guard()
    git("add", str(pointer))
    with pytest.raises(errors.DataError, match="is damaged"):
        data.guard()


def test_a_missing_pointer_is_named(data: store.DataStore) -> None:
    with pytest.raises(errors.DataError, match=r"dataset\.csv\.dvc does not exist"):
        data.version()


def test_the_data_file_itself_is_not_committed(data: store.DataStore) -> None:
    git("add", "--force", str(data.file))
    with pytest.raises(errors.DataError, match="git holds its pointer only"):
        data.guard()


def _bundle() -> None:
    """Let the remote be part of the repository, as that of a new project is."""
    config = Path(".dvc", "config")
    inside = config.read_text(encoding="utf-8").replace("../remote", "../data/remote")
    config.write_text(inside, encoding="utf-8")
    Path("data", "remote").mkdir()


def test_a_pointer_whose_content_is_not_staged_is_not_committed(data: store.DataStore) -> None:
    _bundle()
    data.publish()
    git("add", versions.NAMED_BY)
    with pytest.raises(errors.DataError, match="is not staged: publish the data, then `git add"):
        data.guard()
    git("add", "data/remote")
    data.guard()


def test_a_pointer_whose_content_was_never_sent_is_not_committed(data: store.DataStore) -> None:
    version = data.publish()
    git("add", "data")
    data.guard()
    versions.contents(Path.cwd())[0].unlink()
    with pytest.raises(errors.DataError, match=f"version {version} was never sent"):
        data.guard()
    data.publish()
    data.guard()
    versions.forget(Path.cwd())
    data.guard()


@pytest.mark.parametrize("what", ["status", "push"])
def test_a_remote_that_cannot_be_asked_is_a_known_problem(
    data: store.DataStore, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    class ClientError(Exception):
        """As the client of a bucket raises it: none of DVC's own."""

    def fail(*_: object, **__: object) -> None:
        raise ClientError("no endpoint")

    data.publish()
    git("add", "data")
    monkeypatch.setattr(f"dvc.repo.Repo.{what}", fail)
    with pytest.raises(errors.DataError, match=f"dvc {what} failed .*: no endpoint"):
        data.guard() if what == "status" else data.publish()


def test_a_file_too_large_for_git_is_not_published_and_not_committed(
    data: store.DataStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    _bundle()
    data.file.write_text("name\n" * 200, encoding="utf-8")
    data.publish()
    git("add", "data")
    data.guard()
    monkeypatch.setattr(store, "MAX_GIT_BYTES", 500)
    with pytest.raises(errors.DataError, match=r"data/remote/.* too large for git: move the"):
        data.guard()
    with pytest.raises(errors.DataError, match=r"dataset\.csv has .* then publish"):
        data.publish()


@pytest.mark.parametrize("both", [True, False])
def test_of_two_branches_the_merge_keeps_ones_version_or_publishes_both(
    data: store.DataStore, *, both: bool
) -> None:
    _bundle()
    data.publish()
    Path(".gitignore").write_text("/data/raw/dataset.csv\n", encoding="utf-8")
    commit("data: first version")
    for branch in ("theirs", "ours"):
        git("checkout", "--quiet", "-b", branch, "main")
        data.file.write_text(f"name\nfirst\n{branch}\n", encoding="utf-8")
        version = data.publish()
        commit(f"data: {branch}")
    with pytest.raises(subprocess.CalledProcessError):
        git("merge", "theirs")
    assert data.version() == version
    git("checkout", "--theirs", "--", "data")
    assert data.fetch().read_text(encoding="utf-8") == "name\nfirst\ntheirs\n"
    git("checkout", "--ours", "--", "data")
    assert data.fetch().read_text(encoding="utf-8") == "name\nfirst\nours\n"
    if both:
        data.file.write_text("name\nfirst\nours\ntheirs\n", encoding="utf-8")
    assert (data.publish() == version) is not both
    git("add", "data")
    data.guard()
    git("commit", "--quiet", "--message", "data: merge")
    git("checkout", "--quiet", "theirs", "--", "data")
    assert data.fetch().read_text(encoding="utf-8") == "name\nfirst\ntheirs\n"


def test_other_bytes_than_the_pointers_are_named_and_not_kept(data: store.DataStore) -> None:
    version = data.publish()
    data.file.unlink()
    cached = Path(".dvc", "cache", "files", "md5", version[:2], version[2:])
    cached.chmod(0o644)
    cached.write_text("name\nother\n", encoding="utf-8")
    cached.chmod(0o444)  # what DVC has stored itself it does not read again
    with pytest.raises(errors.DataError, match=f"other bytes than version {version}"):
        data.fetch()
    assert not data.file.exists()
    assert data.fetch().read_text(encoding="utf-8") == "name\nfirst\n"


def test_git_has_the_last_word_where_there_is_no_repository(
    data: store.DataStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(errors.DataError, match="git log failed: fatal: not a git repository"):
        data.history()


@pytest.fixture
def report() -> Any:
    """The stage's second command, which no other option has."""
    return importlib.import_module(f"{store.__package__}.report")


def _record(run: str, session: str, score: float, *, winner: bool) -> runs.RunRecord:
    return runs.RunRecord(
        run_id=run,
        session=session,
        candidate=run,
        started_at=datetime(2026, 1, int(session), tzinfo=UTC),
        seconds=1.0,
        winner=winner,
        params={},
        metrics=dict.fromkeys(evaluation.SHOWN, score),
        tags={},
    )


def test_the_stage_reports_the_newest_session(report: Any, tmp_path: Path) -> None:
    recorded = runs.RunStore(tmp_path / "runs")
    for record in (
        _record("old", "1", 0.9, winner=True),
        _record("tree", "2", 0.7, winner=False),
        _record("line", "2", 0.8, winner=True),
    ):
        with recorded.recording(record):
            pass
    report.write(recorded.root, tmp_path / "reports")
    metrics = json.loads((tmp_path / "reports" / "metrics.json").read_text())
    assert metrics == dict.fromkeys(evaluation.SHOWN, 0.8)
    scores = (tmp_path / "reports" / "candidates.csv").read_text()
    assert scores == "candidate,score\nline,0.8\ntree,0.7\n"


def test_without_a_run_there_is_nothing_to_report(
    report: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("APP_PATHS__RUNS", str(tmp_path / "runs"))
    monkeypatch.chdir(Path(__file__).parents[2])
    assert report.main() == 2
    assert "train first" in capsys.readouterr().err
