"""The versioned data set, as a Delta table.

Git holds `data/raw/dataset.csv.json`: where the table is, the number of the version, and the
SHA-256 of the CSV file that this version gives. The table of a new project is the folder
`data/table`, made from `data/seed.csv`; `docs/data.md` moves it to a bucket.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import DataError
from ..provenance import file_sha256
from .table import VACUUM_HOURS, CsvTable

__all__ = ["CsvTable", "DataStore"]

# GitHub warns of larger files, and every clone carries them for good.
MAX_GIT_BYTES = 50_000_000
# What a merge published stands in the merge alone; what lost in one counts as well.
EVERY_CHANGE = ("--full-history", "--diff-merges=separate")


class Pin(NamedTuple):
    """What git holds in place of the data."""

    table: str
    version: int
    sha256: str

    def __str__(self) -> str:
        return f"{self.version}-{self.sha256[:12]}"


class DataStore:
    """Fetches and publishes versions of one file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._pointer = file.with_name(f"{file.name}.json")
        self._seed = file.parents[1] / "seed.csv"

    def fetch(self) -> Path:
        """Bring the file to the version that the present commit names.

        Raises:
            DataError: the pointer is missing or damaged, the table does not hold that version, or
                the file has changes that no commit names.
        """
        pin = self._pin()
        table = CsvTable(self._address(pin))
        if pin.version == 0 and "://" not in table.address and not table.exists():
            self._plant(table)
        if self.file.is_file():
            if (present := self.digest()) == pin.sha256:
                return self.file
            if not self._is_named(present):
                raise DataError(
                    f"{self.file} has changes that no commit names: publish and commit them, or "
                    "delete the file to fetch it again"
                )
        part = self.file.with_name(f"{self.file.name}.part")
        try:
            _export(table, pin, part)
            part.replace(self.file)
        finally:
            part.unlink(missing_ok=True)
        return self.file

    def publish(self) -> str:
        """Make the file as it is now a new version of the table; return its version.

        Commit the changed pointer file afterwards, and the table as long as it is in the project.

        Raises:
            DataError: the file is missing, breaks the table's schema or is too large for a table
                in git, or another writer came first.
        """
        if not self.file.is_file():
            raise DataError(f"{self.file} does not exist; there is nothing to publish")
        before = self._pin() if self._pointer.is_file() else Pin("../table", 0, "")
        if self.digest() != before.sha256:
            if "://" not in before.table:
                _refuse_large(str(self.file), self.file.stat().st_size)
            number = CsvTable(self._address(before)).write(self.file, self.digest())
            pin = Pin(before.table, number, self.digest())
            self._pointer.write_text(json.dumps(pin._asdict(), indent=2) + "\n", encoding="utf-8")
        return self.version()

    def guard(self) -> None:
        """Refuse a commit of the data file itself, or of a pointer to what nobody else can read.

        Raises:
            DataError: the file, a pointer that is damaged or whose version is not staged, or
                what is too large for git.
        """
        listing = ("diff", "--cached", "--name-only", "--diff-filter=d", "-z")
        staged = self._git(*listing, "--", str(self.file.parents[1])).split("\0")[:-1]
        names = {Path(path).name for path in staged}
        if self.file.name in names:
            raise DataError(
                f"{self.file} is staged, and the table holds it: "
                f"take it back with `git rm --cached {self.file}`"
            )
        if self._pointer.name in names:
            pin = self._pin()
            log = f"{self._address(pin)}/_delta_log/{pin.version:020}.json"
            if "://" not in pin.table and not self._git("ls-files", "--", log):
                raise DataError(f"version {pin} is not staged: fetch the data, then `git add data`")
        for path in staged:
            _refuse_large(path, int(self._git("cat-file", "-s", f":{path}")))

    def vacuum(self, hours: int = VACUUM_HOURS) -> list[str]:
        """Delete what belongs to no version that a commit of any branch names.

        Returns:
            The files that were deleted. What was replaced less than some hours ago is kept.

        Raises:
            DataError: this clone does not have every commit.
        """
        if self._git("rev-parse", "--is-shallow-repository").strip() == "true":
            raise DataError("this clone lacks commits, and so versions: `git fetch --unshallow`")
        plain = ("--no-color", "--patch", "--format=", "--", str(self._pointer))
        changes = self._git("log", "--all", *EVERY_CHANGE, *plain)
        named = {
            int(number) for number in re.findall(r'^[+-]\s+"version": (\d+)', changes, re.MULTILINE)
        }
        pin = self._pin()
        return CsvTable(self._address(pin)).vacuum(named | {pin.version}, hours)

    def version(self) -> str:
        """The version that the present commit names: its number, and the beginning of its hash.

        Raises:
            DataError: the pointer is missing or damaged.
        """
        return str(self._pin())

    def digest(self) -> str:
        """SHA-256 of the file as it is now, which every model records."""
        return file_sha256(self.file)

    def history(self) -> list[str]:
        """Commits that changed the version, the newest first, each as `<hash> <date> <subject>`."""
        return self._git("log", "--format=%h %as %s", "--", str(self._pointer)).splitlines()

    def _plant(self, table: CsvTable) -> None:
        """Make the first version from the seed, which every clone has."""
        if not self._seed.is_file():
            raise DataError(f"there is no table at {table.address}, and no {self._seed} to make it")
        table.write(self._seed, file_sha256(self._seed))

    def _is_named(self, digest: str) -> bool:
        """Whether a commit of any branch names these bytes, maybe as a version of another table."""
        search = ("--format=%h", f"-S{digest}", "--", str(self._pointer))
        return self._git("log", "--all", *EVERY_CHANGE, *search) != ""

    def _address(self, pin: Pin) -> str:
        if "://" in pin.table:
            return pin.table
        return (self._pointer.parent.resolve() / pin.table).resolve().as_posix()

    def _pin(self) -> Pin:
        try:
            content: dict[str, Any] = json.loads(self._pointer.read_text(encoding="utf-8"))
            return Pin(str(content["table"]), int(content["version"]), str(content["sha256"]))
        except FileNotFoundError:
            raise DataError(f"{self._pointer} does not exist; publish the data set first") from None
        except (ValueError, KeyError, TypeError):
            raise DataError(f"{self._pointer} is damaged; restore it from git") from None

    def _git(self, *arguments: str) -> str:
        result = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)  # noqa: S603, S607  # fixed words, git from PATH
        if result.returncode != 0:
            raise DataError(f"git {arguments[0]} failed: {result.stderr.strip()}")
        return result.stdout


def _export(table: CsvTable, pin: Pin, path: Path) -> None:
    try:
        with path.open("wb") as out:
            out.writelines(table.read(pin.version))
    except DataError as error:
        raise DataError(f"version {pin} cannot be read: {error}") from None
    if file_sha256(path) != pin.sha256:
        raise DataError(f"{table.address} gives other bytes than version {pin} has")


def _refuse_large(path: str, size: int) -> None:
    if size > MAX_GIT_BYTES:
        raise DataError(
            f"{path} has {size / 1e6:,.1f} MB, too large for git: move the versions to a bucket "
            "first (docs/data.md), then publish"
        )
