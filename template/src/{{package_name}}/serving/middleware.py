"""What surrounds every request. Plain ASGI: Starlette's BaseHTTPMiddleware costs more than half
of the throughput, since it runs each request in a task group of its own.
"""

import logging
import random
import re
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..api_token import CHALLENGE, PROTECTED_PREFIX, REFUSAL, Guard
from .draining import Drain
from .logs import REQUEST_ID, AccessLog
from .metrics import Metrics
from .problems import BUG, too_large
from .responses import CLIENT_CLOSED, problem_response

logger = logging.getLogger(__name__)

_VALID_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")


class RequestMiddleware:
    """Gives each request an id, a place in the metrics, a log line, and an answer in any case."""

    def __init__(self, app: ASGIApp, metrics: Metrics, drain: Drain, access_log: bool) -> None:
        self._app = app
        self._metrics = metrics
        self._drain = drain
        self._log = AccessLog() if access_log else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            if self._log:
                # The lifespan has ended, so no timer will run any more.
                self._log.flush()
            return
        started = perf_counter()
        request_id = _request_id(scope)
        REQUEST_ID.set(request_id.decode())
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id),
                ]
                if self._drain.begun:
                    # The client comes back on a new connection, which leads elsewhere.
                    message["headers"].append((b"connection", b"close"))
            await send(message)

        self._metrics.in_flight += 1
        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            logger.exception("unhandled error")
            # Of an answer already begun nothing can be taken back; the server closes it.
            if not status:
                response = problem_response(scope["path"], 500, BUG)
                await response(scope, receive, send_with_id)
        finally:
            self._metrics.in_flight -= 1
            self._record(scope, status or CLIENT_CLOSED, perf_counter() - started)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        # The route's template, since a label for every path asked for would fill the memory.
        route = getattr(scope.get("route"), "path", "unmatched")
        self._metrics.request(scope["method"], route, status).observe(seconds)
        if self._log:
            self._log.write(
                {
                    "message": "request",
                    "request_id": REQUEST_ID.get(),
                    "method": scope["method"],
                    "path": scope["path"],
                    "status": status,
                    "milliseconds": round(seconds * 1000, 3),
                }
            )


def _request_id(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _VALID_ID.fullmatch(value):
            found: bytes = value
            return found
    # Unique is enough for an id; asking the system for secret bytes takes longer than validation.
    return b"%032x" % random.getrandbits(128)


class GuardMiddleware:
    """Answers whoever does not know the token, before anything of the request is read."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self._app = app
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request. Health and metrics stay open: who asks them has no secret."""
        if (
            scope["type"] != "http"
            or not scope["path"].startswith(PROTECTED_PREFIX)
            or self._guard.admits(_header(scope, b"authorization"))
        ):
            await self._app(scope, receive, send)
            return
        headers = {"WWW-Authenticate": CHALLENGE}
        response = problem_response(scope["path"], 401, REFUSAL, headers=headers)
        await response(scope, receive, send)


def _header(scope: Scope, wanted: bytes) -> bytes:
    for name, value in scope["headers"]:
        if name == wanted:
            found: bytes = value
            return found
    return b""


class BodyLimitMiddleware:
    """Refuses a body as soon as it is known to be too large, declared or not."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; the route that reads too much gets a `ProblemError`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        left = self._max_bytes
        refusal = too_large(self._max_bytes)

        async def receive_within_limit() -> Message:
            nonlocal left
            if int(declared) > self._max_bytes:
                raise refusal
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise refusal
            return message

        await self._app(scope, receive_within_limit, send)
