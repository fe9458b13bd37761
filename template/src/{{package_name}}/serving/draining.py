"""Leaving without losing a request.

A stop reaches the service before everybody who sends requests knows of it. So after SIGTERM it
goes on answering for a while: not ready any more, and closing each connection with its answer.
What is still under way then gets `drain_seconds` to finish.
"""

import asyncio
import signal
import socket
from time import monotonic
from types import FrameType

import uvicorn

_LOOK_SECONDS = 0.05


class Drain:
    """Whether the service is on its way out."""

    def __init__(self) -> None:
        self.begun = False


class LingeringServer(uvicorn.Server):
    """uvicorn's server, which by itself closes port and idle connections at once."""

    def __init__(self, config: uvicorn.Config, drain: Drain, linger_seconds: float) -> None:
        super().__init__(config)
        self._drain = drain
        self._linger_seconds = linger_seconds

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take note of a signal to stop."""
        # At Ctrl-C a person is waiting.
        self._drain.begun = sig == signal.SIGTERM
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Linger after SIGTERM, then stop; a second Ctrl-C ends the lingering."""
        until = monotonic() + self._linger_seconds
        while self._drain.begun and not self.force_exit and monotonic() < until:
            await asyncio.sleep(_LOOK_SECONDS)
        await super().shutdown(sockets)
