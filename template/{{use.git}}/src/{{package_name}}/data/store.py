"""The versioned data set, in git itself.

The data file is committed like any other. Publishing puts it into git's index, so that the next
commit names it; `data/limits.toml` says how large it may be.
"""

import subprocess
import tomllib
from pathlib import Path

from ..errors import DataError
from ..provenance import file_sha256


class DataStore:
    """Fetches and publishes versions of one file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._folder = file.parents[1]
        self._limits = self._folder / "limits.toml"

    def fetch(self) -> Path:
        """Bring the file to the version that is published.

        Raises:
            DataError: git has no such file, its object is missing or damaged, or the file has
                changes that were never published.
        """
        published = self._published()
        if not self.file.is_file():
            if not published:
                raise DataError(f"{self.file} does not exist, and no commit holds it")
            self._git("restore", "--", str(self.file), about=f", version {published}")
        elif published and published != self._hash():
            raise DataError(
                f"{self.file} has changes that were never published: publish them, "
                f"or drop them with `git restore {self.file}`"
            )
        return self.file

    def publish(self) -> str:
        """Make the file as it is now a new version, for the next commit; return its version.

        Raises:
            DataError: the file is missing, or too large for git.
        """
        if not self.file.is_file():
            raise DataError(f"{self.file} does not exist; there is nothing to publish")
        self._refuse_large(self.file.as_posix(), self.file.stat().st_size)
        self._git("add", "--", str(self.file))
        return self.version()

    def guard(self) -> None:
        """Refuse a commit that would put a large file of the data folder into git.

        Raises:
            DataError: a staged file is too large; the message says what holds more.
        """
        self._published()
        staged = ("diff", "--cached", "--name-only", "--diff-filter=d", "-z")
        for path in self._git(*staged, "--", str(self._folder)).split("\0")[:-1]:
            self._refuse_large(path, int(self._git("cat-file", "-s", f":{path}")))

    def version(self) -> str:
        """The version that the next commit names: git's hash of the file.

        Raises:
            DataError: there is no such file, or two versions of it wait to be merged.
        """
        return self._published() or self._hash()

    def digest(self) -> str:
        """SHA-256 of the file as it is now, which every model records."""
        return file_sha256(self.file)

    def history(self) -> list[str]:
        """Commits that changed the version, the newest first, each as `<hash> <date> <subject>`."""
        return self._git("log", "--format=%h %as %s", "--", str(self.file)).splitlines()

    def _published(self) -> str:
        """Git's hash of the file in its index; empty before it was ever added."""
        entries = self._git("ls-files", "--stage", "--", str(self.file)).splitlines()
        if len(entries) > 1:
            raise DataError(
                f"two branches changed {self.file}: take one with `git checkout --ours` or "
                "`--theirs`, or put their rows together; then publish the file"
            )
        return entries[0].split()[1] if entries else ""

    def _hash(self) -> str:
        return self._git("hash-object", "--", str(self.file)).strip()

    def _refuse_large(self, path: str, size: int) -> None:
        limits = tomllib.loads(self._limits.read_text(encoding="utf-8"))
        if size <= limits["max_mb"] * 1_000_000:
            return
        advice = "\n".join(f"  {name}: {when}" for name, when in limits["change_to"].items())
        raise DataError(
            f"{path} has {size / 1e6:,.1f} MB, and git holds {limits['max_mb']:g} MB here "
            f"({self._limits}). Keep your file outside first: docs/change-data-versioning.md. Then "
            f"change with `copier update --trust -d data_versioning=NAME` to\n{advice}"
        )

    def _git(self, *arguments: str, about: str = "") -> str:
        result = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)  # noqa: S603, S607  # fixed words, git from PATH
        if result.returncode != 0:
            raise DataError(
                f"git {arguments[0]} failed for {self.file}{about}: {result.stderr.strip()}"
            )
        return result.stdout
