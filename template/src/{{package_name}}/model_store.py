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

import msgspec

from .bundle import read_manifest, read_verified
from .errors import ModelError
from .schema import Schema

POINTER_FILE = "champion.json"


class Published(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A bundle of the store, and its version in the registry."""

    bundle: str
    version: str


class Champion(Published, frozen=True, forbid_unknown_fields=True):
    """The pointer: the bundle that is served, and the one to go back to."""

    previous: Published | None


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
            return msgspec.json.decode(path.read_bytes(), type=Champion)
        except FileNotFoundError:
            return None
        except ValueError as error:  # msgspec's own errors, and text that is no UTF-8
            raise ModelError(f"{path} is no valid pointer: {error}") from None

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
            self._point(champion)
        self._prune(champion)
        return champion

    def roll_back(self) -> Champion:
        """Make the bundle before the champion the champion again; the two change places.

        Raises:
            ModelError: there is none, or it is corrupt or foreign.
            OSError: the disk is full or read-only; the store is as it was.
        """
        present = self.champion()
        if present is None or present.previous is None:
            raise ModelError(f"{self.root} holds no model to go back to")
        back = present.previous
        read_verified(self.root / back.bundle, self._schema)
        left = Published(bundle=present.bundle, version=present.version)
        champion = Champion(bundle=back.bundle, version=back.version, previous=left)
        self._point(champion)
        return champion

    def _point(self, champion: Champion) -> None:
        with tempfile.TemporaryDirectory(dir=self.root, prefix=".incoming-") as scratch:
            pointer = Path(scratch) / POINTER_FILE
            text = msgspec.json.format(msgspec.json.encode(champion), indent=2)
            pointer.write_bytes(text + b"\n")
            with pointer.open("rb") as handle:
                os.fsync(handle.fileno())
            pointer.replace(self.root / POINTER_FILE)

    def _prune(self, champion: Champion) -> None:
        keep = {champion.bundle, champion.previous.bundle if champion.previous else None}
        for folder in self.root.iterdir():
            if folder.is_dir() and not folder.name.startswith(".") and folder.name not in keep:
                shutil.rmtree(folder)


def _before(champion: Champion | None, bundle_id: str) -> Published | None:
    """The bundle to go back to; promoting the champion once more keeps the one it has."""
    if champion is None:
        return None
    if champion.bundle == bundle_id:
        return champion.previous
    return Published(bundle=champion.bundle, version=champion.version)
