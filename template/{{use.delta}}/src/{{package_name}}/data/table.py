"""A CSV file as the versions of one Delta table, on disk or in a bucket.

Each column has a type, which every later version has to keep. One more column holds the number of
the row, since a table has no order of its own.
"""

import csv
import io
from collections.abc import Callable, Sequence
from typing import NamedTuple

from arro3.core import Array, DataType, Table
from deltalake import CommitProperties, DeltaTable, QueryBuilder, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from ..errors import DataError

ROW = "row_number"
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


KINDS = {
    "long": Kind(int, str, DataType.int64()),
    "double": Kind(float, repr, DataType.float64()),
    "string": Kind(str, str, DataType.string()),
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

    def digests(self) -> set[str]:
        """SHA-256 of each published version, as its writer noted it."""
        return {str(entry["sha256"]) for entry in self._open().history() if "sha256" in entry}

    def read(self, version: int) -> str:
        """A version as CSV.

        Raises:
            DataError: the table does not have it, or a part of it is missing or damaged.
        """
        try:
            table = self._open(version)
            query = QueryBuilder().register("versions", table)
            rows = query.execute(f'select * from versions order by "{ROW}"').read_all()  # noqa: S608  # a constant
        except DataError:
            raise
        except Exception as error:  # noqa: BLE001  # the engine raises nothing narrower
            raise DataError(f"version {version} of {self.address}: {_first_line(error)}") from None
        kinds = _kinds(table)
        columns = []
        for name, kind in kinds.items():
            cells = rows.column(name).to_pylist()
            columns.append(["" if cell is None else kind.write(cell) for cell in cells])
        return _csv(list(kinds), list(zip(*columns, strict=True)))

    def write(self, text: str, digest: str) -> int:
        """Add a version, in one transaction; returns its number.

        Raises:
            DataError: the rows do not fit the table's schema, or another writer came first.
        """
        names, rows = _parse(text)
        try:
            table = self._open() if self.exists() else None
            kinds = _kinds(table) if table else _inferred(names, rows)
            write_deltalake(
                table or self.address,
                _typed(names, rows, kinds),
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
            raise DataError(f"{self.address}: {_first_line(error)}") from None
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
            raise DataError(f"{named}{self.address}: {_first_line(error)}") from None


def _kinds(table: DeltaTable) -> dict[str, Kind]:
    fields = {field.name: str(getattr(field.type, "type", "")) for field in table.schema().fields}
    for name, kind in fields.items():
        if kind not in KINDS:
            raise DataError(
                f"column {name} of the table is {kind or 'nested'}, and a data file holds "
                f"{', '.join(KINDS)}: another program has written it"
            )
    return {name: KINDS[kind] for name, kind in fields.items() if name != ROW}


def _inferred(names: list[str], rows: list[list[str]]) -> dict[str, Kind]:
    """The narrowest kind that gives every cell of a column back as it was; empty is missing."""
    columns = [[cell for cell in column if cell] or [""] for column in zip(*rows, strict=True)]
    return {
        name: next(kind for kind in KINDS.values() if all(_same(kind, c) for c in column))
        for name, column in zip(names, columns, strict=True)
    }


def _same(kind: Kind, cell: str) -> bool:
    try:
        return kind.write(kind.read(cell)) == cell
    except ValueError:
        return False


def _typed(names: list[str], rows: list[list[str]], kinds: dict[str, Kind]) -> Table:
    if names != list(kinds):
        raise DataError(
            f"the columns are {', '.join(names)}, and the table's are {', '.join(kinds)}: a table "
            "keeps its columns, docs/data.md says how to begin another one"
        )
    columns = {ROW: Array(range(1, len(rows) + 1), DataType.int64())}
    for at, (name, kind) in enumerate(kinds.items()):
        cells = []
        for number, row in enumerate(rows, 1):
            missing = not row[at] and kind is not KINDS["string"]
            if not (missing or _same(kind, row[at])):
                raise DataError(
                    f"column {name}, row {number}: {row[at]!r} is not what the table holds there, "
                    f"{kind.type}"
                )
            cells.append(None if missing else kind.read(row[at]))
        columns[name] = Array(cells, kind.type)
    return Table.from_arrays(list(columns.values()), names=list(columns))


def _parse(text: str) -> tuple[list[str], list[list[str]]]:
    names, *rows = list(csv.reader(io.StringIO(text))) or [[]]
    if not rows:
        raise DataError("the data file has no rows")
    for number, row in enumerate(rows, 1):
        if len(row) != len(names):
            raise DataError(f"row {number} has {len(row)} cells under {len(names)} columns")
    if _csv(names, rows) != text:
        raise DataError(
            "the data file has line ends or quotes that a table cannot give back: lines end with "
            "one line feed, and only cells with commas, quotes or line feeds are quoted"
        )
    return names, rows


def _csv(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([names, *rows])
    return out.getvalue()


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]
