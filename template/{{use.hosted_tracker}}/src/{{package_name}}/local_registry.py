"""The model registry of this machine, for who has no key: bundles by version, and aliases.

    <root>/<version>/      a bundle, as it was registered
    <root>/aliases.json    alias -> version

Both appear by an atomic rename: an interruption leaves the old state or the new one.
"""

import shutil
import tempfile
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from .bundle import read_manifest
from .errors import ProjectError, TrackerUnavailableError
from .runs import BUNDLE
from .tracker import RegisteredModel

ALIASES_FILE = "aliases.json"

_ALIASES = TypeAdapter(dict[str, str])


class LocalRegistry:
    """Versions and aliases below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def add(self, bundle: Path, version: str) -> None:
        """Copy a bundle; one that is there stays as it is."""
        target = self.root / version
        if target.exists():
            return
        self.root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.root, prefix=".incoming-") as scratch:
            shutil.copytree(bundle, Path(scratch) / version).replace(target)

    def set_alias(self, alias: str, version: str) -> None:
        """Point an alias at a version.

        Raises:
            TrackerUnavailableError: the registry has no such version; the message lists those it
                has. The service may have it, and cannot be asked without a key.
        """
        if version not in self._versions():
            known = ", ".join(self._versions()) or "none"
            raise TrackerUnavailableError(
                f"{self.root} has no version {version}; it has {known}. "
                "Only with a key is the service asked"
            )
        path = self.root / ALIASES_FILE
        incoming = path.with_name(f".{ALIASES_FILE}")
        incoming.write_bytes(_ALIASES.dump_json(self._aliases() | {alias: version}, indent=2))
        incoming.replace(path)

    def mirror_alias(self, alias: str, version: str) -> None:
        """Point an alias as the service has done, if the version was registered from here."""
        if version in self._versions():
            self.set_alias(alias, version)

    def resolve(self, alias: str) -> RegisteredModel | None:
        """The version an alias points at, or None."""
        version = self._aliases().get(alias)
        if version is None:
            return None
        return RegisteredModel(version, read_manifest(self.root / version).run_id)

    def fetch(self, version: str, destination: Path) -> Path:
        """Copy the bundle of a version below `destination`; return its folder."""
        return Path(shutil.copytree(self.root / version, destination / BUNDLE))

    def _versions(self) -> list[str]:
        folders = (path.name for path in self.root.glob("[!.]*") if path.is_dir())
        return sorted(folders)

    def _aliases(self) -> dict[str, str]:
        path = self.root / ALIASES_FILE
        try:
            return _ALIASES.validate_json(path.read_bytes())
        except FileNotFoundError:
            return {}
        except ValidationError as error:
            raise ProjectError(
                f"{path} is no valid list of aliases ({error.errors()[0]['msg']}); delete it, "
                "train, and promote again"
            ) from None
