"""What only DVC's pointers can suffer."""

from pathlib import Path

import pytest

from tests import versions
from tests.package import errors, store
from tests.repositories import git


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> store.DataStore:
    """A repository whose data file was never published."""
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    versions.set_up(tmp_path)
    file = Path("data", "raw", "dataset.csv")
    file.parent.mkdir(parents=True)
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


def test_git_has_the_last_word_where_there_is_no_repository(
    data: store.DataStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(errors.DataError, match="git log failed: fatal: not a git repository"):
        data.history()
