"""One JSON object a line on standard output, for whatever collects the logs of a container."""

import logging
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime

import msgspec

# The id of the request that the running code works for; threads started for it inherit it.
REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)


_FLUSH_SECONDS = 0.05

_encode = msgspec.json.Encoder(enc_hook=str).encode


class JsonFormatter(logging.Formatter):
    """Formats a record as JSON; `extra={"fields": {...}}` adds members to it."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": REQUEST_ID.get(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return _encode(entry).decode()


def access_line(fields: Mapping[str, object]) -> bytes:
    """What is logged of a request, as one line without its end."""
    return _encode({"time": datetime.now(UTC), "level": "INFO", "logger": "access", **fields})


class AccessLog:
    """One line a request, past the logging module, which would take longer than the model.

    Lines leave together after `_FLUSH_SECONDS`: under load a system call for each would double
    what the kernel does for a request.
    """

    def __init__(self) -> None:
        self._lines: list[bytes] = []

    def write(self, fields: Mapping[str, object]) -> None:
        """Write one line; to be called from a coroutine."""
        if not self._lines:
            import asyncio

            asyncio.get_running_loop().call_later(_FLUSH_SECONDS, self.flush)
        self._lines.append(access_line(fields))

    def flush(self) -> None:
        """Write what is waiting."""
        sys.stdout.buffer.write(b"\n".join([*self._lines, b""]))
        sys.stdout.buffer.flush()
        self._lines.clear()


def configure_logging(level: str) -> None:
    """Send every logger of the process, uvicorn's too, to standard output."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
