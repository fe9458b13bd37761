"""The forms of a row and of a batch as Pydantic models: for documentation, and to list faults."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from ..schema import Numeric, Schema
from .rows import bound, example_row, kind_of


def row_model(schema: Schema) -> type[BaseModel]:
    """The model of a row: strict, so that "12" and true are no integers."""
    config = ConfigDict(
        strict=True,
        extra="forbid",
        allow_inf_nan=False,
        json_schema_extra={"example": {**example_row(schema)}},
    )
    fields: dict[str, Any] = {}
    for column in schema.features:
        kind = kind_of(column)
        if isinstance(column, Numeric):
            low, high = bound(column, column.minimum), bound(column, column.maximum)
            kind = Annotated[kind, Field(ge=low, le=high)]
        described = Field(description=column.description)
        fields[column.name] = (
            Annotated[kind | None, described, Field(default=None)]
            if column.nullable
            else Annotated[kind, described]
        )
    title = "".join(part.capitalize() for part in schema.name.split("_"))
    return create_model(f"{title}Row", __config__=config, **fields)


def batch_model(row: type[BaseModel], max_rows: int) -> type[BaseModel]:
    """The model of a batch; it documents, `RowReader.read_batch` does the reading."""
    rows = Annotated[list[row], Field(min_length=1, max_length=max_rows)]  # type: ignore[valid-type]
    return create_model(row.__name__.replace("Row", "Batch"), rows=(rows, ...))
