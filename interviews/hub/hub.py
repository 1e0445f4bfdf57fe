"""The hub of this process: opens and closes rooms, fetches their news, ticks, and speaks to other processes."""

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import suppress

from django.db import DatabaseError, InterfaceError

from interviews.events import (
    CloseCode,
    InterimHeard,
    OpenQuestion,
    QuestionDelta,
    encode,
)
from interviews.hub.connection import Connection
from interviews.hub.layer import Layer, Listener
from interviews.hub.reading import (
    FETCH,
    NewEvent,
    RoomFacts,
    StoredWords,
    read_facts,
    read_new_events,
    renew_epoch,
    seen_by_each,
)
from interviews.hub.room import Room, Seen
from interviews.hub.threads import finish_database_work, in_database
from interviews.models import Event
from interviews.states import OVER

logger = logging.getLogger(__name__)
TICK_SECONDS = 1.0
PRESENCE_EVERY = 15  # ticks
Follower = Callable[[Room, StoredWords], None]
Watcher = Callable[[list[Room]], Coroutine[object, object, None]]


class Hub:
    """Everything live in one process, on one event loop."""

    def __init__(
        self, tick_seconds: float = TICK_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._clock = clock
        self._tick_seconds = tick_seconds
        self.rooms: dict[uuid.UUID, Room] = {}
        self._layer = Layer(
            self._hear_news,
            self.offer,
            self._hear_people,
            self._hear_words,
        )
        self._spoken: dict[uuid.UUID, OpenQuestion] = {}  # what the AI says from this process
        self._stale: set[uuid.UUID] = set()
        self._something_stale = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._watchers: list[Watcher] = []
        self._followers: list[Follower] = []
        self._loops: list[asyncio.Task[None]] = []
        self._ticks = 0

    # Rooms and sockets

    async def enter(self, interview_id: uuid.UUID, connection: Connection) -> Room | None:
        """Puts a socket into its room, which is opened if need be. None: there is no such interview."""
        room = self.rooms.get(interview_id) or await self._open(interview_id)
        if room is None:
            return None
        room.connections.add(connection)
        self._start()  # now: while the room was being opened, the last of the others may have gone
        if connection.audience == "candidate":
            await self._keep_newest_tab(room)
        await self._show_presence(room)
        self.run(self._tell_people(room))
        return room

    async def leave(self, interview_id: uuid.UUID, connection: Connection) -> None:
        room = self.rooms.get(interview_id)
        if room is None or connection not in room.connections:
            return
        room.connections.discard(connection)
        self.run(self._tell_people(room))
        if room.connections:
            await self._show_presence(room)
            return
        self.rooms.pop(interview_id, None)
        self.run(self._unsubscribe(interview_id))
        if not self.rooms:
            self._rest()

    def watch(self, watcher: Watcher) -> None:
        """Asks to be called at every tick with the open rooms."""
        if watcher not in self._watchers:
            self._watchers.append(watcher)

    def follow(self, follower: Follower) -> None:
        """Asks to be called with new words of the rooms in which this process holds a member's socket.

        However the words came in: from a socket here, on another process, or through the API.
        """
        self._followers.append(follower)

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

    def nudge(self, interview_id: uuid.UUID, stored: Event | None = None) -> None:
        """A room has news, says a thread that committed it; `stored`, if that is all."""
        event = None if stored is None else seen_by_each(stored)
        with suppress(RuntimeError):  # the loop is closed: nobody is left to be told
            self._loop.call_soon_threadsafe(self._hear_local_news, interview_id, event)

    def _hear_local_news(self, interview_id: uuid.UUID, event: NewEvent | None) -> None:
        self._hear_news(interview_id, event)
        if self._loops:
            self.run(self._layer.tell_news(interview_id, event))

    def _hear_news(self, interview_id: uuid.UUID, event: NewEvent | None) -> None:
        room = self.rooms.get(interview_id)
        # The next in order need not be read again; who committed may speak in another order, and of old news.
        if room is not None and event is not None and room.awaits(event):
            self._take(room, event)
            room.wake()
        else:
            self._mark_stale(interview_id)

    def _mark_stale(self, interview_id: uuid.UUID) -> None:
        if interview_id in self.rooms:
            self._stale.add(interview_id)
            self._something_stale.set()

    async def _fetch(self) -> None:
        """One query at a time for all rooms with news: order is kept, and a burst costs few queries."""
        await self._something_stale.wait()
        self._something_stale.clear()
        rooms = [self.rooms[i] for i in self._stale if i in self.rooms]
        self._stale.clear()
        if not rooms:
            return
        after = {room.interview_id: room.rings["member"].last for room in rooms}
        events = await in_database(read_new_events, after)  # if it fails, the tick asks again
        for event in events:
            room = self.rooms.get(event.interview_id)
            if room is not None:
                self._take(room, event)
        for room in rooms:
            room.wake()
        if len(events) == FETCH:
            self._stale.update(after)
            self._something_stale.set()

    def _take(self, room: Room, event: NewEvent) -> None:
        if room.take(event) and event.words is not None and any(room.audience("member")):
            for follower in self._followers:
                follower(room, event.words)

    async def _tick(self) -> None:
        await asyncio.sleep(self._tick_seconds)
        self._ticks += 1
        # Only those that were asked about: a room opened while the database answers is not missing.
        asked = {room: room.rings["member"].last for room in self.rooms.values()}
        if not asked:
            return
        facts = await in_database(read_facts, [room.interview_id for room in asked])
        for room, told in asked.items():
            self.run(self._look_at(room, facts.get(room.interview_id), told))
        for watcher in self._watchers:
            self.run(watcher(list(self.rooms.values())))

    async def _look_at(self, room: Room, facts: RoomFacts | None, told: int) -> None:
        """`told`: the last number known here before the database was asked."""
        if self.rooms.get(room.interview_id) is not room:
            return  # all left while the database answered, and perhaps came back into another
        if facts is None:
            await room.close(CloseCode.NO_SUCH_INTERVIEW)
            return
        if facts.member_seq < told:
            # Its last commits were lost with a database, or never were: what comes under these numbers is news.
            logger.error("A room knew more than the database, and is read anew.")
            await self._forget(room)
            return
        room.facts = facts
        if facts.member_seq > room.rings["member"].last:
            self._mark_stale(room.interview_id)
        # Each by its own generation: one that could not be checked, or came in just then, is found again.
        outdated = [c for c in room.connections if c.rights < facts.access_generation]
        await asyncio.gather(*map(self._recheck, outdated))
        await self._keep_newest_tab(room)
        if facts.state in OVER:
            for connection in list(room.connections):
                connection.end()
        if not self._layer.hears_of(room.interview_id):
            await self._subscribe(room)
        people = {key: seen.person for key, seen in room.here().items()}
        if self._ticks % PRESENCE_EVERY == 0 or people != room.told_here:
            await self._tell_people(room)
        await self._show_presence(room)

    async def _forget(self, room: Room) -> None:
        """Those in it come back at once, into a room that is opened anew; what they hold is of another history."""
        self.rooms.pop(room.interview_id, None)
        self.run(self._unsubscribe(room.interview_id))
        try:
            await in_database(renew_epoch, room.interview_id)
        finally:
            await room.close(CloseCode.COME_BACK)
        if not self.rooms:
            self._rest()

    async def _recheck(self, connection: Connection) -> None:
        try:
            await connection.recheck()
        except (DatabaseError, InterfaceError):
            logger.warning("Somebody's rights could not be checked; the next tick asks again.")

    # Droppable frames

    async def stream_words(
        self, interview_id: uuid.UUID, delta: QuestionDelta, before: str
    ) -> None:
        """The next words of the open question, for everybody in the room. `before`: those that came already."""
        self._spoken[interview_id] = OpenQuestion(delta.msg_id, before + delta.text)
        await self._hear_words(interview_id, delta, before)
        await self._layer.tell_words(interview_id, delta, before)

    def end_words(self, interview_id: uuid.UUID) -> None:
        """The question that was being said stands, or is withdrawn."""
        self._spoken.pop(interview_id, None)

    async def _hear_words(self, interview_id: uuid.UUID, delta: QuestionDelta, before: str) -> None:
        room = self.rooms.get(interview_id)
        if room is not None:
            told = room.add_words(delta, before)
            if told is not None:
                await self.offer(interview_id, ("candidate", "member"), encode(told))

    async def share_interim(
        self, room: Room, interim: InterimHeard, sender: Connection | None = None
    ) -> None:
        """Words that are still being said or typed, for everybody but the one who sent them."""
        frame = encode(interim)
        for connection in list(room.connections):
            if connection is not sender:
                await connection.offer(frame)
        await self._layer.tell_frame(room.interview_id, ("candidate", "member"), frame)

    async def tell_leaders(self, interview_id: uuid.UUID, frame: str) -> None:
        """For those members only who may lead the interview, on every process."""
        await self.offer(interview_id, ("leader",), frame)
        await self._layer.tell_frame(interview_id, ("leader",), frame)

    async def offer(
        self, interview_id: uuid.UUID, listeners: Iterable[Listener], frame: str
    ) -> None:
        """For the sockets of this process."""
        room = self.rooms.get(interview_id)
        if room is None:
            return
        for listener in listeners:
            for connection in room.leaders() if listener == "leader" else room.audience(listener):
                await connection.offer(frame)

    # Presence

    async def _hear_people(
        self, interview_id: uuid.UUID, process: str, people: Mapping[str, Seen]
    ) -> None:
        room = self.rooms.get(interview_id)
        if room is None:
            return
        if room.note_elsewhere(process, people):
            self.run(self._tell_people(room))  # it has just opened this room, and knows of nobody
        await self._show_presence(room)

    async def _tell_people(self, room: Room) -> None:
        here = room.here()
        room.told_here = {key: seen.person for key, seen in here.items()}
        await self._layer.tell_people(room.interview_id, here)

    async def _show_presence(self, room: Room) -> None:
        frame = room.changed_presence()
        if frame is not None:
            for connection in list(room.connections):
                await connection.offer(frame)

    async def _keep_newest_tab(self, room: Room) -> None:
        """Of the candidate's tabs one stays. The database counts them, so that every process knows the newest."""
        tabs = list(room.audience("candidate"))
        newest = max([room.facts.candidate_tab, *(tab.tab for tab in tabs)])
        for tab in tabs:
            if tab.tab < newest:
                await tab.close(CloseCode.NEWER_TAB)

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
            self._loops = [self.run(self._repeat(step)) for step in (self._fetch, self._tick)]

    async def _repeat(self, step: Callable[[], Coroutine[object, object, None]]) -> None:
        """For as long as anybody is in a room, whatever one round of it runs into."""
        while True:
            try:
                await step()
            except (DatabaseError, InterfaceError):
                logger.warning("The database did not answer; the tick asks again.")
            except Exception:
                logger.exception("A round of the hub failed; it goes on.")
                await asyncio.sleep(TICK_SECONDS)

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
        room = self.rooms.setdefault(interview_id, Room(facts, self._clock))
        room.question = room.question or self._spoken.get(interview_id)
        self.run(self._subscribe(room))
        return room

    async def _subscribe(self, room: Room) -> None:
        await self._layer.subscribe(room.interview_id)
        self._mark_stale(room.interview_id)  # whatever came before the subscription

    async def _unsubscribe(self, interview_id: uuid.UUID) -> None:
        if interview_id not in self.rooms:  # somebody may have come back
            await self._layer.unsubscribe(interview_id)


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def the_hub() -> Hub:
    """The hub of the running event loop; a server process has one."""
    loop = asyncio.get_running_loop()
    for other in [other for other in _hubs if other.is_closed()]:
        del _hubs[other]
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
