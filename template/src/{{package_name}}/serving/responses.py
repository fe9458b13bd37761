"""Problem documents as the framework's responses, and the handlers of its errors."""

from collections.abc import Mapping, Sequence

from fastapi import Request, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from .problems import BUG, PROBLEM_TYPE, FieldError, ProblemError, problem_document

CLIENT_CLOSED = 499  # nginx's number for a client that left, for logs and metrics


def problem_response(
    path: str,
    status: int,
    detail: str,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem document as a response."""
    return Response(problem_document(path, status, detail, errors), status, headers, PROBLEM_TYPE)


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
