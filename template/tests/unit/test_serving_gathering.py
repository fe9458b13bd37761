"""Answers that leave in one piece."""

import asyncio

from tests.package import gathering


class Recorder(asyncio.Transport):
    """A transport that notes what is asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[bytes | str] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.calls.append(bytes(data))

    def close(self) -> None:
        self.calls.append("close")

    def is_closing(self) -> bool:
        return "close" in self.calls


def test_what_is_written_in_one_turn_leaves_in_one_piece_and_in_order() -> None:
    async def answer_twice() -> list[bytes | str]:
        recorder = Recorder()
        transport = gathering.GatheringTransport(recorder)
        transport.write(b"head ")
        transport.write(b"body")
        await asyncio.sleep(0)
        transport.write(b"next")
        await asyncio.sleep(0)
        return recorder.calls

    assert asyncio.run(answer_twice()) == [b"head body", b"next"]


def test_closing_sends_what_is_pending_first() -> None:
    async def answer_and_close() -> list[bytes | str]:
        recorder = Recorder()
        transport = gathering.GatheringTransport(recorder)
        transport.write(b"last words")
        transport.close()
        await asyncio.sleep(0)
        assert transport.is_closing()
        return recorder.calls

    assert asyncio.run(answer_and_close()) == [b"last words", "close"]
