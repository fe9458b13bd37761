"""The fast path of `POST /v1/predict`.

FastAPI spends three times as long on a request as validation, encoding and model together. So
the usual request, a small JSON body in one piece, is answered here in front of it. Everything
else goes on to the route in `routes.py`, which answers the same; without this module the
service would be slower and otherwise unchanged.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .predictor import Predictor
from .problems import ProblemError
from .responses import problem_response

PREDICT_PATH = "/v1/predict"

_JSON_HEADER = (b"content-type", b"application/json")
# Bodies up to this size are read and scored on the event loop; handing them to a thread would
# take longer than the work.
SMALL_BODY_BYTES = 16_384


class _Route:
    """What the metrics read from the scope."""

    path = PREDICT_PATH


class PredictRoute:
    """ASGI middleware that answers predict requests itself."""

    def __init__(self, app: ASGIApp, predictor: Predictor, max_body_bytes: int) -> None:
        self._app = app
        self._predictor = predictor
        self._max_bytes = min(max_body_bytes, SMALL_BODY_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if (
            scope["type"] != "http"
            or scope["path"] != PREDICT_PATH
            or scope["method"] != "POST"
            or _JSON_HEADER not in scope["headers"]
        ):
            await self._app(scope, receive, send)
            return
        message = await receive()
        body = message.get("body", b"")
        if message.get("more_body") or len(body) > self._max_bytes or not body:
            await self._app(scope, _replaying(message, receive), send)
            return
        scope["route"] = _Route
        try:
            answer = self._predictor.predict(body)
        except ProblemError as error:
            response = problem_response(PREDICT_PATH, error.status, error.detail, error.errors)
            await response(scope, receive, send)
            return
        length = str(len(answer)).encode()
        headers = [_JSON_HEADER, (b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


def _replaying(first: Message, receive: Receive) -> Receive:
    """A `receive` that gives the message already taken once more."""
    pending = [first]

    async def replay() -> Message:
        return pending.pop() if pending else await receive()

    return replay
