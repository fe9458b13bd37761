"""A CSV file as the versions of one Delta table, on disk or in a bucket.

Each column has a type, which every later version has to keep. One more column holds the number of
the row, since a table has no order of its own. Rows pass through in batches: a file may be larger
than the memory.
"""

import csv
import hashlib
import io
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema
from deltalake import CommitProperties, DeltaTable, QueryBuilder, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from ..errors import DataError

ROW = "row_number"
BATCH_ROWS = 50_000
MESSAGE_CHARACTERS = 300
# What was replaced within a week may belong to somebody who reads or writes just now.
VACUUM_HOURS = 7 * 24
# Without these, the log forgets after a month what the versions consist of.
KEPT_FOR_GOOD = {
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
}


class Kind(NamedTuple):
    """How the cells of a column are read, stored and written."""

    read: Callable[[str], int | float | str]
    write: Callable[[object], str]
    type: DataType
    accepts: str


KINDS = {
    "long": Kind(int, str, DataType.int64(), "a whole number such as 60"),
    "double": Kind(
        float,
        repr,
        DataType.float64(),
        "a number with its point and without closing zeros, such as 60.0 or 59.8",
    ),
    "string": Kind(str, str, DataType.string(), "any text"),
}


class CsvTable:
    """The table at a path or an address such as `s3://bucket/table`."""

    def __init__(self, address: str) -> None:
        self.address = address

    def exists(self) -> bool:
        """Whether there is a table."""
        return bool(DeltaTable.is_deltatable(self.address))

    def newest(self) -> int:
        """Number of the newest version."""
        return self._open().version()

    def read(self, version: int) -> Iterator[bytes]:
        """A version as CSV, piece by piece.

        Raises:
            DataError: the table does not have it, or a part of it is missing or damaged.
        """
        table = self._open(version)
        kinds = _kinds(table)
        yield _csv([list(kinds)])
        engine = QueryBuilder().register("versions", table)
        try:
            for batch in engine.execute(f'select * from versions order by "{ROW}"'):  # noqa: S608  # a constant
                columns = []
                for name, kind in kinds.items():
                    cells = batch.column(name).to_pylist()
                    columns.append(["" if cell is None else kind.write(cell) for cell in cells])
                yield _csv(zip(*columns, strict=True))
        except Exception as error:  # noqa: BLE001  # the engine raises nothing narrower
            raise DataError(f"version {version} of {self.address}: {_in_short(error)}") from None

    def write(self, file: Path, digest: str) -> int:
        """Add a file with that SHA-256 as a version, in one transaction; returns its number.

        Raises:
            DataError: the rows do not fit the table's schema, or another writer came first.
        """
        try:
            table = self._open() if self.exists() else None
            kinds = _checked(file, digest, _kinds(table) if table else None)
            write_deltalake(
                table or self.address,
                _batches(file, kinds),
                mode="overwrite" if table else "error",
                configuration=None if table else KEPT_FOR_GOOD,
                commit_properties=CommitProperties(custom_metadata={"sha256": digest}),
            )
        except CommitFailedError:
            raise DataError(
                f"somebody else published a version of {self.address} at the same moment. Theirs "
                "is in the table, yours is still in the file: publish it again"
            ) from None
        except (DeltaError, OSError) as error:
            raise DataError(f"{self.address}: {_in_short(error)}") from None
        # By its digest: the newest version may be another writer's by now.
        history = self._open().history()
        return next(int(one["version"]) for one in history if one.get("sha256") == digest)

    def vacuum(self, keep: set[int], hours: int) -> list[str]:
        """Delete the files that none of the versions to keep needs; returns their names."""
        newest = self.newest()
        return self._open().vacuum(
            hours,
            dry_run=False,
            enforce_retention_duration=False,
            keep_versions=sorted({version for version in keep if version <= newest} | {newest}),
        )

    def _open(self, version: int | None = None) -> DeltaTable:
        try:
            return DeltaTable(self.address, version=version)
        except TableNotFoundError:
            raise DataError(f"there is no table at {self.address}") from None
        except (DeltaError, OSError) as error:
            named = "" if version is None else f"version {version} of "
            raise DataError(f"{named}{self.address}: {_in_short(error)}") from None


def _kinds(table: DeltaTable) -> dict[str, Kind]:
    fields = {field.name: str(getattr(field.type, "type", "")) for field in table.schema().fields}
    for name, kind in fields.items():
        if kind not in KINDS:
            raise DataError(
                f"column {name} of the table is {kind or 'nested'}, and a data file holds "
                f"{', '.join(KINDS)}: another program has written it"
            )
    return {name: KINDS[kind] for name, kind in fields.items() if name != ROW}


def _rows(file: Path) -> Iterator[list[str]]:
    with file.open(encoding="utf-8", newline="") as handle:
        yield from csv.reader(handle)


def _checked(file: Path, digest: str, known: dict[str, Kind] | None) -> dict[str, Kind]:
    """The kind of each column, after each cell has been seen to come back as it is."""
    names = next(_rows(file), [])
    if names and known is not None and names != list(known):
        raise DataError(
            f"the columns are {', '.join(names)}, and the table's are {', '.join(known)}: a table "
            "keeps its columns, docs/data.md says how to begin another one"
        )
    possible = [[known[name]] if known else list(KINDS.values()) for name in names]
    filled = [False] * len(names)
    written = hashlib.sha256(_csv([names]))
    number = 0
    for number, row in enumerate(itertools.islice(_rows(file), 1, None), 1):
        if len(row) != len(names):
            raise DataError(f"row {number} has {len(row)} cells under {len(names)} columns")
        for at, cell in enumerate(row):
            if not cell or possible[at] == [KINDS["string"]]:
                continue
            filled[at] = True
            fits = [kind for kind in possible[at] if _same(kind, cell)]
            if not fits:
                raise DataError(
                    f"column {names[at]}, row {number}: {cell!r} is not what the table holds "
                    f"there, {possible[at][0].accepts}"
                )
            possible[at] = fits
        written.update(_csv([row]))
    if not number:
        raise DataError("the data file has no rows")
    if written.hexdigest() != digest:
        raise DataError(
            "the data file has line ends or quotes that would not come back: every line ends with "
            "one line feed, and only cells with commas, quotes or line feeds are quoted"
        )
    # The narrowest one; a column without a cell says nothing, and text may come.
    narrowest = [
        kinds[0] if known or filled[at] else kinds[-1] for at, kinds in enumerate(possible)
    ]
    return dict(zip(names, narrowest, strict=True))


def _same(kind: Kind, cell: str) -> bool:
    try:
        return kind.write(kind.read(cell)) == cell
    except ValueError:
        return False


def _batches(file: Path, kinds: dict[str, Kind]) -> RecordBatchReader:
    """The rows of a file that was checked, typed as they are asked for."""
    types = {ROW: DataType.int64(), **{name: kind.type for name, kind in kinds.items()}}
    schema = Schema([Field(name, one) for name, one in types.items()])

    def typed() -> Iterator[RecordBatch]:
        rows = itertools.islice(_rows(file), 1, None)
        first = 1
        while batch := list(itertools.islice(rows, BATCH_ROWS)):
            columns = [Array(range(first, first + len(batch)), DataType.int64())]
            for kind, cells in zip(kinds.values(), zip(*batch, strict=True), strict=True):
                read = [kind.read(one) if one or kind is KINDS["string"] else None for one in cells]
                columns.append(Array(read, kind.type))
            yield RecordBatch.from_arrays(columns, schema=schema)
            first += len(batch)

    return RecordBatchReader.from_batches(schema, typed())


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8")


def _in_short(error: BaseException) -> str:
    """What an engine says in many lines, with the cause at their end, on one line."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    words = " ".join(re.sub(r"[↳→⇒]|->|=>", " ", plain).split())
    half = MESSAGE_CHARACTERS // 2
    return words if len(words) <= MESSAGE_CHARACTERS else f"{words[:half]} ... {words[-half:]}"
