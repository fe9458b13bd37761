"""Versions of the data set, with real DVC in a repository of its own."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.package import errors, store

CONFIG = """[core]
    remote = here
['remote "here"']
    url = ../remote
"""


@pytest.fixture(scope="module")
def first_version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with one version of a small file, and a remote of its own, so that the
    project's may move and grow. Treat it as read-only.
    """
    root = tmp_path_factory.mktemp("repository")
    settings = root / ".dvc"
    settings.mkdir()
    (settings / "config").write_text(CONFIG, encoding="utf-8")
    (settings / ".gitignore").write_text("/cache\n/tmp\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        _git("init", "--quiet")
        data = _store(root)
        data.file.parent.mkdir(parents=True)
        data.file.write_text("name\nfirst\n", encoding="utf-8")
        data.publish()
        _commit("data: first version")
    return root


@pytest.fixture
def repository(first_version: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh clone: settings, pointer and remote, and no data yet."""
    root = tmp_path / "clone"
    shutil.copytree(
        first_version, root, ignore=shutil.ignore_patterns("cache", "tmp", "dataset.csv")
    )
    monkeypatch.chdir(root)
    return root


def _git(*arguments: str) -> None:
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.com"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)  # noqa: S603, S607


def _commit(message: str) -> None:
    _git("add", "--all")
    _git("commit", "--quiet", "--message", message)


def _store(repository: Path) -> store.DataStore:
    return store.DataStore((repository / "data" / "raw" / "dataset.csv").relative_to(Path.cwd()))


def test_a_fresh_clone_fetches_changes_publishes_and_goes_back(repository: Path) -> None:
    data = _store(repository)
    first_version, first_text = data.version(), data.fetch().read_text(encoding="utf-8")
    data.file.write_text(first_text + first_text.splitlines()[-1] + "\n", encoding="utf-8")
    assert data.publish() != first_version
    _commit("data: one more row")
    assert [line.partition(" data: ")[2] for line in data.history()] == [
        "one more row",
        "first version",
    ]
    _git("checkout", "--quiet", "HEAD~1", "--", "data/raw/dataset.csv.dvc")
    assert data.version() == first_version
    assert data.fetch().read_text(encoding="utf-8") == first_text


def test_changes_that_were_never_published_are_not_overwritten(repository: Path) -> None:
    data = _store(repository)
    data.fetch()
    data.file.write_text("precious\n", encoding="utf-8")
    with pytest.raises(errors.DataError, match=r"dvc pull failed for .*dataset\.csv"):
        data.fetch()
    assert data.file.read_text(encoding="utf-8") == "precious\n"


def test_a_version_that_the_remote_lost_is_named(repository: Path) -> None:
    shutil.rmtree(repository / "remote")
    with pytest.raises(errors.DataError, match="dvc pull failed"):
        _store(repository).fetch()


def test_a_corrupt_object_in_the_remote_is_refused(repository: Path) -> None:
    (stored,) = (p for p in (repository / "remote").rglob("*") if p.is_file())
    stored.chmod(0o644)
    stored.write_bytes(stored.read_bytes()[:-2])
    data = _store(repository)
    with pytest.raises(errors.DataError, match=data.version()):
        data.fetch()


def test_there_is_nothing_to_publish_without_a_file(repository: Path) -> None:
    with pytest.raises(errors.DataError, match="nothing to publish"):
        _store(repository).publish()


@pytest.mark.parametrize("text", ["", "outs: 3\n", "outs: [\n"])
def test_a_damaged_pointer_is_named(repository: Path, text: str) -> None:
    (repository / "data" / "raw" / "dataset.csv.dvc").write_text(text, encoding="utf-8")
    with pytest.raises(errors.DataError, match="is damaged"):
        _store(repository).version()


def test_a_missing_pointer_is_named(tmp_path: Path) -> None:
    with pytest.raises(errors.DataError, match=r"dataset\.csv\.dvc does not exist"):
        store.DataStore(tmp_path / "dataset.csv").version()
