"""Errors as problem details (RFC 9457): one form for every status the service can answer."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import Request, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from .logs import REQUEST_ID

CLIENT_CLOSED = 499  # nginx's number for a client that left, for logs and metrics
PROBLEM_TYPE = "application/problem+json"
BUG = "an error on our side; the log has it under the request id"


class FieldError(BaseModel):
    """What is wrong with one value of the body."""

    field: str = Field(description="Path of the value; empty for the body as a whole")
    value: str | int | float | bool | None = Field(description="What was found, shortened")
    message: str = Field(description="What is wrong with it")
    accepted: str = Field(description="What would be right")


class Problem(BaseModel):
    """A problem document."""

    type: str = Field(default="about:blank", description="The status says it all")
    title: str = Field(description="The status in words")
    status: int = Field(description="The HTTP status")
    detail: str = Field(description="What happened, and what to do about it")
    instance: str = Field(description="The path that was asked for")
    request_id: str | None = Field(description="Find it in the logs by this")
    errors: list[FieldError] = Field(description="What is wrong with the body, value by value")


class ProblemError(Exception):
    """Raised by a route to answer with a problem document."""

    def __init__(self, status: int, detail: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors


def problem_response(
    path: str,
    status: int,
    detail: str,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem document as a response."""
    problem = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=path,
        request_id=REQUEST_ID.get(),
        errors=list(errors),
    )
    return Response(problem.model_dump_json(), status, headers, PROBLEM_TYPE)


async def answer_problem(request: Request, error: ProblemError) -> Response:
    """Handler of `ProblemError`."""
    return problem_response(request.url.path, error.status, error.detail, error.errors)


async def answer_http_exception(request: Request, error: HTTPException) -> Response:
    """Handler of the framework's own errors: no such path, method not allowed."""
    detail = f"{request.method} {request.url.path}: {error.detail}"
    return problem_response(request.url.path, error.status_code, detail, headers=error.headers)


async def answer_nobody(_: Request, __: ClientDisconnect) -> Response:
    """Handler of a client that left before its request was complete."""
    return Response(status_code=CLIENT_CLOSED)


async def answer_bug(request: Request, _: Exception) -> Response:
    """Handler of everything else; the exception itself goes on to the log."""
    return problem_response(request.url.path, 500, BUG)
