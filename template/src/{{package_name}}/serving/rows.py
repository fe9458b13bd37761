"""From a request's bytes to records, and every reason to refuse them. All from the schema.

msgspec decodes and validates a good row in about a microsecond, but stops at the first fault
and words it for programmers. So whatever it refuses is read again by a Pydantic model, which
lists every fault. Pydantic's verdict holds; a test proves that the two agree.
"""

import reprlib
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from ..schema import Categorical, Column, Numeric, Schema
from .problems import FieldError, ProblemError

if TYPE_CHECKING:
    from pydantic import BaseModel

Record = dict[str, object]

# A client that gets the columns wrong gets every row wrong; nobody reads 17,000 errors.
MAX_ERRORS = 20

# What msgspec raises: its own errors and UnicodeDecodeError are ValueErrors.
_UNREADABLE = (ValueError, RecursionError)


class RowReader:
    """Reads the bodies of predict and batch requests."""

    def __init__(self, schema: Schema, max_rows: int) -> None:
        self._schema = schema
        self._max_rows = max_rows
        self._accepted = {column.name: accepted(column) for column in schema.features}
        self._fields = f"a JSON object with the fields {', '.join(schema.feature_names)}"
        self._envelope = f"a JSON object whose one field, rows, is a list of 1 to {max_rows} rows"
        self._decode_row: Callable[[Any], Any] = msgspec.json.Decoder(row_struct(schema)).decode
        self._decode_batch = msgspec.json.Decoder(_batch_struct(max_rows)).decode

    @cached_property
    def row_model(self) -> "type[BaseModel]":
        """The strict model that has the last word about a row."""
        # Good rows never need it, and to import Pydantic takes as long as to load the model.
        from .row_models import row_model

        return row_model(self._schema)

    @cached_property
    def batch_model(self) -> "type[BaseModel]":
        """The model of a batch, for documentation."""
        from .row_models import batch_model

        return batch_model(self.row_model, self._max_rows)

    def read(self, body: bytes | msgspec.Raw) -> Record:
        """Read one row.

        Raises:
            ProblemError: 422 with every fault of the row.
        """
        try:
            return msgspec.structs.asdict(self._decode_row(body))
        except _UNREADABLE:
            return self._read_with_pydantic(bytes(body))

    def read_batch(self, body: bytes) -> list[Record]:
        """Read the rows of a batch, each exactly as a single one.

        Raises:
            ProblemError: 422 with the first faults.
        """
        try:
            rows = self._decode_batch(body).rows
        except _UNREADABLE as error:
            return self._read_batch_with_pydantic(body, str(error))
        records: list[Record] = []
        faults: list[FieldError] = []
        for i, row in enumerate(rows):
            try:
                records.append(self.read(row))
            except ProblemError as problem:
                prefix = f"rows.{i}"
                faults += [
                    msgspec.structs.replace(fault, field=f"{prefix}.{fault.field}".rstrip("."))
                    for fault in problem.errors
                ]
            if len(faults) >= MAX_ERRORS:
                break
        if faults:
            detail = f"some rows are not valid; at most {MAX_ERRORS} faults are listed"
            raise ProblemError(422, detail, faults[:MAX_ERRORS])
        return records

    def _read_with_pydantic(self, body: bytes) -> Record:
        from pydantic import ValidationError

        try:
            return self.row_model.model_validate_json(body).model_dump()
        except ValidationError as error:
            faults = [self._fault(dict(item)) for item in error.errors(include_url=False)]
        raise ProblemError(422, "the body is no valid row", faults[:MAX_ERRORS])

    def _read_batch_with_pydantic(self, body: bytes, message: str) -> list[Record]:
        from pydantic import ValidationError

        try:
            rows: list[Record] = self.batch_model.model_validate_json(body).model_dump()["rows"]
        except ValidationError:
            fault = FieldError(field="rows", value=None, message=message, accepted=self._envelope)
            raise ProblemError(422, "the body is no batch of rows", [fault]) from None
        return rows

    def _fault(self, error: dict[str, Any]) -> FieldError:
        name = str(error["loc"][0]) if error["loc"] else ""
        value = None if error["type"] == "missing" else _shown(error["input"])
        return FieldError(
            field=name,
            value=value,
            message=error["msg"],
            accepted=self._accepted.get(name, self._fields),
        )


def _shown(value: object) -> str | int | float | bool | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float) and abs(value) < 2**53:
        return value
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    return value[:100] if isinstance(value, str) else reprlib.repr(value)


def accepted(column: Column) -> str:
    """What a column accepts, for a person."""
    if isinstance(column, Categorical):
        text = f"one of {', '.join(column.categories)}"
    else:
        kind = "an integer" if column.integer else "a number"
        low, high = bound(column, column.minimum), bound(column, column.maximum)
        text = f"{kind} from {low} to {high}"
    return f"{text}, or null" if column.nullable else text


def example_row(schema: Schema) -> dict[str, str | float]:
    """A valid row, for documentation and smoke tests."""
    return {column.name: _example(column) for column in schema.features}


def _example(column: Column) -> str | float:
    if isinstance(column, Categorical):
        return column.categories[0]
    value = column.minimum + (column.maximum - column.minimum) / 10
    return round(value) if column.integer else value


def row_struct(schema: Schema) -> type[msgspec.Struct]:
    """The same row for msgspec."""
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    for column in schema.features:
        kind = kind_of(column)
        if isinstance(column, Numeric):
            low, high = bound(column, column.minimum), bound(column, column.maximum)
            kind = Annotated[kind, msgspec.Meta(ge=low, le=high)]
        fields.append((column.name, kind | None, None) if column.nullable else (column.name, kind))
    return msgspec.defstruct("Row", fields, forbid_unknown_fields=True, kw_only=True, gc=False)


def _batch_struct(max_rows: int) -> type[Any]:
    rows = Annotated[list[msgspec.Raw], msgspec.Meta(min_length=1, max_length=max_rows)]
    return msgspec.defstruct("Batch", [("rows", rows)], forbid_unknown_fields=True)


def kind_of(column: Column) -> Any:
    """The type of a column's values."""
    if isinstance(column, Categorical):
        return Literal[column.categories]
    return int if column.integer else float


def bound(column: Numeric, value: float) -> float:
    """A bound in the column's own type, as people read it."""
    return int(value) if column.integer else float(value)
