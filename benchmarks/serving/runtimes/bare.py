"""The ceiling: an ASGI application that answers a constant, on the same uvicorn."""

import argparse
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import uvicorn

_START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", b"13")],
}
_BODY = {"type": "http.response.body", "body": b'{"score":0.5}'}


async def app(
    scope: Mapping[str, Any],
    receive: Callable[[], Awaitable[Mapping[str, Any]]],
    send: Callable[[Mapping[str, Any]], Awaitable[None]],
) -> None:
    """Answer every HTTP request with the same bytes."""
    if scope["type"] == "http":
        await send(_START)
        await send(_BODY)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=parser.parse_args().port,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        access_log=False,
        log_level="warning",
    )
