"""The versioned data set, with DVC.

Git holds `data/raw/dataset.csv.dvc`, a few lines with the file's hash; DVC keeps the file itself
in a remote. The remote of a new project is the folder `data/remote`, so that a fresh clone needs
no account; `docs/data.md` moves it to a bucket.
"""

import hashlib
import subprocess
from pathlib import Path
from typing import Any

import yaml

from ..errors import DataError
from ..provenance import file_sha256

# GitHub warns of larger files, and every clone carries them for good.
MAX_GIT_BYTES = 50_000_000


class DataStore:
    """Fetches and publishes versions of one file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._pointer = file.with_name(f"{file.name}.dvc")
        # Once the remote is a bucket, the folder is gone.
        self._bundled = file.parents[1] / "remote"

    def fetch(self) -> Path:
        """Bring the file to the version that the present commit names.

        Raises:
            DataError: the pointer is missing or damaged, the remote does not hold that version or
                holds other bytes, or the file has changes that were never published.
        """
        version = self.version()
        self._dvc("pull", self._pointer, f", version {version}")
        # DVC takes what a bucket sends for what it has asked for.
        if _md5(self.file) != version:
            self._discard(version)
            raise DataError(f"the remote has other bytes than version {version} of {self.file}")
        return self.file

    def publish(self) -> str:
        """Make the file as it is now a new version and send it to the remote; return its version.

        Commit the changed pointer file afterwards: it is what names the version.

        Raises:
            DataError: the file is missing or too large for a remote in git, or the remote
                refuses it.
        """
        if not self.file.is_file():
            raise DataError(f"{self.file} does not exist; there is nothing to publish")
        if self._bundled.is_dir():
            _refuse_large(str(self.file), self.file.stat().st_size)
        self._dvc("add", self.file)
        self._dvc("push", self._pointer)
        return self.version()

    def guard(self) -> None:
        """Refuse a commit of the data file itself, or of a pointer to what nobody else can fetch.

        Raises:
            DataError: the file, what is too large for git, or a pointer that is damaged or whose
                content is neither staged nor in the remote.
        """
        listing = ("diff", "--cached", "--name-only", "--diff-filter=d", "-z")
        staged = self._git(*listing, "--", str(self.file.parents[1])).split("\0")[:-1]
        names = {Path(path).name for path in staged}
        if self.file.name in names:
            raise DataError(
                f"{self.file} is staged, and git holds its pointer only: "
                f"take it back with `git rm --cached {self.file}`"
            )
        for path in staged:
            _refuse_large(path, int(self._git("cat-file", "-s", f":{path}")))
        if self._pointer.name in names:
            self._refuse_unsent(self.version())

    def version(self) -> str:
        """The version that the present commit names: DVC's MD5 of the file.

        Raises:
            DataError: the pointer is missing or damaged.
        """
        try:
            content = yaml.safe_load(self._pointer.read_text(encoding="utf-8"))
            return str(content["outs"][0]["md5"])
        except FileNotFoundError:
            raise DataError(f"{self._pointer} does not exist; publish the data set first") from None
        except (yaml.YAMLError, KeyError, IndexError, TypeError):
            raise DataError(f"{self._pointer} is damaged; restore it from git") from None

    def digest(self) -> str:
        """SHA-256 of the file as it is now, which every model records."""
        return file_sha256(self.file)

    def history(self) -> list[str]:
        """Commits that changed the version, the newest first, each as `<hash> <date> <subject>`."""
        return self._git("log", "--format=%h %as %s", "--", str(self._pointer)).splitlines()

    def _refuse_unsent(self, version: str) -> None:
        if self._bundled.is_dir():
            content = self._bundled / "files" / "md5" / version[:2] / version[2:]
            if not self._git("ls-files", "--", str(content)):
                raise DataError(
                    f"version {version} is not staged: publish the data, then "
                    f"`git add {self._bundled}`"
                )
        # What the remote has and this machine has not is sent, too: DVC calls it deleted.
        elif set(
            self._dvc("status", self._pointer, f", version {version}", cloud=True).values()
        ) - {"deleted"}:
            raise DataError(f"version {version} was never sent to the remote: publish it again")

    def _discard(self, version: str) -> None:
        """Take content out of DVC's cache, which is believed from then on, and the file away."""
        from dvc.repo import Repo  # type: ignore[import-untyped]

        with Repo() as repo:
            repo.cache.local.delete(version)
        self.file.unlink()

    def _git(self, *arguments: str) -> str:
        result = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)  # noqa: S603, S607  # fixed words, git from PATH
        if result.returncode != 0:
            raise DataError(f"git {arguments[0]} failed: {result.stderr.strip()}")
        return result.stdout

    def _dvc(self, what: str, target: Path, about: str = "", **options: bool) -> Any:
        # In this process: a command of its own would import DVC anew each time, for a second.
        from dvc.repo import Repo

        try:
            with Repo() as repo:
                return getattr(repo, what)(str(target), **options)
        except Exception as error:  # noqa: BLE001  # the remote's client raises its own
            raise DataError(f"dvc {what} failed for {self.file}{about}: {error}") from None


def _refuse_large(path: str, size: int) -> None:
    if size > MAX_GIT_BYTES:
        raise DataError(
            f"{path} has {size / 1e6:,.1f} MB, too large for git: move the versions to a bucket "
            "first (docs/data.md), then publish"
        )


def _md5(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
