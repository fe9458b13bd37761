"""A table's versions: what its schema refuses, two writers at once, upkeep."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from arro3.core import Array, DataType, Table
from deltalake import write_deltalake

from tests import versions
from tests.package import errors, store
from tests.repositories import commit, git

FILE = Path("data", "raw", "dataset.csv")
FIRST = 'name,size,weight\nfirst,1,0.5\n"second, quoted",2,2.0\nthird,,\n'


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> store.DataStore:
    """A repository with a table of one version."""
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet", "--initial-branch", "main")
    FILE.parent.mkdir(parents=True)
    versions.set_up(tmp_path)
    one = store.DataStore(FILE)
    _publish(one, "")
    commit("data: first version")
    return one


def _publish(data: store.DataStore, *names: str) -> str:
    """Publish the first version with a row more for each name, and return the file's text."""
    text = FIRST + "".join(f"{name},3,1.5\n" for name in names if name)
    data.file.write_text(text, encoding="utf-8", newline="")
    data.publish()
    return text


def _read(version: int) -> str:
    return b"".join(store.CsvTable("data/table").read(version)).decode()


def test_a_new_project_makes_the_table_from_its_seed(data: store.DataStore, tmp_path: Path) -> None:
    (tmp_path / "data" / "table").rename(tmp_path / "elsewhere")
    data.file.rename(tmp_path / "data" / "seed.csv")
    assert data.fetch().read_text(encoding="utf-8") == FIRST


def test_without_seed_and_table_the_table_is_missed(data: store.DataStore, tmp_path: Path) -> None:
    (tmp_path / "data" / "table").rename(tmp_path / "elsewhere")
    with pytest.raises(errors.DataError, match=r"no table at .*data/table, and no .*seed\.csv"):
        data.fetch()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (FIRST.replace(",2,", ",two,"), "column size, row 2: 'two' is .* a whole number such as"),
        (FIRST.replace("0.5", "60"), r"column weight, row 1: '60' is .*, such as 60\.0 or 59\.8"),
        (FIRST.replace("weight", "mass"), "the columns are name, size, mass"),
        ("name,size,weight\n", "has no rows"),
        (FIRST + "fourth,3\n", "row 4 has 2 cells under 3 columns"),
        (FIRST.replace("\n", "\r\n"), "line ends or quotes"),
        ("", "has no rows"),
    ],
)
def test_what_breaks_the_schema_is_not_published(
    data: store.DataStore, text: str, complaint: str
) -> None:
    before = data.version()
    data.file.write_text(text, encoding="utf-8", newline="")
    with pytest.raises(errors.DataError, match=complaint):
        data.publish()
    assert data.version() == before


def test_rows_pass_through_in_batches(
    data: store.DataStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[store.CsvTable.__module__], "BATCH_ROWS", 2)
    text = _publish(data, "fourth", "fifth")
    data.file.unlink()
    assert data.fetch().read_text(encoding="utf-8") == text


def test_a_file_too_large_for_git_is_not_published_and_not_committed(
    data: store.DataStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    data.file.write_text(FIRST + "third,3,1.5\n", encoding="utf-8", newline="")
    with monkeypatch.context() as patch:
        patch.setattr(store, "MAX_GIT_BYTES", len(FIRST))
        with pytest.raises(errors.DataError, match=r"too large for git: move the versions to a"):
            data.publish()
    data.publish()
    git("add", "data")
    data.guard()
    monkeypatch.setattr(store, "MAX_GIT_BYTES", len(FIRST))
    with pytest.raises(errors.DataError, match=r"data/.* too large for git"):
        data.guard()


def test_a_version_that_no_commit_names_is_not_overwritten(data: store.DataStore) -> None:
    before = Path(versions.NAMED_BY).read_bytes()
    text = _publish(data, "ours")
    Path(versions.NAMED_BY).write_bytes(before)  # as if the power had failed in between
    with pytest.raises(errors.DataError, match="changes that no commit names"):
        data.fetch()
    assert data.file.read_text(encoding="utf-8") == text
    data.publish()
    commit("data: ours")
    git("checkout", "--quiet", "HEAD~1", "--", versions.NAMED_BY)
    assert data.fetch().read_text(encoding="utf-8") == FIRST


def test_a_fetch_that_ends_half_way_leaves_the_file_as_it_was(
    data: store.DataStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    _publish(data, "ours")
    commit("data: ours")
    git("checkout", "--quiet", "HEAD~1", "--", versions.NAMED_BY)
    before = data.file.read_bytes()
    monkeypatch.setattr(store.CsvTable, "read", lambda *_: iter([b"name,size"]))
    with pytest.raises(errors.DataError, match="gives other bytes"):
        data.fetch()
    assert data.file.read_bytes() == before
    assert {path.name for path in data.file.parent.iterdir()} == {
        ".gitignore",
        data.file.name,
        Path(versions.NAMED_BY).name,
    }


@pytest.mark.parametrize("both", [True, False])
def test_of_two_branches_the_merge_keeps_ones_version_or_publishes_both(
    data: store.DataStore, *, both: bool
) -> None:
    for branch in ("theirs", "ours"):
        git("checkout", "--quiet", "-b", branch, "main")
        ours = _publish(data, branch)
        commit(f"data: {branch}")
    with pytest.raises(subprocess.CalledProcessError):
        git("merge", "theirs")
    assert data.version().startswith("1-")
    assert data.fetch().read_text(encoding="utf-8") == ours
    git("checkout", "--theirs", "--", "data")
    assert "theirs" in data.fetch().read_text(encoding="utf-8")
    git("checkout", "--ours", "--", "data")
    assert data.fetch().read_text(encoding="utf-8") == ours
    text = _publish(data, "ours", "theirs") if both else ours
    git("add", "data")
    data.guard()
    git("commit", "--quiet", "--message", "data: merge")
    data.file.unlink()
    assert data.fetch().read_text(encoding="utf-8") == text
    git("checkout", "--quiet", "theirs", "--", "data")
    assert "theirs" in data.fetch().read_text(encoding="utf-8")


def test_an_engines_long_words_are_told_with_their_cause(
    data: store.DataStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(
            "Generic error:\n\x1b[31m↳ " + "source " * 99 + "\n-> Operation not supported"
        )

    monkeypatch.setattr(sys.modules[store.CsvTable.__module__], "write_deltalake", fail)
    with pytest.raises(errors.DataError) as refused:
        _publish(data, "ours")
    assert re.fullmatch(
        r"\S+: Generic error: source .* Operation not supported", str(refused.value)
    )
    assert len(str(refused.value).partition(": ")[2]) < 320


def test_a_missing_number_is_no_text(data: store.DataStore) -> None:
    text = FIRST + ",,\n"
    data.file.write_text(text, encoding="utf-8", newline="")
    data.publish()
    data.file.unlink()
    assert data.fetch().read_text(encoding="utf-8") == text


def test_publishing_the_same_again_makes_no_version(data: store.DataStore) -> None:
    assert data.publish() == data.version()
    assert data.version().startswith("0-")


def test_of_two_writers_at_once_the_second_is_told_and_nothing_is_lost(
    data: store.DataStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = store.CsvTable("data/table")
    seen_by_both = table._open()
    data.file.write_text(FIRST + "theirs,3,1.5\n", encoding="utf-8", newline="")
    data.publish()
    theirs, pin = data.version(), Path(versions.NAMED_BY).read_bytes()
    data.file.write_text(FIRST + "ours,3,1.5\n", encoding="utf-8", newline="")
    with monkeypatch.context() as patch:
        patch.setattr(store.CsvTable, "_open", lambda _: seen_by_both)
        with pytest.raises(errors.DataError, match="at the same moment"):
            data.publish()
    assert data.version() == theirs
    assert data.publish().startswith("2-")
    data.file.unlink()
    assert "ours" in data.fetch().read_text(encoding="utf-8")
    data.file.unlink()
    Path(versions.NAMED_BY).write_bytes(pin)
    assert "theirs" in data.fetch().read_text(encoding="utf-8")


def test_a_version_keeps_its_number_when_another_follows_at_once(
    data: store.DataStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = sys.modules[store.CsvTable.__module__]
    write = module.write_deltalake

    def with_another_behind_it(*arguments: Any, **options: Any) -> None:
        write(*arguments, **options)
        monkeypatch.setattr(module, "write_deltalake", write)
        text = FIRST + "theirs,3,1.5\n"
        Path("theirs.csv").write_text(text, encoding="utf-8", newline="")
        digest = hashlib.sha256(text.encode()).hexdigest()
        store.CsvTable("data/table").write(Path("theirs.csv"), digest)

    monkeypatch.setattr(module, "write_deltalake", with_another_behind_it)
    _publish(data, "ours")
    assert data.version().startswith("1-")
    assert store.CsvTable("data/table").newest() == 2


def test_a_vacuum_keeps_what_a_commit_names_and_takes_the_rest(data: store.DataStore) -> None:
    for name in ("abandoned", "newest"):
        _publish(data, name)
    commit("data: newest")
    assert not data.vacuum()
    assert "abandoned" in _read(1)
    data.vacuum(hours=0)
    assert _read(0) == FIRST
    assert "newest" in _read(2)
    with pytest.raises(errors.DataError, match="version 1 of"):
        _read(1)


@pytest.mark.parametrize("published_in_the_merge", [True, False])
def test_a_vacuum_keeps_what_a_merge_published_and_what_lost_in_it(
    data: store.DataStore, *, published_in_the_merge: bool
) -> None:
    # As with a bucket: all branches share one table.
    git("rm", "-r", "--quiet", "--cached", "data/table")
    Path(".gitignore").write_text("/data/table\n", encoding="utf-8")
    commit("build: the table lies elsewhere")

    for branch in ("first", "second"):
        git("checkout", "--quiet", "-b", branch, "main")
        _publish(data, branch)
        commit(f"data: {branch}")
    with pytest.raises(subprocess.CalledProcessError):
        git("merge", "first")
    if published_in_the_merge:
        _publish(data, "both")
    commit("data: merge")
    git("branch", "--quiet", "-D", "first")
    git("checkout", "--quiet", "-b", "another", "main")
    _publish(data, "another")
    commit("data: another")
    data.vacuum(hours=0)
    for version in range(4 + published_in_the_merge):
        assert _read(version).startswith(FIRST)


def test_a_clone_without_every_commit_does_not_vacuum(
    data: store.DataStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit_again = Path("note.txt")
    commit_again.write_text("second commit\n", encoding="utf-8")
    commit("docs: note")
    git("clone", "--quiet", "--depth", "1", tmp_path.as_uri(), str(tmp_path / "shallow"))
    monkeypatch.chdir(tmp_path / "shallow")
    with pytest.raises(errors.DataError, match="git fetch --unshallow"):
        data.vacuum()


def test_a_pointer_to_a_version_that_is_not_staged_is_not_committed(data: store.DataStore) -> None:
    data.file.write_text(FIRST + "third,3,1.5\n", encoding="utf-8", newline="")
    data.publish()
    git("add", versions.NAMED_BY)
    with pytest.raises(
        errors.DataError, match="is not staged: fetch the data, then `git add data`"
    ):
        data.guard()
    git("add", "data")
    data.guard()


def test_the_data_file_itself_is_not_committed(data: store.DataStore) -> None:
    git("add", "--force", str(data.file))
    with pytest.raises(errors.DataError, match="the table holds it"):
        data.guard()


@pytest.mark.parametrize("text", ["", "{}", '{"table": "x", "version": "new", "sha256": ""}'])
def test_a_damaged_pointer_is_named(data: store.DataStore, text: str) -> None:
    Path(versions.NAMED_BY).write_text(text, encoding="utf-8")
    with pytest.raises(errors.DataError, match="is damaged"):
        data.version()


def test_a_missing_pointer_is_named(data: store.DataStore) -> None:
    Path(versions.NAMED_BY).unlink()
    with pytest.raises(errors.DataError, match=r"dataset\.csv\.json does not exist"):
        data.version()


def test_a_column_that_no_data_file_has_is_named(data: store.DataStore) -> None:
    columns = {"row_number": Array([1], DataType.int64()), "paid": Array([True], DataType.bool())}
    table = Table.from_arrays(list(columns.values()), names=list(columns))
    write_deltalake("data/table", table, mode="overwrite", schema_mode="overwrite")
    data.file.write_text("paid\ntrue\n", encoding="utf-8", newline="")
    with pytest.raises(errors.DataError, match="column paid of the table is boolean"):
        data.publish()


def test_a_table_that_gives_other_bytes_is_found(data: store.DataStore) -> None:
    pointer = Path(versions.NAMED_BY)
    pointer.write_text(pointer.read_text().replace('"sha256": "', '"sha256": "0'))
    data.file.unlink()
    with pytest.raises(errors.DataError, match="gives other bytes than version 0-0"):
        data.fetch()
