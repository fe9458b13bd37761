"""The registry of a machine without an account."""

from pathlib import Path

import pytest

from tests.hosted_parts import local_registry
from tests.package import bundle, errors


@pytest.fixture
def registry(tmp_path: Path) -> local_registry.LocalRegistry:
    return local_registry.LocalRegistry(tmp_path / "registry")


def test_a_version_that_is_there_stays_as_it_is(
    registry: local_registry.LocalRegistry, bundle_folder: Path, tmp_path: Path
) -> None:
    registry.add(bundle_folder, "1.0.0")
    other = tmp_path / "other"
    other.mkdir()
    registry.add(other, "1.0.0")
    fetched = registry.fetch("1.0.0", tmp_path / "fetched")
    assert bundle.digests(fetched) == bundle.digests(bundle_folder)


def test_a_copy_that_breaks_off_leaves_no_version(
    registry: local_registry.LocalRegistry, bundle_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_the_disk(_source: Path, destination: Path) -> Path:
        destination.mkdir()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copytree", fill_the_disk)
    with pytest.raises(OSError, match="No space"):
        registry.add(bundle_folder, "1.0.0")
    assert list(registry.root.iterdir()) == []


def test_an_alias_points_at_a_version_that_exists(
    registry: local_registry.LocalRegistry, bundle_folder: Path
) -> None:
    registry.add(bundle_folder, "1.0.0")
    # Not for good: the service may have it, so who keeps the alias must ask again.
    with pytest.raises(errors.TrackerUnavailableError, match=r"version 2\.0\.0; it has 1\.0\.0"):
        registry.set_alias("champion", "2.0.0")
    assert registry.resolve("champion") is None


def test_an_alias_of_the_service_is_mirrored_if_its_version_is_here(
    registry: local_registry.LocalRegistry, bundle_folder: Path
) -> None:
    registry.add(bundle_folder, "1.0.0")
    registry.mirror_alias("champion", "1.0.0")
    registry.mirror_alias("champion", "2.0.0")
    found = registry.resolve("champion")
    assert found is not None
    assert found.version == "1.0.0"


def test_damaged_aliases_are_named(
    registry: local_registry.LocalRegistry, bundle_folder: Path
) -> None:
    registry.add(bundle_folder, "1.0.0")
    (registry.root / local_registry.ALIASES_FILE).write_text("[", encoding="utf-8")
    with pytest.raises(errors.ProjectError, match=r"aliases\.json is no valid list of aliases"):
        registry.resolve("champion")
