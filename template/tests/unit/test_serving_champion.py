"""The model in service: taken when it is sound, refused when it is not."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from tests.bundles import SMALL, publish, write_bundle
from tests.package import bundle, champion, model_store, schema


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def slot(models: Path) -> champion.ChampionSlot:
    """A slot that serves version 1."""
    publish(models, SMALL, "1")
    slot = champion.ChampionSlot(model_store.ModelStore(models, SMALL), SMALL)
    slot.refresh()
    return slot


def version(slot: champion.ChampionSlot) -> str | None:
    return slot.served.champion.version if slot.served else None


def test_before_the_first_promotion_nothing_is_served(models: Path) -> None:
    slot = champion.ChampionSlot(model_store.ModelStore(models, SMALL), SMALL)
    slot.refresh()
    assert (slot.served, slot.refusal) == (None, None)


def test_a_new_champion_takes_over(slot: champion.ChampionSlot, models: Path) -> None:
    publish(models, SMALL, "2", bias=1.0)
    slot.refresh()
    assert version(slot) == "2"


def test_the_same_champion_is_not_loaded_twice(slot: champion.ChampionSlot) -> None:
    before = slot.served
    slot.refresh()
    assert slot.served is before


def test_a_pointer_that_vanishes_leaves_the_model_in_service(
    slot: champion.ChampionSlot, models: Path
) -> None:
    (models / model_store.POINTER_FILE).unlink()
    slot.refresh()
    assert version(slot) == "1"


def _corrupt(models: Path, found: model_store.Champion) -> None:
    (models / found.bundle / bundle.MODEL_FILE).write_bytes(b"torn")


def _remove(models: Path, found: model_store.Champion) -> None:
    (models / found.bundle / bundle.MANIFEST_FILE).unlink()


def _break_pointer(models: Path, _: model_store.Champion) -> None:
    (models / model_store.POINTER_FILE).write_text("{", encoding="utf-8")


def _misname(models: Path, found: model_store.Champion) -> None:
    (models / found.bundle).rename(models / "other")
    pointer = msgspec.structs.replace(found, bundle="other")
    (models / model_store.POINTER_FILE).write_bytes(msgspec.json.encode(pointer))


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (_corrupt, "model.onnx is corrupt"),
        (_remove, "has no manifest.json"),
        (_break_pointer, "is no valid pointer"),
        (_misname, "the bundle in other is"),
    ],
)
def test_a_damaged_champion_is_refused_once_and_the_old_one_serves_on(
    slot: champion.ChampionSlot,
    models: Path,
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[Path, model_store.Champion], None],
    reason: str,
) -> None:
    damage(models, publish(models, SMALL, "2", bias=1.0))
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            slot.refresh()
    assert version(slot) == "1"
    assert reason in str(slot.refusal)
    assert slot.refusals == 1
    assert [reason in record.message for record in caplog.records] == [True]


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({bundle.MODEL_FILE: b"no graph"}, "no loadable ONNX graph"),
        ({bundle.REFERENCE_FILE: b'{"rows": 1}'}, "no drift reference"),
        ({bundle.REFERENCE_FILE: b'{"rows": 0, "features": {}}'}, "other features"),
    ],
)
def test_a_bundle_of_foreign_content_is_refused(
    models: Path, tmp_path: Path, parts: dict[str, bytes], reason: str
) -> None:
    write_bundle(tmp_path / "foreign", SMALL, parts=parts)
    store = model_store.ModelStore(models, SMALL)
    store.publish(tmp_path / "foreign", "1")
    slot = champion.ChampionSlot(store, SMALL)
    slot.refresh()
    assert slot.served is None
    assert reason in str(slot.refusal)


def test_a_bundle_under_another_name_is_refused(models: Path) -> None:
    found = publish(models, SMALL, "1")
    (models / found.bundle).rename(models / "renamed")
    pointer = msgspec.structs.replace(found, bundle="renamed")
    (models / model_store.POINTER_FILE).write_bytes(msgspec.json.encode(pointer))
    slot = champion.ChampionSlot(model_store.ModelStore(models, SMALL), SMALL)
    slot.refresh()
    assert slot.served is None
    assert f"the bundle in renamed is {found.bundle}" in str(slot.refusal)


def test_a_model_of_another_schema_is_refused(models: Path) -> None:
    publish(models, SMALL, "1")
    other: schema.Schema = replace(SMALL, features=SMALL.features[1:])
    slot = champion.ChampionSlot(model_store.ModelStore(models, other), other)
    slot.refresh()
    assert "train again" in str(slot.refusal)


def test_a_repaired_champion_is_taken(slot: champion.ChampionSlot, models: Path) -> None:
    found = publish(models, SMALL, "2", bias=1.0)
    file = models / found.bundle / bundle.MODEL_FILE
    content = file.read_bytes()
    file.write_bytes(b"torn")
    slot.refresh()
    file.write_bytes(content)
    slot.refresh()
    assert (version(slot), slot.refusal) == ("2", None)


def test_a_rollback_ends_the_refusal(slot: champion.ChampionSlot, models: Path) -> None:
    pointer = models / model_store.POINTER_FILE
    old = pointer.read_bytes()
    _corrupt(models, publish(models, SMALL, "2", bias=1.0))
    slot.refresh()
    pointer.write_bytes(old)
    slot.refresh()
    assert (version(slot), slot.refusal) == ("1", None)


def test_the_watch_finds_a_new_champion_by_itself(
    slot: champion.ChampionSlot, models: Path
) -> None:
    async def until_version_2() -> None:
        watching = asyncio.create_task(slot.watch(0.01))
        while version(slot) != "2":
            await asyncio.sleep(0.01)
        watching.cancel()

    publish(models, SMALL, "2", bias=1.0)
    asyncio.run(asyncio.wait_for(until_version_2(), timeout=5))
