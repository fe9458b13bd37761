"""The folder that links training to serving: verified bundles, and a pointer to the champion.

    models/<bundle id>/     a bundle
    models/champion.json    which one is served

The service reads only this folder. It needs no tracker, and a tracker that is down cannot stop
it. Both the bundle and the pointer appear by an atomic rename: a reader sees the old state or
the new one, and a full disk leaves the old.
"""

import os
import shutil
import tempfile
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from .bundle import read_manifest, read_verified
from .errors import ModelError
from .schema import Schema

POINTER_FILE = "champion.json"


class Champion(BaseModel):
    """The pointer: the bundle that is served, and its version in the registry."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bundle: str
    version: str
    previous: str | None


class ModelStore:
    """Reads and publishes champions below one folder."""

    def __init__(self, root: Path, schema: Schema) -> None:
        self.root = root
        self._schema = schema

    def champion(self) -> Champion | None:
        """The present champion, or None before the first promotion.

        Raises:
            ModelError: the pointer is no valid JSON of its form.
        """
        path = self.root / POINTER_FILE
        try:
            return Champion.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError as error:
            raise ModelError(f"{path} is no valid pointer: {error.errors()[0]['msg']}") from None

    def folder(self, champion: Champion) -> Path:
        """The bundle's folder."""
        return self.root / champion.bundle

    def publish(self, bundle: Path, version: str) -> Champion:
        """Copy a bundle into the store, verify the copy, and make it the champion.

        Only the champion and the one before it are kept: a service that is just loading the
        previous bundle still finds it.

        Raises:
            ModelError: the bundle is corrupt or foreign.
            OSError: the disk is full or read-only; the store is as it was.
        """
        before = self.champion()
        bundle_id = read_manifest(bundle).bundle_id
        self.root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.root, prefix=".incoming-") as scratch:
            copy = Path(scratch) / bundle_id
            shutil.copytree(bundle, copy)
            read_verified(copy, self._schema)
            target = self.root / bundle_id
            if not target.exists():
                copy.replace(target)
            champion = Champion(
                bundle=bundle_id, version=version, previous=_before(before, bundle_id)
            )
            pointer = Path(scratch) / POINTER_FILE
            pointer.write_text(champion.model_dump_json(indent=2) + "\n", encoding="utf-8")
            with pointer.open("rb") as handle:
                os.fsync(handle.fileno())
            pointer.replace(self.root / POINTER_FILE)
        self._prune(champion)
        return champion

    def _prune(self, champion: Champion) -> None:
        keep = {champion.bundle, champion.previous}
        for folder in self.root.iterdir():
            if folder.is_dir() and not folder.name.startswith(".") and folder.name not in keep:
                shutil.rmtree(folder)


def _before(champion: Champion | None, bundle_id: str) -> str | None:
    """The bundle to go back to; promoting the champion once more keeps the one it has."""
    if champion is None:
        return None
    return champion.previous if champion.bundle == bundle_id else champion.bundle
