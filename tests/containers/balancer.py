"""A load balancer in small, as strict as a real one: what it loses is lost.

It keeps connections to its targets, sends to those that a health check calls ready, and never
tries a request again. It runs in a thread of its own; all else is called from outside of it.
"""

import asyncio
import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

HEALTH_SECONDS = 0.2
# So many failed looks in a row, or none answered in time, make a target unhealthy.
PATIENCE = 2
_HEALTH = b"GET /health/ready HTTP/1.1\r\nHost: target\r\nConnection: close\r\n\r\n"

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Message:
    """A request or an answer: its head, and the body that `content-length` announces."""

    head: bytes
    body: bytes

    @property
    def status(self) -> int:
        return int(self.head.split(b" ", 2)[1])

    @property
    def closes(self) -> bool:
        return b"\r\nconnection: close\r\n" in self.head.lower()

    def kept_open(self) -> bytes:
        """The message as it is passed on: what it says of its own connection ends here."""
        lines = [x for x in self.head.split(b"\r\n") if x.lower() != b"connection: close"]
        return b"\r\n".join(lines) + self.body


@dataclass
class Target:
    """An instance of the service."""

    port: int
    # Those registered get new connections; the others finish what their connections carry.
    registered: bool = True
    healthy: bool = False
    in_flight: int = 0
    idle: list[Stream] = field(default_factory=list)

    @property
    def usable(self) -> bool:
        return self.healthy and (self.registered or bool(self.idle))


async def read_message(reader: asyncio.StreamReader) -> Message:
    """The next message; raises IncompleteReadError at the end of the connection."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    return Message(head, await reader.readexactly(length))


class Balancer:
    """Spreads requests over its targets in turn."""

    def __init__(self) -> None:
        self.port = 0
        self.lost: list[str] = []
        self._targets: list[Target] = []
        self._turn = itertools.count()
        self._ready = threading.Event()

    def add(self, port: int) -> Target:
        """Register an instance."""
        target = Target(port)
        self._targets.append(target)
        asyncio.run_coroutine_threadsafe(self._watch(target), self._loop)
        return target

    def deregister(self, target: Target) -> None:
        """Send nothing more, and drop the connections that are idle."""
        # In the balancer's own thread: here, a connection could be in use by the time it is closed.
        self._loop.call_soon_threadsafe(_drop, target)

    def connect_no_more(self, target: Target) -> None:
        """Open no connection to a target any more, but go on using those that there are."""
        target.registered = False

    async def _watch(self, target: Target) -> None:
        failed = 0
        while True:
            try:
                ready = await asyncio.wait_for(self._is_ready(target), timeout=2)
            except (OSError, TimeoutError, asyncio.IncompleteReadError):
                ready = False
            failed = 0 if ready else failed + 1
            # Ready at the first good look, unhealthy at the second bad one.
            target.healthy = ready or (target.healthy and failed < PATIENCE)
            await asyncio.sleep(HEALTH_SECONDS)

    async def _is_ready(self, target: Target) -> bool:
        reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
        try:
            writer.write(_HEALTH)
            return (await read_message(reader)).status == 200
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    request = await read_message(reader)
                    writer.write(await self._answer(request))
        finally:
            writer.close()

    async def _answer(self, request: Message) -> bytes:
        usable = [target for target in self._targets if target.usable]
        if not usable:
            self.lost.append("no target is healthy")
            return b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"
        target = usable[next(self._turn) % len(usable)]
        target.in_flight += 1
        try:
            return (await self._ask(target, request)).kept_open()
        except (OSError, asyncio.IncompleteReadError) as error:
            self.lost.append(f"port {target.port}: {error!r}")
            return b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"
        finally:
            target.in_flight -= 1

    async def _ask(self, target: Target, request: Message) -> Message:
        reader, writer = await self._connection(target)
        kept = False
        try:
            writer.write(request.head + request.body)
            answer = await read_message(reader)
            kept = not answer.closes
            if kept:
                target.idle.append((reader, writer))
            return answer
        finally:
            if not kept:
                writer.close()

    async def _connection(self, target: Target) -> Stream:
        while target.idle:
            reader, writer = target.idle.pop(0)
            # The target has closed it, and said so before we had anything to send.
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return await asyncio.open_connection("127.0.0.1", target.port)

    async def work(self) -> None:
        """Answer until told to stop."""
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopped.wait()
        server.close()
        for target in self._targets:
            _drop(target)

    def wait_until_it_listens(self) -> None:
        assert self._ready.wait(5), "the balancer does not start"

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)


def _drop(target: Target) -> None:
    target.registered = False
    for _, writer in target.idle:
        writer.close()
    target.idle.clear()


@contextmanager
def balancing() -> Iterator[Balancer]:
    """A balancer at work."""
    balancer = Balancer()
    thread = threading.Thread(target=lambda: asyncio.run(balancer.work()))
    thread.start()
    balancer.wait_until_it_listens()
    try:
        yield balancer
    finally:
        balancer.stop()
        thread.join()
