"""What git refuses to hold, and what it does with a file that two branches changed."""

import subprocess
from pathlib import Path

import pytest

from tests import versions
from tests.package import errors, store
from tests.repositories import commit, git


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> store.DataStore:
    """A repository without a commit, and a data file of one row."""
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet", "--initial-branch", "main")
    file = Path(versions.NAMED_BY)
    file.parent.mkdir(parents=True)
    versions.set_up(tmp_path)
    file.write_text("name\nfirst\n", encoding="utf-8")
    return store.DataStore(file)


def test_before_its_first_commit_a_project_has_its_data(data: store.DataStore) -> None:
    assert data.fetch() == data.file
    assert data.version() == git("hash-object", str(data.file)).strip()


def test_a_file_that_git_never_had_is_missed(data: store.DataStore) -> None:
    data.file.unlink()
    with pytest.raises(errors.DataError, match="does not exist, and no commit holds it"):
        data.fetch()


def test_a_large_file_is_not_published_and_the_way_out_is_named(data: store.DataStore) -> None:
    data.file.write_bytes(b"x" * 1_000_001)
    with pytest.raises(errors.DataError, match=r"1\.0 MB(?s:.)*another: It is large") as refusal:
        data.publish()
    assert "copier update --trust -d data_versioning=NAME" in str(refusal.value)
    assert not git("ls-files", "--stage")


def test_a_large_file_beside_the_data_set_is_not_committed(data: store.DataStore) -> None:
    beside = data.file.with_name("another.csv")
    beside.write_bytes(b"x" * 1_000_001)
    data.guard()
    git("add", str(beside))
    with pytest.raises(errors.DataError, match=r"data/raw/another\.csv has 1\.0 MB"):
        data.guard()


def test_two_writers_meet_in_a_conflict_that_loses_neither_version(data: store.DataStore) -> None:
    data.publish()
    commit("data: first version")
    blobs = {}
    for writer in ("one", "two"):
        git("checkout", "--quiet", "-b", writer, "main")
        data.file.write_text(f"name\n{writer}\n", encoding="utf-8")
        blobs[writer] = data.publish()
        commit(f"data: {writer}")
    with pytest.raises(subprocess.CalledProcessError):
        git("merge", "one")
    with pytest.raises(errors.DataError, match="two branches changed"):
        data.guard()
    assert {git("cat-file", "-p", blob) for blob in blobs.values()} == {
        "name\none\n",
        "name\ntwo\n",
    }
    git("checkout", "--ours", str(data.file))
    assert data.publish() == blobs["two"]
    data.guard()
