"""Runs are recorded whole or not at all."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.package import errors, runs


def record(run_id: str = "r1", day: int = 1) -> runs.RunRecord:
    return runs.RunRecord(
        run_id=run_id,
        session="s1",
        candidate="linear",
        started_at=datetime(2026, 1, day, tzinfo=UTC),
        seconds=1.0,
        winner=False,
        params={"C": 0.1},
        metrics={"cv_quality": 0.7},
        tags={},
    )


def test_a_recorded_run_is_listed_the_oldest_first(tmp_path: Path) -> None:
    store = runs.RunStore(tmp_path / "runs")
    newer, older = record("a", day=2), record("b", day=1)
    for run in (newer, older):
        with store.recording(run) as folder:
            (folder / "note.txt").touch()
    assert store.all() == [older, newer]
    assert (store.folder(newer) / "note.txt").is_file()


def test_a_run_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    store = runs.RunStore(tmp_path / "runs")

    def fill_the_disk() -> None:
        with store.recording(record()) as folder:
            (folder / "half").touch()
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        fill_the_disk()
    assert list(store.root.iterdir()) == []


def test_an_update_replaces_the_record(tmp_path: Path) -> None:
    store = runs.RunStore(tmp_path / "runs")
    with store.recording(record()):
        pass
    store.update(record().model_copy(update={"remote_id": "x"}))
    assert [run.remote_id for run in store.all()] == ["x"]


def test_an_alias_is_kept_until_the_tracker_has_it(tmp_path: Path) -> None:
    store = runs.RunStore(tmp_path / "runs")
    assert store.unsent_aliases() == {}
    for alias, version in (("challenger", "1"), ("champion", "1"), ("challenger", "2")):
        store.note_alias(alias, version)
    assert store.unsent_aliases() == {"challenger": "2", "champion": "1"}
    store.forget_alias("challenger")
    assert runs.RunStore(store.root).unsent_aliases() == {"champion": "1"}


def test_damaged_aliases_are_named(tmp_path: Path) -> None:
    store = runs.RunStore(tmp_path)
    (tmp_path / runs.ALIASES_FILE).write_text("[]", encoding="utf-8")
    with pytest.raises(errors.ProjectError, match=r"aliases\.json is no valid list of aliases"):
        store.unsent_aliases()


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    store = runs.RunStore(tmp_path / "runs")
    with store.recording(record()):
        pass
    (store.folder(record()) / runs.RUN_FILE).write_text("{", encoding="utf-8")
    with pytest.raises(errors.ProjectError, match=r"r1.run\.json is no valid run record"):
        store.all()
