"""The data contract: what `dataset.py` declares, as a Pandera schema for whole tables."""

from pathlib import Path

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from ..errors import DataError
from ..schema import Categorical, Column, Schema
from .labels import label_column

_SHOWN = 5


def _pandera_column(column: Column) -> pa.Column:
    if isinstance(column, Categorical):
        return pa.Column(
            str, pa.Check.isin(column.categories), nullable=column.nullable, name=column.name
        )
    checks = [pa.Check.in_range(column.minimum, column.maximum)]
    if column.integer:
        checks.append(pa.Check(lambda values: values % 1 == 0, error="whole numbers"))
    return pa.Column(float, checks, nullable=column.nullable, coerce=True, name=column.name)


def _all_columns(schema: Schema) -> list[Column]:
    return [
        *schema.features,
        *(p.column for p in schema.protected),
        label_column(schema.target),
    ]


def validate(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Check a table of raw rows against the schema; numbers come back as float64.

    Raises:
        DataError: it names each offending column, what is accepted, and the first bad values
            with their row, counted from 0.
    """
    columns = _all_columns(schema)
    contract = pa.DataFrameSchema({c.name: _pandera_column(c) for c in columns}, strict=True)
    try:
        validated: pd.DataFrame = contract.validate(frame, lazy=True)
    except SchemaErrors as error:
        raise DataError(_describe(error.failure_cases, {c.name: c for c in columns})) from None
    return validated


def load(path: Path, schema: Schema) -> pd.DataFrame:
    """Read and validate the CSV file of a data set.

    Raises:
        DataError: the file is missing, unreadable, empty, or breaks the contract.
    """
    if not path.is_file():
        raise DataError(f"data file {path} does not exist; fetch it with the task 'data'")
    try:
        # Only an empty cell is missing: 'none' and 'NA' are labels like any other.
        frame = pd.read_csv(path, keep_default_na=False, na_values=[""])
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise DataError(f"{path} is no readable CSV file: {error}") from None
    if frame.empty:
        raise DataError(f"{path} has a header and no rows")
    try:
        return validate(frame, schema)
    except DataError as error:
        raise DataError(f"{path} breaks its contract:\n{error}") from None


def _accepted(column: Column | None) -> str:
    if column is None:
        return "not a column of this schema"
    empty = ", or empty" if column.nullable else ""
    if isinstance(column, Categorical):
        return f"accepted: {', '.join(column.categories)}{empty}"
    kind = "whole numbers" if column.integer else "numbers"
    return f"accepted: {kind} from {column.minimum:g} to {column.maximum:g}{empty}"


def _describe(cases: pd.DataFrame, columns: dict[str, Column]) -> str:
    lines = []
    structural = cases["check"].isin(["column_in_dataframe", "column_in_schema"])
    for case in cases[structural].itertuples():
        name = str(case.failure_case)
        if case.check == "column_in_dataframe":
            lines.append(f"  {name}: the column is missing; {_accepted(columns.get(name))}")
        else:
            lines.append(f"  {name}: unexpected column, {_accepted(None)}")
    for column, group in cases[~structural].groupby("column", sort=False):
        name = str(column)
        rows = group.dropna(subset=["index"]).drop_duplicates("index")
        shown = [f"row {int(r.index_)}: {r.failure_case!r}" for r in _rows(rows)]
        more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
        found = f"; found {', '.join(shown)}{more}" if shown else ""
        lines.append(f"  {name}: {_accepted(columns.get(name))}{found}")
    return "\n".join(lines)


def _rows(rows: pd.DataFrame) -> list:  # type: ignore[type-arg]
    return list(rows.head(_SHOWN).rename(columns={"index": "index_"}).itertuples())
