"""Two processes speak to each other, also after the layer between them broke."""

import asyncio
import uuid
from collections.abc import Iterable, Mapping

from interviews.events import Person, QuestionDelta
from interviews.hub.layer import Layer, Listener
from interviews.hub.reading import NewEvent, StoredWords
from interviews.hub.room import Seen
from tests.interviews.hub.conftest import FrailLayer

ROOM = uuid.uuid4()


class Process:
    """What one process's hub heard."""

    def __init__(self) -> None:
        self.news: asyncio.Queue[tuple[uuid.UUID, NewEvent | None]] = asyncio.Queue()
        self.words: asyncio.Queue[tuple[QuestionDelta, str]] = asyncio.Queue()
        self.people: asyncio.Queue[Mapping[str, Seen]] = asyncio.Queue()
        self.layer = Layer(self.on_news, self.on_frame, self.on_people, self.on_words)

    def on_news(self, room: uuid.UUID, event: NewEvent | None) -> None:
        self.news.put_nowait((room, event))

    async def on_frame(self, _: uuid.UUID, __: Iterable[Listener], ___: str) -> None:
        """Not asked for here."""

    async def on_people(self, _: uuid.UUID, process: str, people: Mapping[str, Seen]) -> None:
        self.people.put_nowait(people)

    async def on_words(self, _: uuid.UUID, delta: QuestionDelta, before: str) -> None:
        self.words.put_nowait((delta, before))

    async def is_deaf(self, room: uuid.UUID) -> None:
        """Waits until it hears of that room no more."""
        while self.layer.hears_of(room):
            for _ in range(10):
                await asyncio.sleep(0)


async def test_a_process_whose_listening_broke_off_hears_again(frail: FrailLayer) -> None:
    here, there = Process(), Process()
    await there.layer.subscribe(ROOM)
    await here.layer.tell_news(ROOM, None)
    assert await asyncio.wait_for(there.news.get(), 2) == (ROOM, None)
    frail.broken.set()
    async with asyncio.timeout(2):
        await there.is_deaf(ROOM)
    frail.broken.clear()
    await there.layer.subscribe(ROOM)
    await here.layer.tell_news(ROOM, None)
    assert await asyncio.wait_for(there.news.get(), 2) == (ROOM, None)
    await there.layer.stop()


async def test_news_arrives_as_it_was_told(frail: FrailLayer) -> None:
    here, there = Process(), Process()
    await there.layer.subscribe(ROOM)
    said = StoredWords("s1", "candidate", "We lost a day.", "ref")
    for event in (
        NewEvent(ROOM, 7, '{"seq":7}', 5, '{"seq":5}', "", said),
        NewEvent(ROOM, 8, '{"seq":8}', None, "", "q", None),
    ):
        await here.layer.tell_news(ROOM, event)
        assert await asyncio.wait_for(there.news.get(), 2) == (ROOM, event)
    for of_another_version in ({}, {"event": {"seq": 9, "frame": "{}"}}):
        nudge = {"type": "news", "room": str(ROOM), **of_another_version}
        await frail.group_send(f"room.{ROOM.hex}", nudge)
        assert await asyncio.wait_for(there.news.get(), 2) == (ROOM, None)
    await there.layer.stop()


async def test_rooms_that_are_opened_at_once_share_one_channel(frail: FrailLayer) -> None:
    here, there = Process(), Process()
    rooms = [uuid.uuid4() for _ in range(5)]
    await asyncio.gather(*map(there.layer.subscribe, rooms))
    assert frail.channels == 1
    for room in rooms[1:]:
        await there.layer.unsubscribe(room)
    for room in reversed(rooms):
        await here.layer.tell_news(room, None)
    assert await asyncio.wait_for(there.news.get(), 2) == (rooms[0], None)
    await there.layer.stop()


async def test_who_is_here_is_told_with_how_long_they_were_silent(frail: FrailLayer) -> None:
    here, there = Process(), Process()
    await there.layer.subscribe(ROOM)
    people = {"candidate": Seen(Person("candidate", "Cem"), 12.5)}
    await here.layer.tell_people(ROOM, people)
    assert await asyncio.wait_for(there.people.get(), 2) == people
    await there.layer.stop()


async def test_a_word_that_is_not_understood_makes_nobody_deaf(frail: FrailLayer) -> None:
    here, there = Process(), Process()
    await there.layer.subscribe(ROOM)
    await frail.group_send(f"room.{ROOM.hex}", {"type": "here", "room": str(ROOM)})
    await frail.group_send(f"room.{ROOM.hex}", {"type": "news"})
    delta = QuestionDelta("q", 8, "about it.")
    await here.layer.tell_words(ROOM, delta, "Tell me ")
    assert await asyncio.wait_for(there.words.get(), 2) == (delta, "Tell me ")
    await there.layer.stop()
