"""What each tracker has to do, asked of this project's own as it is on the first day."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tests.package import bundle, config, encoding, errors, runs, schema, scoring, tracker, tracking

ROOT = Path(__file__).parents[2]


@dataclass
class Desk:
    """A working folder with one registered run."""

    settings: config.TrackingSettings
    schema: schema.Schema
    run: runs.RunRecord
    folder: Path
    version: str

    def open(self) -> tracker.Tracker:
        """The tracker as another process would find it."""
        return tracking.open_tracker(self.settings, self.schema)


@pytest.fixture(scope="module")
def desk(
    tmp_path_factory: pytest.TempPathFactory,
    trained_store: runs.RunStore,
    winner: runs.RunRecord,
    real_schema: schema.Schema,
) -> Iterator[Desk]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("APP_CONFIG_DIR", str(ROOT / "config"))
        patch.chdir(tmp_path_factory.mktemp("desk"))
        settings = config.load_settings().tracking
        first = tracking.open_tracker(settings, real_schema)
        folder = trained_store.folder(winner)
        assert first.resolve(tracker.CHALLENGER) is None
        run = winner.model_copy(update={"remote_id": first.log(winner, folder)})
        yield Desk(settings, real_schema, run, folder, first.register(run, folder))


def test_a_run_that_is_sent_twice_is_one(desk: Desk) -> None:
    assert desk.open().log(desk.run, desk.folder) == desk.run.remote_id


def test_an_alias_is_found_again_and_moves(desk: Desk) -> None:
    opened = desk.open()
    changes = {"run_id": "later", "started_at": desk.run.started_at.replace(year=2030)}
    later = desk.run.model_copy(update=changes)
    remote = opened.log(later, desk.folder)
    assert opened.register(desk.run, desk.folder) == desk.version
    other = opened.register(later.model_copy(update={"remote_id": remote}), desk.folder)
    assert other != desk.version
    for version in (desk.version, other, desk.version):
        opened.set_alias(tracker.CHALLENGER, version)
        found = desk.open().resolve(tracker.CHALLENGER)
        assert found is not None
        assert found.version == version
    assert opened.resolve("never-set") is None


def test_a_version_that_the_registry_does_not_have_is_named(desk: Desk) -> None:
    with pytest.raises(errors.ProjectError, match="has no version 999"):
        desk.open().set_alias(tracker.CHAMPION, "999")
    assert desk.open().resolve(tracker.CHAMPION) is None


def test_what_is_fetched_is_what_was_registered(desk: Desk, tmp_path: Path) -> None:
    fetched = desk.open().fetch_bundle(desk.version, tmp_path)
    assert bundle.digests(fetched) == bundle.digests(desk.folder / runs.BUNDLE)
    assert bundle.read_manifest(fetched).run_id == desk.run.run_id


# Port 9 discards: nothing listens there, and hardly at that of a machine's own web server.
@pytest.mark.parametrize("host", ["127.0.0.1:9", "127.0.0.1"])
def test_a_tracker_that_is_down_says_so_within_seconds_and_shows_no_secret(
    desk: Desk, tmp_path: Path, host: str
) -> None:
    changes = {"uri": f"http://user:secret@{host}", "folder": tmp_path / "kept"}
    settings = config.TrackingSettings.model_validate(
        {**desk.settings.model_dump(), **changes, "api_key": "key-of-nobody"}
    )
    with pytest.raises(errors.TrackerUnavailableError) as caught:
        tracking.open_tracker(settings, desk.schema).log(desk.run, desk.folder)
    said = str(caught.value)
    assert host in said
    assert "secret" not in said
    assert "key-of-nobody" not in said


def test_the_row_that_is_registered_as_example_can_be_scored(
    real_schema: schema.Schema, model: scoring.LoadedModel
) -> None:
    assert np.isfinite(model.scorer.score(encoding.example(real_schema))).all()
