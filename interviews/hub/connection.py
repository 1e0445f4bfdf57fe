"""One socket in a room: what it was sent, what it acknowledged, and the pump between the two."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence

from django.db import DatabaseError, InterfaceError

from interviews.events import Audience, CloseCode, Person, ServerMessage, encode
from interviews.hub.reading import PAGE, read_frames
from interviews.hub.ring import Ring
from interviews.hub.threads import in_database
from interviews.hub.window import Window

SLOW_SECONDS = 15.0
REST = 1.0  # after the database did not answer


class Connection:
    """A socket that was let in. `key` names the participant, `client_id` the tab; `tab` numbers a candidate's.

    `rights` is the room's access generation at which it was let in, and `leads` what they allowed then;
    `recheck` renews both. `end` is called, again and again, when the interview is over.
    """

    def __init__(
        self,
        *,
        audience: Audience,
        key: str,
        person: Person,
        client_id: uuid.UUID,
        tab: int,
        rights: int,
        leads: bool,
        send: Callable[[str], Awaitable[None]],
        close: Callable[[int], Awaitable[None]],
        recheck: Callable[[], Awaitable[None]],
        end: Callable[[], None],
        slow_seconds: float = SLOW_SECONDS,
        rest: float = REST,
        read: Callable[[uuid.UUID, Audience, int], Sequence[tuple[int, str]]] = read_frames,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.audience: Audience = audience
        self.key, self.person, self.client_id, self.tab = key, person, client_id, tab
        self.rights, self.leads = rights, leads
        self.close, self.recheck, self.end = close, recheck, end
        self._clock = clock
        self.heard_at = clock()
        self.cursor = 0  # the last number pumped to it
        self._send = send
        self._slow_seconds, self._rest, self._read = slow_seconds, rest, read
        self._window = Window()
        self._is_welcome = False  # nothing is said before the welcome
        self._news = asyncio.Event()
        self._room_made = asyncio.Event()

    async def tell(self, message: ServerMessage) -> None:
        """An answer to what this client sent."""
        await self._send(encode(message))

    async def offer(self, frame: str) -> None:
        """A droppable frame: left out while the client does not keep up."""
        if self._is_welcome and self._window.takes_droppable(frame):
            await self._send(frame)

    def heard(self) -> None:
        """Any frame from the client shows that it lives and reads."""
        self.heard_at = self._clock()
        self._window.heard()

    def acknowledge(self, seq: int) -> bool:
        """Whether that was news."""
        made_room = self._window.acknowledge(min(seq, self.cursor))
        if made_room:
            self._room_made.set()
        return made_room

    def start_after(self, seq: int) -> None:
        """The client was welcomed, and is sent what follows this number.

        What it never acknowledged still lies in a buffer on its way: asking again does not empty the window.
        """
        self._is_welcome = True
        self.acknowledge(seq)
        self.cursor = seq
        self._news.set()

    def wake(self) -> None:
        self._news.set()

    async def pump(self, interview_id: uuid.UUID, ring: Ring) -> None:
        """Sends what the client has not, in order, for as long as it keeps acknowledging."""
        while True:
            self._news.clear()
            try:
                frames = await self._next_frames(interview_id, ring)
            except (DatabaseError, InterfaceError):
                await asyncio.sleep(self._rest)  # a socket that stays open must not stay deaf
                continue
            for seq, frame in frames:
                if not await self._has_room():
                    await self.close(CloseCode.TOO_SLOW)
                    return
                if seq != self.cursor + 1:
                    break  # the client started elsewhere meanwhile
                self.cursor = seq
                self._window.sent(seq, frame)
                await self._send(frame)
                self._news.set()
            await self._news.wait()

    async def _next_frames(self, interview_id: uuid.UUID, ring: Ring) -> Sequence[tuple[int, str]]:
        if self.cursor >= ring.last:
            return ()
        frames = ring.after(self.cursor, PAGE)
        if frames is not None:
            return frames
        return await in_database(self._read, interview_id, self.audience, self.cursor)

    async def _has_room(self) -> bool:
        """Waits while the window is full. False: the client acknowledged nothing, and counts as too slow."""
        while self._window.is_full:
            self._room_made.clear()
            try:
                await asyncio.wait_for(self._room_made.wait(), self._slow_seconds)
            except TimeoutError:
                return False
        return True
