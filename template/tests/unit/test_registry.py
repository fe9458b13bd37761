"""From run to challenger to champion, against a registry held in memory."""

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pandas as pd
import pytest

from tests.kind import CHAMPION_RULE, IMPOSSIBLE, IMPOSSIBLE_RULE
from tests.package import (
    bundle,
    errors,
    gate,
    model_store,
    params,
    registry,
    runs,
    schema,
    tracker,
)


class MemoryTracker:
    """The `Tracker` protocol in a few dictionaries, with a switch for outages."""

    def __init__(self) -> None:
        self.logged: dict[str, Path] = {}
        self.versions: dict[str, tuple[str, Path]] = {}
        self.aliases: dict[str, str] = {}
        self.calls_left = 10**6
        self.sends = True

    def _call(self) -> None:
        self.calls_left -= 1
        if self.calls_left < 0:
            raise errors.TrackerUnavailableError("no answer")

    def log(self, run: runs.RunRecord, folder: Path) -> str | None:
        self._call()
        self.logged[run.run_id] = folder
        return f"remote-{run.run_id}" if self.sends else None

    def register(self, run: runs.RunRecord, folder: Path) -> str:
        self._call()
        version = str(len(self.versions) + 1)
        self.versions[version] = (run.run_id, folder / runs.BUNDLE)
        return version

    def set_alias(self, alias: str, version: str) -> bool:
        self._call()
        if version not in self.versions:
            raise errors.UnknownVersionError(f"the registry has no version {version}")
        self.aliases[alias] = version
        return self.sends

    def resolve(self, alias: str) -> tracker.RegisteredModel | None:
        self._call()
        version = self.aliases.get(alias)
        if version is None:
            return None
        return tracker.RegisteredModel(version, self.versions[version][0])

    def fetch_bundle(self, version: str, destination: Path) -> Path:
        self._call()
        return Path(shutil.copytree(self.versions[version][1], destination / "bundle"))


@pytest.fixture
def store(trained_store: runs.RunStore, tmp_path: Path) -> runs.RunStore:
    """A copy of the trained session, free to change."""
    return runs.RunStore(Path(shutil.copytree(trained_store.root, tmp_path / "runs")))


@pytest.fixture
def models(tmp_path: Path, real_schema: schema.Schema) -> model_store.ModelStore:
    return model_store.ModelStore(tmp_path / "models", real_schema)


Promote = Callable[..., registry.Promotion]


@pytest.fixture
def promote(
    models: model_store.ModelStore,
    frame: pd.DataFrame,
    real_schema: schema.Schema,
    real_params: params.TrainingParams,
) -> Promote:
    """`registry.promote` on the real data, asked with a tracker and, if need be, a report."""

    def run(
        remote: MemoryTracker,
        report: Callable[[list[gate.Finding]], None] = lambda _findings: None,
        limits: dict[str, float] | None = None,
    ) -> registry.Promotion:
        changed = real_params.gate.model_copy(update=limits or {})
        chosen = real_params.model_copy(update={"gate": changed})
        return registry.promote(frame, real_schema, chosen, remote, models, report)

    return run


def test_every_run_is_sent_once_and_the_winner_becomes_challenger(store: runs.RunStore) -> None:
    remote = MemoryTracker()
    sent = registry.deliver(remote, store)
    assert {run.run_id for run in sent} == set(remote.logged)
    winner = next(run for run in store.all() if run.winner)
    assert remote.aliases == {tracker.CHALLENGER: winner.version}
    assert registry.deliver(remote, store) == []


def test_an_interrupted_delivery_is_taken_up_where_it_stopped(store: runs.RunStore) -> None:
    remote = MemoryTracker()
    remote.calls_left = 1
    with pytest.raises(errors.TrackerUnavailableError):
        registry.deliver(remote, store)
    assert [run.remote_id is not None for run in store.all()] == [True, False]
    remote.calls_left = 10
    (sent,) = registry.deliver(remote, store)
    assert sent.winner


def test_what_a_tracker_keeps_on_this_machine_is_told_to_it_again(store: runs.RunStore) -> None:
    remote = MemoryTracker()
    remote.sends = False
    assert registry.deliver(remote, store) == []
    assert tracker.CHALLENGER in remote.aliases
    registered, remote.aliases = dict(remote.versions), {}
    remote.sends = True
    sent = registry.deliver(remote, store)
    assert [run.run_id for run in sent] == [run.run_id for run in store.all()]
    assert remote.versions == registered
    assert tracker.CHALLENGER in remote.aliases
    assert store.unsent_aliases() == {}


def test_a_challenger_that_passes_is_served(
    store: runs.RunStore,
    models: model_store.ModelStore,
    promote: Promote,
) -> None:
    remote = MemoryTracker()
    registry.deliver(remote, store)
    reported: list[gate.Finding] = []
    promotion = promote(remote, reported.extend)
    champion = models.champion()
    assert champion is not None
    assert (champion.bundle, champion.version) == (promotion.bundle, promotion.version)
    assert reported == promotion.findings
    again = promote(remote)
    assert CHAMPION_RULE in {finding.rule for finding in again.findings}


def test_a_challenger_that_fails_changes_nothing(
    store: runs.RunStore,
    models: model_store.ModelStore,
    promote: Promote,
) -> None:
    remote = MemoryTracker()
    registry.deliver(remote, store)
    with pytest.raises(errors.GateError, match=IMPOSSIBLE_RULE):
        promote(remote, limits=IMPOSSIBLE)
    assert models.champion() is None


# No project has such a seed or share; the last is how models were recorded before their share was.
SPLITS = (
    {"seed": -1, "test_fraction": 0.25},
    {"seed": 42, "test_fraction": 1.0},
    {"seed": 42},
)


def _trained_with(folder: Path, split: dict[str, float]) -> None:
    manifest = bundle.read_manifest(folder)
    bundle.write_manifest(folder, msgspec.structs.replace(manifest, params=split))


@pytest.mark.parametrize("split", SPLITS)
def test_a_challenger_of_another_split_is_refused(
    split: dict[str, float],
    store: runs.RunStore,
    models: model_store.ModelStore,
    promote: Promote,
) -> None:
    remote = MemoryTracker()
    registry.deliver(remote, store)
    ((_, folder),) = remote.versions.values()
    _trained_with(folder, split)
    with pytest.raises(errors.GateError, match=r"version 1 was trained with .*; train again"):
        promote(remote)
    assert models.champion() is None


@pytest.mark.parametrize("split", SPLITS)
def test_a_champion_of_another_split_needs_a_review(
    split: dict[str, float],
    store: runs.RunStore,
    models: model_store.ModelStore,
    promote: Promote,
) -> None:
    remote = MemoryTracker()
    registry.deliver(remote, store)
    promote(remote)
    champion = models.champion()
    assert champion is not None
    _trained_with(models.folder(champion), split)
    (finding,) = (one for one in promote(remote).findings if one.rule == CHAMPION_RULE)
    assert (finding.verdict, finding.limit) == ("review", gate.OTHER_SPLIT)


def test_without_a_challenger_the_message_says_to_train(
    promote: Promote,
) -> None:
    with pytest.raises(errors.GateError, match="train first"):
        promote(MemoryTracker())


def test_a_registered_bundle_that_was_altered_is_refused(
    store: runs.RunStore,
    models: model_store.ModelStore,
    promote: Promote,
) -> None:
    remote = MemoryTracker()
    registry.deliver(remote, store)
    ((_, folder),) = remote.versions.values()
    (folder / bundle.MODEL_FILE).write_bytes(b"altered")
    with pytest.raises(errors.ModelError, match="corrupt"):
        promote(remote)
    assert models.champion() is None


def test_an_alias_that_could_not_be_set_is_announced_and_sent_later(
    store: runs.RunStore,
) -> None:
    remote = MemoryTracker()
    registry.deliver(remote, store)
    remote.calls_left = 0
    with pytest.raises(errors.TrackerUnavailableError, match="version 1 is served, but"):
        registry.name_champion(lambda: remote, store, "1")
    assert tracker.CHAMPION not in remote.aliases
    remote.calls_left = 1
    registry.deliver(remote, store)
    assert remote.aliases[tracker.CHAMPION] == "1"


def test_an_alias_that_is_sent_is_sent_once(store: runs.RunStore) -> None:
    remote = MemoryTracker()
    registry.deliver(remote, store)
    registry.name_champion(lambda: remote, store, "1")
    assert remote.aliases[tracker.CHAMPION] == "1"
    remote.calls_left = 0
    assert registry.deliver(remote, store) == []


def test_an_alias_that_cannot_be_set_holds_up_no_other(store: runs.RunStore) -> None:
    remote = MemoryTracker()
    store.note_alias(tracker.CHAMPION, "9")
    with pytest.raises(errors.UnknownVersionError, match="no version 9"):
        registry.deliver(remote, store)
    assert remote.aliases == {tracker.CHALLENGER: "1"}


def test_an_alias_of_another_registry_is_announced_and_holds_up_nothing(
    store: runs.RunStore,
) -> None:
    remote = MemoryTracker()
    with pytest.raises(errors.UnknownVersionError, match="version 9 is served, but the registry"):
        registry.name_champion(lambda: remote, store, "9")
    assert len(registry.deliver(remote, store)) == len(store.all())
