"""Two processes speak to each other, also after the layer between them broke."""

import asyncio
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer, channel_layers

from interviews.events import QuestionDelta
from interviews.hub.layer import Layer, Listener

ROOM = uuid.uuid4()


class FrailLayer:
    """A layer whose connection can break, as that to a Redis does."""

    def __init__(self) -> None:
        self._sound = InMemoryChannelLayer()
        self.broken = asyncio.Event()
        self.channels = 0

    async def new_channel(self) -> str:
        self.channels += 1
        await asyncio.sleep(0)
        return str(await self._sound.new_channel())

    async def group_add(self, group: str, channel: str) -> None:
        await self._sound.group_add(group, channel)

    async def group_discard(self, group: str, channel: str) -> None:
        await self._sound.group_discard(group, channel)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        await self._sound.group_send(group, message)

    async def receive(self, channel: str) -> dict[str, Any]:
        hearing = asyncio.ensure_future(self._sound.receive(channel))
        breaking = asyncio.ensure_future(self.broken.wait())
        await asyncio.wait({hearing, breaking}, return_when=asyncio.FIRST_COMPLETED)
        breaking.cancel()
        if self.broken.is_set():
            hearing.cancel()
            raise ConnectionError
        return dict(await hearing)


class Process:
    """What one process's hub heard."""

    def __init__(self) -> None:
        self.news: asyncio.Queue[uuid.UUID] = asyncio.Queue()
        self.words: asyncio.Queue[tuple[QuestionDelta, str]] = asyncio.Queue()
        self.layer = Layer(self.news.put_nowait, self.on_frame, self.on_people, self.on_words)

    async def on_frame(self, _: uuid.UUID, __: Iterable[Listener], ___: str) -> None:
        """Not asked for here."""

    async def on_people(self, _: uuid.UUID, __: dict[str, tuple[str, str]], ___: str) -> None:
        """Not asked for here."""

    async def on_words(self, _: uuid.UUID, delta: QuestionDelta, before: str) -> None:
        self.words.put_nowait((delta, before))

    async def is_deaf(self, room: uuid.UUID) -> None:
        """Waits until it hears of that room no more."""
        while self.layer.hears_of(room):
            for _ in range(10):
                await asyncio.sleep(0)


@pytest.fixture
def frail() -> Iterator[FrailLayer]:
    frail = FrailLayer()
    before = channel_layers.set("default", frail)
    yield frail
    channel_layers.set("default", before)


async def test_a_process_whose_listening_broke_off_hears_again(frail: FrailLayer) -> None:
    here, there = Process(), Process()
    await there.layer.subscribe(ROOM)
    await here.layer.tell_news(ROOM)
    assert await asyncio.wait_for(there.news.get(), 2) == ROOM
    frail.broken.set()
    async with asyncio.timeout(2):
        await there.is_deaf(ROOM)
    frail.broken.clear()
    await there.layer.subscribe(ROOM)
    await here.layer.tell_news(ROOM)
    assert await asyncio.wait_for(there.news.get(), 2) == ROOM
    await there.layer.stop()


async def test_rooms_that_are_opened_at_once_share_one_channel(frail: FrailLayer) -> None:
    here, there = Process(), Process()
    rooms = [uuid.uuid4() for _ in range(5)]
    await asyncio.gather(*map(there.layer.subscribe, rooms))
    assert frail.channels == 1
    for room in rooms[1:]:
        await there.layer.unsubscribe(room)
    for room in reversed(rooms):
        await here.layer.tell_news(room)
    assert await asyncio.wait_for(there.news.get(), 2) == rooms[0]
    await there.layer.stop()


async def test_a_word_that_is_not_understood_makes_nobody_deaf(frail: FrailLayer) -> None:
    here, there = Process(), Process()
    await there.layer.subscribe(ROOM)
    await frail.group_send(f"room.{ROOM.hex}", {"type": "people", "room": str(ROOM)})
    await frail.group_send(f"room.{ROOM.hex}", {"type": "news"})
    delta = QuestionDelta("q", 8, "about it.")
    await here.layer.tell_words(ROOM, delta, "Tell me ")
    assert await asyncio.wait_for(there.words.get(), 2) == (delta, "Tell me ")
    await there.layer.stop()
