"""Publishing a champion is all or nothing."""

import shutil
from pathlib import Path

import msgspec
import pytest

from tests.kind import answering
from tests.package import bundle, errors, model_store, schema


@pytest.fixture
def store(tmp_path: Path, real_schema: schema.Schema) -> model_store.ModelStore:
    return model_store.ModelStore(tmp_path / "models", real_schema)


def _variant(bundle_folder: Path, target: Path, mark: float) -> Path:
    """The same model with other answers, which makes it another bundle."""
    shutil.copytree(bundle_folder, target)
    manifest = msgspec.structs.replace(bundle.read_manifest(target), answering=answering(mark))
    bundle.write_manifest(target, manifest)
    return target


def test_there_is_no_champion_before_the_first(store: model_store.ModelStore) -> None:
    assert store.champion() is None


def test_a_published_bundle_is_the_champion(
    store: model_store.ModelStore, bundle_folder: Path
) -> None:
    champion = store.publish(bundle_folder, "7")
    assert store.champion() == champion
    assert champion.version == "7"
    assert (store.folder(champion) / bundle.MANIFEST_FILE).is_file()


def test_publishing_twice_changes_nothing(
    store: model_store.ModelStore, bundle_folder: Path
) -> None:
    first = store.publish(bundle_folder, "1")
    assert store.publish(bundle_folder, "1") == first


def test_only_the_champion_and_the_one_before_are_kept(
    store: model_store.ModelStore, bundle_folder: Path, tmp_path: Path
) -> None:
    published = [
        store.publish(_variant(bundle_folder, tmp_path / f"v{n}", n / 10), str(n))
        for n in range(1, 4)
    ]
    kept = {path.name for path in store.root.iterdir() if path.is_dir()}
    assert kept == {published[-1].bundle, published[-2].bundle}


def test_promoting_the_champion_again_keeps_the_way_back(
    store: model_store.ModelStore, bundle_folder: Path, tmp_path: Path
) -> None:
    first = store.publish(_variant(bundle_folder, tmp_path / "first", 0.1), "1")
    again = _variant(bundle_folder, tmp_path / "second", 0.2)
    second = store.publish(again, "2")
    assert second.previous is not None
    assert second.previous.bundle == first.bundle
    assert store.publish(again, "2") == second
    assert store.folder(first).is_dir()


def test_a_corrupt_bundle_is_refused_and_the_champion_stays(
    store: model_store.ModelStore, bundle_folder: Path, tmp_path: Path
) -> None:
    champion = store.publish(bundle_folder, "1")
    broken = _variant(bundle_folder, tmp_path / "broken", 0.9)
    (broken / bundle.MODEL_FILE).write_bytes(b"garbage")
    with pytest.raises(errors.ModelError, match=r"model\.onnx is corrupt"):
        store.publish(broken, "2")
    assert store.champion() == champion


def test_a_full_disk_leaves_the_champion_and_no_rubbish(
    store: model_store.ModelStore,
    bundle_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    champion = store.publish(bundle_folder, "1")
    before = sorted(path.name for path in store.root.iterdir())

    def full(*_arguments: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copytree", full)
    with pytest.raises(OSError, match="No space left"):
        store.publish(bundle_folder, "2")
    assert store.champion() == champion
    assert sorted(path.name for path in store.root.iterdir()) == before
    assert tmp_path.is_dir()


def test_a_damaged_pointer_is_named(store: model_store.ModelStore) -> None:
    store.root.mkdir()
    (store.root / model_store.POINTER_FILE).write_text("{}", encoding="utf-8")
    with pytest.raises(errors.ModelError, match=r"champion\.json is no valid pointer"):
        store.champion()


def test_going_back_changes_champion_and_previous(
    store: model_store.ModelStore, bundle_folder: Path, tmp_path: Path
) -> None:
    first = store.publish(_variant(bundle_folder, tmp_path / "v1", 0.1), "1")
    second = store.publish(_variant(bundle_folder, tmp_path / "v2", 0.2), "2")
    back = store.roll_back()
    assert (back.bundle, back.version) == (first.bundle, "1")
    assert store.champion() == back
    assert store.roll_back() == second


def test_without_an_earlier_model_there_is_nothing_to_go_back_to(
    store: model_store.ModelStore, bundle_folder: Path
) -> None:
    champion = store.publish(bundle_folder, "1")
    with pytest.raises(errors.ModelError, match="no model to go back to"):
        store.roll_back()
    assert store.champion() == champion


def test_a_damaged_earlier_model_is_not_served(
    store: model_store.ModelStore, bundle_folder: Path, tmp_path: Path
) -> None:
    first = store.publish(_variant(bundle_folder, tmp_path / "v1", 0.1), "1")
    second = store.publish(_variant(bundle_folder, tmp_path / "v2", 0.2), "2")
    (store.folder(first) / bundle.MODEL_FILE).write_bytes(b"garbage")
    with pytest.raises(errors.ModelError, match="corrupt"):
        store.roll_back()
    assert store.champion() == second
