"""What every store of data versions keeps to, in a repository of its own."""

import shutil
from pathlib import Path

import pytest

from tests import versions
from tests.package import errors, store
from tests.repositories import commit, git

FILE = Path("data", "raw", "dataset.csv")


@pytest.fixture(scope="module")
def first_version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with one version of a small file. Treat it as read-only."""
    root = tmp_path_factory.mktemp("repository")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        git("init", "--quiet")
        FILE.parent.mkdir(parents=True)
        versions.set_up(root)
        FILE.write_text("name,size\nfirst,1\n", encoding="utf-8")
        store.DataStore(FILE).publish()
        commit("data: first version")
    return root


@pytest.fixture
def data(first_version: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> store.DataStore:
    """The store of a fresh clone, which has no data yet."""
    root = tmp_path / "clone"
    shutil.copytree(first_version, root)
    monkeypatch.chdir(root)
    versions.forget(root)
    assert not FILE.exists() or FILE.read_text(encoding="utf-8") != "name,size\nfirst,1\n"
    return store.DataStore(FILE)


def test_a_fresh_clone_fetches_changes_publishes_and_goes_back(data: store.DataStore) -> None:
    first, text = data.version(), data.fetch().read_text(encoding="utf-8")
    data.file.write_text(text + "second,2\n", encoding="utf-8")
    assert data.publish() != first
    data.guard()
    commit("data: one more row")
    assert [line.partition(" data: ")[2] for line in data.history()] == [
        "one more row",
        "first version",
    ]
    git("checkout", "--quiet", "HEAD~1", "--", versions.NAMED_BY)
    assert data.version() == first
    assert data.fetch().read_text(encoding="utf-8") == text


def test_what_is_there_already_is_left_alone(data: store.DataStore) -> None:
    digest = store.DataStore(data.fetch()).digest()
    assert store.DataStore(data.fetch()).digest() == digest


def test_changes_that_were_never_published_are_not_overwritten(data: store.DataStore) -> None:
    data.fetch()
    data.file.write_text("precious\n", encoding="utf-8")
    with pytest.raises(errors.DataError, match=r"dataset\.csv"):
        data.fetch()
    assert data.file.read_text(encoding="utf-8") == "precious\n"


def test_a_version_whose_content_is_gone_is_named(data: store.DataStore) -> None:
    for path in versions.contents(Path.cwd()):
        path.unlink()
    with pytest.raises(errors.DataError, match=data.version()):
        data.fetch()


def test_a_version_whose_content_is_damaged_is_named(data: store.DataStore) -> None:
    for path in versions.contents(Path.cwd()):
        path.chmod(0o644)
        path.write_bytes(path.read_bytes()[:-2])
    with pytest.raises(errors.DataError, match=data.version()):
        data.fetch()


def test_there_is_nothing_to_publish_without_a_file(data: store.DataStore) -> None:
    data.file.unlink(missing_ok=True)
    with pytest.raises(errors.DataError, match="nothing to publish"):
        data.publish()
