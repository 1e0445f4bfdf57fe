"""Writes the first bytes of a reply as they come, and then none, or one at a time."""

import asyncio


class NothingMore(Exception):
    """All bytes that were to be sent are sent."""


class SlowWriter:
    """Stands before a StreamWriter. `pause` 0: nothing follows the first `at_once` bytes."""

    def __init__(self, writer: asyncio.StreamWriter, at_once: int, pause: float) -> None:
        self._writer = writer
        self._left = at_once
        self._pause = pause
        self._waiting = b""

    def write(self, content: bytes) -> None:
        self._waiting += content

    async def drain(self) -> None:
        at_once, rest = self._waiting[: self._left], self._waiting[self._left :]
        self._left -= len(at_once)
        self._waiting = b""
        self._writer.write(at_once)
        await self._writer.drain()
        if rest and not self._pause:
            raise NothingMore
        for at in range(len(rest)):
            await asyncio.sleep(self._pause)
            self._writer.write(rest[at : at + 1])
            await self._writer.drain()
