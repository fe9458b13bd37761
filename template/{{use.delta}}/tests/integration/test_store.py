"""A table's versions: what its schema refuses, two writers at once, upkeep."""

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

FIRST = 'name,size,weight\nfirst,1,0.5\n"second, quoted",2,2.0\nthird,,\n'


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> store.DataStore:
    """A repository with a table of one version."""
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet", "--initial-branch", "main")
    file = Path("data", "raw", "dataset.csv")
    file.parent.mkdir(parents=True)
    versions.set_up(tmp_path)
    file.write_text(FIRST, encoding="utf-8", newline="")
    one = store.DataStore(file)
    one.publish()
    commit("data: first version")
    return one


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
        (FIRST.replace(",2,", ",two,"), "column size, row 2: 'two' is not what the table holds"),
        (FIRST.replace("0.5", "0.50"), "column weight, row 1: '0.50' is not what the table holds"),
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
        store.CsvTable("data/table").write(FIRST + "theirs,3,1.5\n", "of theirs")

    monkeypatch.setattr(module, "write_deltalake", with_another_behind_it)
    data.file.write_text(FIRST + "ours,3,1.5\n", encoding="utf-8", newline="")
    assert data.publish().startswith("1-")
    assert store.CsvTable("data/table").newest() == 2


def test_a_vacuum_keeps_what_a_commit_names_and_takes_the_rest(data: store.DataStore) -> None:
    for name in ("abandoned", "newest"):
        data.file.write_text(FIRST + f"{name},3,1.5\n", encoding="utf-8", newline="")
        data.publish()
    commit("data: newest")
    table = store.CsvTable("data/table")
    assert not data.vacuum()
    assert "abandoned" in table.read(1)
    data.vacuum(hours=0)
    assert table.read(0) == FIRST
    assert "newest" in table.read(2)
    with pytest.raises(errors.DataError, match="version 1 of"):
        table.read(1)


@pytest.mark.parametrize("published_in_the_merge", [True, False])
def test_a_vacuum_keeps_what_a_merge_published_and_what_lost_in_it(
    data: store.DataStore, *, published_in_the_merge: bool
) -> None:
    # As with a bucket: all branches share one table.
    git("rm", "-r", "--quiet", "--cached", "data/table")
    Path(".gitignore").write_text("/data/table\n", encoding="utf-8")
    commit("build: the table lies elsewhere")

    def publish(row: str) -> None:
        data.file.write_text(FIRST + f"{row},3,1.5\n", encoding="utf-8", newline="")
        data.publish()

    for branch in ("first", "second"):
        git("checkout", "--quiet", "-b", branch, "main")
        publish(branch)
        commit(f"data: {branch}")
    with pytest.raises(subprocess.CalledProcessError):
        git("merge", "first")
    git("checkout", "--ours", versions.NAMED_BY)
    if published_in_the_merge:
        publish("both")
    commit("data: merge")
    git("branch", "--quiet", "-D", "first")
    git("checkout", "--quiet", "-b", "another", "main")
    publish("another")
    commit("data: another")
    data.vacuum(hours=0)
    table = store.CsvTable("data/table")
    for version in range(4 + published_in_the_merge):
        assert table.read(version).startswith(FIRST)


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
