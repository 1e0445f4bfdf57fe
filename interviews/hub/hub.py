"""The hub of this process: opens and closes rooms, fetches their news, ticks, and speaks to other processes."""

import asyncio
import logging
import uuid
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress

from django.db import DatabaseError, InterfaceError

from interviews.events import (
    Audience,
    CloseCode,
    InterimHeard,
    Person,
    QuestionDelta,
    encode,
)
from interviews.hub.connection import Connection
from interviews.hub.layer import Layer
from interviews.hub.reading import FETCH, RoomFacts, read_facts, read_new_events
from interviews.hub.room import Room
from interviews.hub.threads import finish_database_work, in_database

logger = logging.getLogger(__name__)
TICK_SECONDS = 1.0
PRESENCE_EVERY = 15  # ticks
Watcher = Callable[[list[Room]], Coroutine[object, object, None]]


class Hub:
    """Everything live in one process, on one event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.rooms: dict[uuid.UUID, Room] = {}
        self._layer = Layer(self._hear_of_news, self._hear_frame, self._hear_people, self._hear_tab)
        self._stale: set[uuid.UUID] = set()
        self._something_stale = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._watchers: list[Watcher] = []
        self._loops: list[asyncio.Task[None]] = []
        self._ticks = 0

    # Rooms and sockets

    async def enter(self, interview_id: uuid.UUID, connection: Connection) -> Room | None:
        """Puts a socket into its room, which is opened if need be. None: there is no such interview."""
        self._start()
        room = self.rooms.get(interview_id) or await self._open(interview_id)
        if room is None:
            return None
        room.connections.add(connection)
        if connection.audience == "candidate":
            await self._replace_older_tabs(room, connection)
        await self._show_presence(room)
        self.run(self._layer.tell_people(interview_id, room.here()))
        return room

    async def leave(self, interview_id: uuid.UUID, connection: Connection) -> None:
        room = self.rooms.get(interview_id)
        if room is None or connection not in room.connections:
            return
        room.connections.discard(connection)
        if connection.key not in room.here():
            self.run(self._layer.tell_gone(interview_id, connection.key))
        if room.connections:
            await self._show_presence(room)
            return
        self.rooms.pop(interview_id, None)
        self.run(self._layer.unsubscribe(interview_id))
        if not self.rooms:
            self._rest()

    def watch(self, watcher: Watcher) -> None:
        """Asks to be called at every tick with the open rooms."""
        if watcher not in self._watchers:
            self._watchers.append(watcher)

    async def stop(self) -> None:
        """Ends all that the hub does."""
        self._rest()
        await self._layer.stop()
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await finish_database_work()

    # News

    def nudge(self, interview_id: uuid.UUID) -> None:
        """A room has news, says a thread that committed it."""
        with suppress(RuntimeError):  # the loop is closed: nobody is left to be told
            self._loop.call_soon_threadsafe(self._hear_local_news, interview_id)

    def _hear_local_news(self, interview_id: uuid.UUID) -> None:
        self._hear_of_news(interview_id)
        if self._loops:
            self.run(self._layer.tell_news(interview_id))

    def _hear_of_news(self, interview_id: uuid.UUID) -> None:
        if interview_id in self.rooms:
            self._stale.add(interview_id)
            self._something_stale.set()

    async def _fetch(self) -> None:
        """One query at a time for all rooms with news: order is kept, and a burst costs few queries."""
        while True:
            await self._something_stale.wait()
            self._something_stale.clear()
            rooms = [self.rooms[i] for i in self._stale if i in self.rooms]
            self._stale.clear()
            if not rooms:
                continue
            after = {room.interview_id: room.rings["member"].last for room in rooms}
            try:
                events = await in_database(read_new_events, after)
            except (DatabaseError, InterfaceError):
                logger.warning("The database did not answer; the tick asks again.")
                continue
            for event in events:
                room = self.rooms.get(event.interview_id)
                if room is not None:
                    room.take(event)
            for room in rooms:
                room.wake()
            if len(events) == FETCH:
                self._stale.update(after)
                self._something_stale.set()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self._ticks += 1
            # Only those that were asked about: a room opened while the database answers is not missing.
            asked = list(self.rooms.values())
            if not asked:
                continue
            try:
                facts = await in_database(read_facts, [room.interview_id for room in asked])
            except (DatabaseError, InterfaceError):
                logger.warning("The database did not answer a tick.")
                continue
            for room in asked:
                self.run(self._look_at(room, facts.get(room.interview_id)))
            for watcher in self._watchers:
                self.run(watcher(list(self.rooms.values())))

    async def _look_at(self, room: Room, facts: RoomFacts | None) -> None:
        if facts is None:
            for connection in list(room.connections):
                await connection.close(CloseCode.NO_SUCH_INTERVIEW)
            return
        before, room.facts = room.facts, facts
        if facts.member_seq > room.rings["member"].last:
            self._hear_of_news(room.interview_id)
        if facts.access_generation != before.access_generation:
            await asyncio.gather(*(c.recheck() for c in list(room.connections)))
        if not room.is_subscribed:
            room.is_subscribed = await self._layer.subscribe(room.interview_id)
        if self._ticks % PRESENCE_EVERY == 0:
            await self._layer.tell_people(room.interview_id, room.here())
        await self._show_presence(room)

    # Droppable frames

    async def stream_words(self, interview_id: uuid.UUID, delta: QuestionDelta) -> None:
        """The next words of the open question, for everybody in the room."""
        room = self.rooms.get(interview_id)
        if room is not None:
            room.add_words(delta.msg_id, delta.offset, delta.text)
        await self._broadcast(interview_id, encode(delta), ("candidate", "member"))

    async def share_interim(self, room: Room, interim: InterimHeard, sender: Connection) -> None:
        """Words that are still being said or typed, for everybody but their speaker."""
        frame = encode(interim)
        for connection in list(room.connections):
            if connection is not sender:
                await connection.offer(frame)
        await self._layer.tell_frame(room.interview_id, ("candidate", "member"), frame)

    async def tell_members(self, interview_id: uuid.UUID, frame: str) -> None:
        await self._broadcast(interview_id, frame, ("member",))

    async def _broadcast(
        self, interview_id: uuid.UUID, frame: str, audiences: tuple[Audience, ...]
    ) -> None:
        await self._offer(interview_id, frame, audiences)
        await self._layer.tell_frame(interview_id, audiences, frame)

    async def _offer(
        self, interview_id: uuid.UUID, frame: str, audiences: Iterable[Audience]
    ) -> None:
        room = self.rooms.get(interview_id)
        if room is None:
            return
        for audience in audiences:
            for connection in room.audience(audience):
                await connection.offer(frame)

    async def _hear_frame(
        self, interview_id: uuid.UUID, audiences: Iterable[Audience], frame: str
    ) -> None:
        await self._offer(interview_id, frame, audiences)

    # Presence

    async def _hear_people(
        self, interview_id: uuid.UUID, people: dict[str, tuple[str, str]], gone: str
    ) -> None:
        room = self.rooms.get(interview_id)
        if room is None:
            return
        room.note_elsewhere((key, Person(*person)) for key, person in people.items())
        if gone:
            room.forget_elsewhere(gone)
        await self._show_presence(room)

    async def _show_presence(self, room: Room) -> None:
        frame = room.changed_presence()
        if frame is not None:
            for connection in list(room.connections):
                await connection.offer(frame)

    async def _replace_older_tabs(self, room: Room, newest: Connection) -> None:
        for other in room.audience("candidate"):
            if other is not newest:
                await other.close(CloseCode.NEWER_TAB)
        self.run(self._layer.tell_tab(room.interview_id))

    async def _hear_tab(self, interview_id: uuid.UUID) -> None:
        """The candidate opened a newer tab, on another process."""
        room = self.rooms.get(interview_id)
        if room is not None:
            for connection in room.audience("candidate"):
                await connection.close(CloseCode.NEWER_TAB)

    # Inside

    def run(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Starts work that is ended with the hub."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("A task of the hub failed.", exc_info=task.exception())

    def _start(self) -> None:
        if not self._loops:
            self._loops = [self.run(self._fetch()), self.run(self._tick())]

    def _rest(self) -> None:
        """Nobody is in any room: nothing ticks."""
        for loop in self._loops:
            loop.cancel()
        self._loops = []

    async def _open(self, interview_id: uuid.UUID) -> Room | None:
        facts = (await in_database(read_facts, [interview_id])).get(interview_id)
        if facts is None:
            return None
        # Another socket may have opened it meanwhile.
        room = self.rooms.setdefault(interview_id, Room(facts))
        self.run(self._subscribe(room))
        return room

    async def _subscribe(self, room: Room) -> None:
        room.is_subscribed = await self._layer.subscribe(room.interview_id)
        self._hear_of_news(room.interview_id)  # whatever came before the subscription


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def the_hub() -> Hub:
    """The hub of the running event loop; a server process has one."""
    loop = asyncio.get_running_loop()
    for other in [other for other in _hubs if other.is_closed()]:
        del _hubs[other]
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
