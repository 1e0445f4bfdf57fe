"""A socket's pump: in order, no more than the client takes, and gone when it takes nothing."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from django.db import OperationalError

from interviews.events import Audience, Person, encode_event
from interviews.hub import Connection
from interviews.hub.reading import PAGE
from interviews.hub.ring import Ring
from interviews.hub.window import MOST_EVENTS


@dataclass
class Reader:
    """The other end of a socket."""

    frames: list[int] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    is_closed: asyncio.Event = field(default_factory=asyncio.Event)
    has_five: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, frame: str) -> None:
        self.frames.append(json.loads(frame)["seq"])
        if len(self.frames) == 5:
            self.has_five.set()

    async def close(self, code: int) -> None:
        self.closed.append(code)
        self.is_closed.set()

    async def recheck(self) -> None:
        """Nobody's rights change here."""

    def end(self) -> None:
        """Nothing ends here."""


Pages = Callable[[uuid.UUID, Audience, int], Sequence[tuple[int, str]]]


def frame(seq: int) -> str:
    return encode_event(seq, "segment.final", "", {})


def ring_of(count: int) -> Ring:
    ring = Ring(0)
    for seq in range(1, count + 1):
        ring.append(seq, frame(seq))
    return ring


def pages_of(count: int) -> Pages:
    """What the database has, of which a ring keeps the end."""
    return lambda _, __, after: [
        (seq, frame(seq)) for seq in range(after + 1, min(after + PAGE, count) + 1)
    ]


def no_pages(interview_id: uuid.UUID, audience: Audience, after: int) -> Sequence[tuple[int, str]]:
    """All that is asked for is in the ring."""
    raise AssertionError("the database was asked")


@asynccontextmanager
async def pumping(
    reader: Reader, ring: Ring, slow: float = 5.0, read: Pages = no_pages
) -> AsyncIterator[Connection]:
    connection = Connection(
        audience="member",
        key="rita",
        person=Person("recruiter", "Rita"),
        client_id=uuid.uuid4(),
        tab=0,
        send=reader.send,
        close=reader.close,
        recheck=reader.recheck,
        end=reader.end,
        rights=0,
        leads=True,
        slow_seconds=slow,
        rest=0.01,
        read=read,
    )
    connection.start_after(0)
    pump = asyncio.create_task(connection.pump(uuid.uuid4(), ring))
    yield connection
    pump.cancel()
    await asyncio.gather(pump, return_exceptions=True)


async def settle() -> None:
    """Lets every task run until it waits."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_reader_that_acknowledges_gets_everything_in_order() -> None:
    reader, ring = Reader(), ring_of(900)
    async with pumping(reader, ring, read=pages_of(900)) as connection:
        while len(reader.frames) < 900:
            await asyncio.sleep(0.001)
            connection.acknowledge(len(reader.frames))
    assert reader.frames == list(range(1, 901))


async def test_a_reader_that_is_silent_gets_one_window_and_is_closed() -> None:
    reader = Reader()
    async with pumping(reader, ring_of(900), slow=0.05, read=pages_of(900)):
        await asyncio.wait_for(reader.is_closed.wait(), 5)
    assert reader.closed == [4008]
    assert len(reader.frames) == MOST_EVENTS


async def test_asking_again_and_again_gives_a_silent_reader_no_second_window() -> None:
    reader = Reader()
    async with pumping(reader, ring_of(900), slow=0.3, read=pages_of(900)) as connection:
        for _ in range(20):
            await settle()
            connection.start_after(0)
        await asyncio.wait_for(reader.is_closed.wait(), 5)
    assert len(reader.frames) == MOST_EVENTS


async def test_a_database_that_is_away_for_a_moment_leaves_no_deaf_socket() -> None:
    reader, asked = Reader(), []

    def pages(_: uuid.UUID, audience: Audience, after: int) -> Sequence[tuple[int, str]]:
        asked.append(after)
        if len(asked) < 3:
            raise OperationalError
        return pages_of(5)(_, audience, after)

    async with pumping(reader, Ring(5), read=pages):
        await asyncio.wait_for(reader.has_five.wait(), 5)
    assert reader.frames == [1, 2, 3, 4, 5]
    assert asked[:3] == [0, 0, 0]


async def test_a_slow_reader_that_goes_on_is_not_closed() -> None:
    reader = Reader()
    async with pumping(reader, ring_of(600), slow=0.3, read=pages_of(600)) as connection:
        while len(reader.frames) < 600:
            await asyncio.sleep(0.02)
            connection.acknowledge(len(reader.frames) - MOST_EVENTS + 100)
            connection.acknowledge(len(reader.frames))
    assert reader.closed == []


async def test_news_are_sent_when_they_come() -> None:
    reader, ring = Reader(), Ring(0)
    async with pumping(reader, ring) as connection:
        await settle()
        ring.append(1, encode_event(1, "state.changed", "", {}))
        connection.wake()
        await settle()
        assert reader.frames == [1]


async def test_a_client_that_starts_again_elsewhere_gets_what_follows_there() -> None:
    reader, ring = Reader(), ring_of(10)
    async with pumping(reader, ring) as connection:
        await settle()
        connection.start_after(7)
        await settle()
    assert reader.frames == [*range(1, 11), 8, 9, 10]
