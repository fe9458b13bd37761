"""Clients that keep their connections and send one request after the other."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from containers.balancer import Message, read_message


@dataclass
class Traffic:
    """What the clients have seen so far."""

    answered: int = 0
    # Each failure once, with its number.
    lost: dict[str, int] = field(default_factory=dict)
    # Clients end at their next answer.
    enough: threading.Event = field(default_factory=threading.Event)

    @property
    def tried(self) -> int:
        return self.answered + sum(self.lost.values())

    def lose(self, reason: str) -> None:
        self.lost[reason] = self.lost.get(reason, 0) + 1


@dataclass(frozen=True)
class Clients:
    """Some clients of one address; each pauses between an answer and its next request."""

    port: int
    request: bytes
    number: int
    pause_seconds: float = 0.0
    # Whether a client whose connection is closed by an answer comes back on a new one.
    come_back: bool = True

    def send(self, traffic: Traffic) -> None:
        """Send until it is enough; blocks."""

        async def all_of_them() -> None:
            await asyncio.gather(*(self._client(traffic) for _ in range(self.number)))

        asyncio.run(all_of_them())

    async def _client(self, traffic: Traffic) -> None:
        while not traffic.enough.is_set():
            try:
                await self._connection(traffic)
            except (OSError, asyncio.IncompleteReadError) as error:
                traffic.lose(repr(error))
                await asyncio.sleep(0.1)
            if not self.come_back:
                return

    async def _connection(self, traffic: Traffic) -> None:
        """One connection, up to the answer that closes it."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            while not traffic.enough.is_set():
                writer.write(self.request)
                answer: Message = await read_message(reader)
                if answer.status == 200:
                    traffic.answered += 1
                else:
                    traffic.lose(f"status {answer.status}")
                if answer.closes:
                    return
                await asyncio.sleep(self.pause_seconds)
        finally:
            writer.close()


@contextmanager
def sending(clients: Clients) -> Iterator[Traffic]:
    """Clients at work; at the end they get the answers that they wait for."""
    traffic = Traffic()
    thread = threading.Thread(target=clients.send, args=(traffic,))
    thread.start()
    try:
        yield traffic
    finally:
        traffic.enough.set()
        thread.join()
