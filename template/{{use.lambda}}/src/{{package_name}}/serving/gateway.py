"""The routes of the service for the events of an HTTP API (payload format 2.0).

Scorer, readers and problem documents are those of the HTTP service, and a test shows that the
answers are the same to the byte. Documentation and metrics have no route here: among many
instances nobody could tell which one a scrape reaches.
"""

import base64
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import Any
from urllib.parse import unquote

from ..api_token import CHALLENGE, PROTECTED_PREFIX, REFUSAL, Guard
from .function_log import FunctionLog
from .logs import REQUEST_ID
from .predictor import Predictor
from .problems import (
    BUG,
    PROBLEM_TYPE,
    FieldError,
    ProblemError,
    problem_document,
    require_json,
    too_large,
)

logger = logging.getLogger(__name__)

Event = Mapping[str, Any]
Answer = dict[str, Any]

_VALID_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Gateway:
    """Answers the requests of an HTTP API. An instance of the function gets one at a time."""

    def __init__(
        self, predictor: Predictor, guard: Guard | None, max_body_bytes: int, log: FunctionLog
    ) -> None:
        self._guard = guard
        self._max_body_bytes = max_body_bytes
        self._log = log

        def ready(_: Event) -> bytes:
            predictor.served()
            return _status("ready")

        self._routes: dict[str, tuple[str, Callable[[Event], bytes]]] = {
            "/health/live": ("GET", lambda _: _status("alive")),
            "/health/startup": ("GET", lambda _: _status("started")),
            "/health/ready": ("GET", ready),
            "/v1/model": ("GET", lambda _: predictor.describe()),
            "/v1/predict": ("POST", lambda event: predictor.predict(self._body(event))),
            "/v1/predict/batch": ("POST", lambda event: predictor.predict_batch(self._body(event))),
        }

    def answer(self, event: Event) -> Answer:
        """Answer one request, whatever it is."""
        started = perf_counter()
        method, path = event["requestContext"]["http"]["method"], _path(event)
        REQUEST_ID.set(_request_id(event))
        try:
            answer = self._route(event, method, path)
        except ProblemError as problem:
            answer = _problem(path, problem.status, problem.detail, problem.errors)
        except Exception:
            logger.exception("unhandled error")
            answer = _problem(path, 500, BUG)
        self._log.write(method, path, answer["statusCode"], perf_counter() - started)
        return answer

    def _route(self, event: Event, method: str, path: str) -> Answer:
        if self._guard and path.startswith(PROTECTED_PREFIX):
            authorization = _header(event, "authorization")
            if not self._guard.admits(authorization.encode("latin-1", errors="replace")):
                return _problem(path, 401, REFUSAL, headers={"www-authenticate": CHALLENGE})
        if path not in self._routes:
            return _problem(path, 404, f"{method} {path}: Not Found")
        allowed, function = self._routes[path]
        if method != allowed:
            detail = f"{method} {path}: Method Not Allowed"
            return _problem(path, 405, detail, headers={"allow": allowed})
        return _answer(200, function(event), "application/json")

    def _body(self, event: Event) -> bytes:
        require_json(_header(event, "content-type"))
        text: str = event.get("body") or ""
        # What is no Unicode is refused by the reader, as everywhere else.
        encoded = event.get("isBase64Encoded")
        body = base64.b64decode(text) if encoded else text.encode(errors="surrogatepass")
        if len(body) > self._max_body_bytes:
            raise too_large(self._max_body_bytes)
        return body


def _status(status: str) -> bytes:
    return b'{"status":"%s"}' % status.encode()


def _header(event: Event, wanted: str) -> str:
    # HTTP APIs send names in lower case; whoever writes an event by hand may not.
    for name, value in event.get("headers", {}).items():
        if name.lower() == wanted:
            return str(value)
    return ""


def _path(event: Event) -> str:
    """The path that the client asked for, without the name of a stage in front of it."""
    path: str = event["rawPath"]
    stage = event["requestContext"].get("stage", "$default")
    return unquote(path.removeprefix(f"/{stage}") if path.startswith(f"/{stage}/") else path)


def _request_id(event: Event) -> str:
    """The client's, as in the HTTP service, or the one in the access log of the HTTP API."""
    sent = _header(event, "x-request-id")
    return sent if _VALID_ID.fullmatch(sent) else event["requestContext"]["requestId"]


def _problem(
    path: str,
    status: int,
    detail: str,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> Answer:
    document = problem_document(path, status, detail, errors)
    return _answer(status, document, PROBLEM_TYPE, headers)


def _answer(
    status: int, body: bytes, media_type: str, headers: Mapping[str, str] | None = None
) -> Answer:
    return {
        "statusCode": status,
        "headers": {
            "content-type": media_type,
            "x-request-id": REQUEST_ID.get(),
            **(headers or {}),
        },
        "body": body.decode(),
    }
