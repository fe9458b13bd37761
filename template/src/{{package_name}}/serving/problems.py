"""Errors as problem details (RFC 9457): one form for every status the service can answer."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

import msgspec
from msgspec import Meta

from .logs import REQUEST_ID

PROBLEM_TYPE = "application/problem+json"
BUG = "an error on our side; the log has it under the request id"

_encode = msgspec.json.Encoder().encode


class FieldError(msgspec.Struct, frozen=True):
    """What is wrong with one value of the body."""

    field: Annotated[str, Meta(description="Path of the value; empty for the body as a whole")]
    value: Annotated[str | int | float | bool | None, Meta(description="What was found, shortened")]
    message: Annotated[str, Meta(description="What is wrong with it")]
    accepted: Annotated[str, Meta(description="What would be right")]


class Problem(msgspec.Struct, frozen=True):
    """A problem document."""

    type: Annotated[str, Meta(description="about:blank, for the status says it all")]
    title: Annotated[str, Meta(description="The status in words")]
    status: Annotated[int, Meta(description="The HTTP status")]
    detail: Annotated[str, Meta(description="What happened, and what to do about it")]
    instance: Annotated[str, Meta(description="The path that was asked for")]
    request_id: Annotated[str | None, Meta(description="Find it in the logs by this")]
    errors: Annotated[
        Sequence[FieldError], Meta(description="What is wrong with the body, value by value")
    ]


class ProblemError(Exception):
    """Raised by a route to answer with a problem document."""

    def __init__(self, status: int, detail: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors


def require_json(content_type: str) -> None:
    """Refuse a body that is not declared as JSON.

    Raises:
        ProblemError: 415.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise ProblemError(415, f"the content type is '{media_type}'; accepted is application/json")


def too_large(max_bytes: int) -> ProblemError:
    """The error of a body that is larger than that."""
    return ProblemError(413, f"the body is larger than {max_bytes} bytes")


def problem_document(
    path: str, status: int, detail: str, errors: Sequence[FieldError] = ()
) -> bytes:
    """A problem document as JSON."""
    title = HTTPStatus(status).phrase
    return _encode(Problem("about:blank", title, status, detail, path, REQUEST_ID.get(), errors))
