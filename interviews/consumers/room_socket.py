"""One websocket of a room, from the handshake to the close code.

It reads frames and hands them on; it decides nothing. Whatever comes in, the answer is typed: an `error`
that leaves the socket open, or one of our close codes, never the server's own 1011.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Concatenate, ParamSpec, TypeVar, get_args

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from interviews.consumers.carry_out import carry_out
from interviews.consumers.credentials import (
    Credentials,
    Scope,
    SocketRefused,
    admit,
    read_credentials,
)
from interviews.consumers.incoming_audio import IncomingAudio
from interviews.consumers.limits import Bucket
from interviews.consumers.panel_words import interim_words, words_of_panel
from interviews.consumers.speech_line import line_of
from interviews.consumers.suggestion_loop import the_suggestion_loop
from interviews.consumers.welcome import words_of_welcome
from interviews.consumers.words_so_far import WordsSoFar
from interviews.events import (
    LONGEST_BINARY,
    SUBPROTOCOL,
    Ack,
    Acknowledged,
    AssistPaused,
    AudioEnd,
    AudioStart,
    BadMessage,
    CloseCode,
    Durable,
    Hello,
    Person,
    Ping,
    Pong,
    Refused,
    SegmentInterim,
    ServerMessage,
    encode,
    parse,
)
from interviews.hub import Connection, Ring, in_database, the_hub
from interviews.queries.room import room_snapshot
from interviews.services import room_log
from interviews.services.lead_interview import the_leader
from interviews.services.participants import Participant
from interviews.services.presence import keep_presence, note_arrival
from interviews.services.room_refusals import RightsChanged, RoomRefusal
from interviews.services.transcribe_speech import (
    ItsTurn,
    SpokenAudio,
    can_transcribe,
    transcribe_so_far,
    transcribe_speech,
)
from interviews.states import OVER

logger = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
Receive = Callable[[], Awaitable[dict[str, Any]]]  # ASGI's own types
Send = Callable[[dict[str, Any]], Awaitable[None]]

HELLO_SECONDS = 5.0
LINGER_SECONDS = 10.0  # after the end: for what is still in the client's outbox
MOST_BAD_FRAMES = 20
MOST_CHANGES = (
    5  # of a room's rights while one message waits: a team may be changed member after member
)
MOST_IN_LINE = 256  # frames read and not yet taken; then the socket is read no further
DURABLE = get_args(Durable)
_Taken = Hello | SegmentInterim | AudioStart | AudioEnd | Durable | bytes  # one after the other


async def room_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application at /ws/interviews/<id>/."""
    await RoomSocket(scope, receive, send).run()


async def no_such_room(scope: Scope, receive: Receive, send: Send) -> None:
    """Any other address: accepted, so that the browser can read the code, and closed."""
    if (await receive())["type"] == "websocket.connect":
        offered = scope.get("subprotocols", ())
        subprotocol = SUBPROTOCOL if SUBPROTOCOL in offered else None
        await send({"type": "websocket.accept", "subprotocol": subprotocol})
        await send({"type": "websocket.close", "code": CloseCode.NO_SUCH_INTERVIEW})


class _Closed(Exception):
    """The socket is closed, by whichever side."""


class RoomSocket:
    """State of one socket."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._interview_id: uuid.UUID = scope["url_route"]["kwargs"]["interview_id"]
        self._offered: list[str] = list(scope.get("subprotocols", ()))
        self._credentials: Credentials = read_credentials(scope)
        self._receive, self._raw_send = receive, send
        self._is_closed = False  # by us: nothing more is taken from it
        self._is_gone = False  # nothing more can be said to it
        self._in_line: asyncio.Queue[_Taken | None] = asyncio.Queue(MOST_IN_LINE)
        self._durable = Bucket(per_second=20, burst=40)
        self._any = Bucket(per_second=60, burst=200)
        self._interim = Bucket(per_second=8, burst=16)
        self._hellos = Bucket(per_second=0.5, burst=10)  # each may ask for the whole log
        self._sound = Bucket(
            per_second=40, burst=400
        )  # after a cut, minutes of speech come at once
        self._bad_frames = 0
        self._lingering: asyncio.Task[None] | None = None
        run = the_hub().run
        so_far = WordsSoFar(self._share_words_so_far, run, settings.SPEECH_INTERIM_SECONDS)
        self._audio = IncomingAudio(self._transcribe, run, so_far, lambda: line_of(self._room))

    async def run(self) -> None:
        message = await self._receive()
        if message["type"] != "websocket.connect":
            return
        try:
            await self._accept()
            hello = await self._first_hello()
            self.by = await self._admit(hello)
            await self._stay(hello)
        except _Closed:
            pass
        except SocketRefused as refused:
            await self._close(refused.code)
        except (DatabaseError, InterfaceError):
            logger.warning("The database did not answer a socket; its client comes back.")
            await self._close(CloseCode.COME_BACK)
        except Exception:
            logger.exception("A socket failed; its client comes back.")
            await self._close(CloseCode.COME_BACK)

    # Coming in

    async def _accept(self) -> None:
        known = SUBPROTOCOL in self._offered
        await self._raw_send(
            {"type": "websocket.accept", "subprotocol": SUBPROTOCOL if known else None}
        )
        if self._offered and not known:
            raise SocketRefused(CloseCode.BAD_MESSAGE)

    async def _first_hello(self) -> Hello:
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                frame = await self._next_frame()
        except TimeoutError:
            raise SocketRefused(CloseCode.BAD_MESSAGE) from None
        try:
            message = parse(frame) if isinstance(frame, str) else None
        except BadMessage as bad:
            await self._send(encode(Refused(bad.code, bad.message)))
            raise SocketRefused(CloseCode.BAD_MESSAGE) from bad
        if not isinstance(message, Hello):
            await self._send(encode(Refused("hello_first", "Say “hello” first.")))
            raise SocketRefused(CloseCode.BAD_MESSAGE)
        return message

    async def _admit(self, hello: Hello) -> Participant:
        return await in_database(
            admit,
            credentials=self._credentials,
            as_=hello.as_,
            interview_id=self._interview_id,
            now=timezone.now(),
        )

    async def _stay(self, hello: Hello) -> None:
        """From the welcome to the close."""
        hub = the_hub()
        room_log.on_new_event(hub.nudge)
        hub.watch(keep_presence)
        the_suggestion_loop()  # it follows what is said from now on
        self._connection = self._connect(hello, await self._note_arrival())
        room = await hub.enter(self._interview_id, self._connection)
        if room is None:
            raise SocketRefused(CloseCode.NO_SUCH_INTERVIEW)
        self._room = room
        pump: asyncio.Task[None] | None = None
        reader: asyncio.Task[None] | None = None
        try:
            await self._welcome(hello)
            ring = room.rings[self.by.audience]
            pump = hub.run(self._pump(ring))
            reader = asyncio.create_task(self._read())
            if self.by.is_candidate:
                room.candidate_is_heard()
                the_leader().wake(self._interview_id)
            while (taken := await self._in_line.get()) is not None and not self._is_closed:
                await self._take(taken)
        finally:
            self._audio.close()
            for task in (self._lingering, pump, reader):
                if task is not None:
                    task.cancel()
            await hub.leave(self._interview_id, self._connection)

    async def _pump(self, ring: Ring) -> None:
        try:
            await self._connection.pump(self._interview_id, ring)
        except Exception:
            logger.exception("A pump failed; its client comes back.")
            await self._close(CloseCode.COME_BACK)

    def _connect(self, hello: Hello, tab: int) -> Connection:
        return Connection(
            audience=self.by.audience,
            key=self.by.key,
            person=Person(self.by.role, self.by.name),
            client_id=hello.client_id,
            tab=tab,
            rights=self.by.rights,
            leads=self.by.actor is not None,
            send=self._send,
            close=self._close,
            recheck=self._recheck,
            end=self._end_soon,
        )

    async def _note_arrival(self) -> int:
        try:
            return await in_database(note_arrival, by=self.by, now=timezone.now())
        except RightsChanged:
            raise SocketRefused(CloseCode.COME_BACK) from None  # come again, by the new rights

    async def _welcome(self, hello: Hello) -> None:
        """Also the answer to another hello on the same socket: the client asks for a gap."""
        found = await in_database(room_snapshot, self._interview_id, timezone.now())
        if found is None:
            raise SocketRefused(CloseCode.NO_SUCH_INTERVIEW)
        last = found.candidate_seq if self.by.is_candidate else found.member_seq
        is_other_history = hello.epoch is not None and hello.epoch != found.epoch
        is_reset = hello.resume_from > last or (is_other_history and hello.resume_from > 0)
        await self._tell(words_of_welcome(self.by, found, self._room, last, is_reset=is_reset))
        self._connection.start_after(0 if is_reset or is_other_history else hello.resume_from)
        if not self.by.is_candidate:
            await self._tell_panel()
        if found.state in OVER:
            self._end_soon()

    async def _tell_panel(self) -> None:
        for message in await in_database(words_of_panel, self.by, self._interview_id):
            await self._tell(message)
        if the_suggestion_loop().is_paused(self._interview_id):
            await self._tell(AssistPaused("no_ai"))

    # Frames

    async def _read(self) -> None:
        """Reads on while what came before is being stored.

        What only says that the client keeps up is heard at once: an acknowledgement that waits behind its
        own sender's words would make somebody who speaks look like somebody who does not read.
        """
        try:
            while True:
                await self._sort(await self._next_frame())
        except _Closed:
            pass
        except SocketRefused as refused:
            await self._close(refused.code)
        except Exception:
            logger.exception("A socket could not be read; its client comes back.")
            await self._close(CloseCode.COME_BACK)
        await self._in_line.put(None)

    async def _sort(self, frame: str | bytes) -> None:
        self._connection.heard()
        if not (self._sound if isinstance(frame, bytes) else self._any).take():
            raise SocketRefused(CloseCode.TOO_FAST)
        try:
            message = _checked(frame) if isinstance(frame, bytes) else parse(frame)
        except BadMessage as bad:
            await self._refuse(bad)
            return
        match message:
            case Ack():
                if self._connection.acknowledge(message.seq):
                    self._any.give_back()  # there are no more of these than events sent
            case Ping():
                last = self._room.rings[self.by.audience].last
                await self._tell(Pong(message.t, last))
            case _:
                # By when it came, not by when its turn comes: those that waited come all at once.
                if isinstance(message, DURABLE) and not self._durable.take():
                    raise SocketRefused(CloseCode.TOO_FAST)
                await self._in_line.put(message)

    async def _refuse(self, bad: BadMessage) -> None:
        self._bad_frames += bad.code != "busy"  # what comes too fast is no garbage
        await self._tell(Refused(bad.code, bad.message, bad.client_seq, bad.seg_id))
        if self._bad_frames >= MOST_BAD_FRAMES:
            raise SocketRefused(CloseCode.BAD_MESSAGE) from bad

    async def _take(self, message: _Taken) -> None:
        """One at a time, in the order in which they came."""
        try:
            await self._obey(message)
        except BadMessage as bad:
            await self._refuse(bad)

    def _hear_sound(self, frame: bytes) -> None:
        if self.by.is_candidate:
            self._room.candidate_is_heard()
        self._audio.add(frame)

    async def _obey(self, message: _Taken) -> None:
        match message:
            case bytes():
                self._hear_sound(message)
            case Hello():
                await self._hello_again(message)
            case SegmentInterim():
                await self._share_interim(message)
            case AudioStart():
                self._begin_audio(message)
            case AudioEnd():
                self._audio.end(message)
            case _:
                await self._do(message)

    def _begin_audio(self, message: AudioStart) -> None:
        seg_id = message.seg_id
        if self.by.actor is None:
            raise BadMessage("not_allowed", "Observers watch; they do not speak.", seg_id=seg_id)
        if self.by.is_candidate and message.speaker is not None:
            raise BadMessage("not_yours", "You can speak for yourself only.", seg_id=seg_id)
        if not can_transcribe():
            words = "No provider can transcribe speech here: please type."
            raise BadMessage("no_speech", words, seg_id=seg_id)
        self._audio.start(message)

    async def _transcribe(self, audio: SpokenAudio, its_turn: ItsTurn) -> None:
        try:
            settled = await transcribe_speech(in_room=self._in_room, audio=audio, its_turn=its_turn)
        except RoomRefusal as refusal:
            await self._tell(Refused(refusal.code, refusal.message, seg_id=audio.seg_id))
            return
        except (DatabaseError, InterfaceError):
            logger.warning("Speech could not be stored; its client sends it again.")
            await self._close(CloseCode.COME_BACK)
            return
        the_leader().words_came(self._interview_id)
        if settled is None:
            return
        if not settled.holds_words:
            await self._tell(Refused("nothing_heard", "No words were heard.", seg_id=audio.seg_id))
        elif settled.recorded.duplicate:  # no event will come: its sender may have that long since
            seq = settled.recorded.seq
            await self._tell(Acknowledged(None, seq, duplicate=True, seg_id=audio.seg_id))

    async def _share_words_so_far(self, audio: SpokenAudio) -> None:
        """For everybody, the speaker too: their browser does not know what was heard."""
        try:
            text = await transcribe_so_far(in_room=self._in_room, audio=audio)
        except (RoomRefusal, DatabaseError, InterfaceError):
            return  # droppable; the whole segment is answered
        if text and not self._is_closed and not self._is_gone:
            words = interim_words(self.by, audio.seg_id, text, audio.speaker)
            await the_hub().share_interim(self._room, words)

    async def _hello_again(self, message: Hello) -> None:
        if message.as_ != self.by.audience or message.client_id != self._connection.client_id:
            raise BadMessage("hello_differs", "A socket stays what its first “hello” said.")
        if not self._hellos.take():
            raise SocketRefused(CloseCode.TOO_FAST)
        await self._welcome(message)

    async def _share_interim(self, message: SegmentInterim) -> None:
        is_over = self._room.facts.state in OVER
        if self.by.actor is None or is_over or not self._interim.take():
            return  # droppable
        if self.by.is_candidate:
            self._room.candidate_is_heard()
        heard = interim_words(self.by, message.seg_id, message.text, message.speaker)
        await the_hub().share_interim(self._room, heard, self._connection)

    async def _do(self, message: Durable) -> None:
        """A durable message: done, committed, then acknowledged."""
        if self.by.is_candidate:
            self._room.candidate_is_heard()
        try:
            done = await self._in_room(
                carry_out,
                message=message,
                client_id=self._connection.client_id,
                now=timezone.now(),
            )
        except RoomRefusal as refusal:
            seg_id = getattr(message, "seg_id", None)
            await self._tell(Refused(refusal.code, refusal.message, message.client_seq, seg_id))
            return
        except (DatabaseError, InterfaceError):
            logger.warning("The database did not take a message; its client sends it again.")
            raise SocketRefused(CloseCode.COME_BACK) from None
        recorded = done.recorded
        await self._tell(Acknowledged(message.client_seq, recorded.seq, recorded.duplicate))
        leader = the_leader()
        if done.ai_falls_silent:
            leader.fall_silent(self._interview_id)
        if done.may_be_ais_turn:
            leader.wake(self._interview_id)

    async def _in_room(
        self, function: Callable[Concatenate[Participant, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Runs a function of the database for whoever this is, by the rights that stand now."""
        for _ in range(MOST_CHANGES):
            with suppress(RightsChanged):
                return await in_database(function, self.by, *args, **kwargs)
            await self._recheck()  # closes the socket if it may not stay
            if self._is_closed:
                break
        return await in_database(function, self.by, *args, **kwargs)

    # Going

    async def _recheck(self) -> None:
        """Somebody's rights in this room changed: this socket stays only if its own still stand."""
        try:
            self.by = await in_database(
                admit,
                credentials=self._credentials,
                as_=self.by.audience,
                interview_id=self._interview_id,
                now=timezone.now(),
            )
        except SocketRefused as refused:
            await self._close(refused.code)
        else:
            self._connection.rights = self.by.rights
            self._connection.person = Person(self.by.role, self.by.name)
            self._connection.leads = self.by.actor is not None

    def _end_soon(self) -> None:
        """The interview is over: late words of the outbox come in, then the socket goes. Told once or often."""
        if self._lingering is None:
            self._lingering = asyncio.ensure_future(self._linger())

    async def _linger(self) -> None:
        await asyncio.sleep(LINGER_SECONDS)
        await self._close(CloseCode.INTERVIEW_OVER)

    async def _next_frame(self) -> str | bytes:
        if self._is_closed:
            raise _Closed
        message = await self._receive()
        if message["type"] == "websocket.disconnect" or self._is_closed:
            self._is_gone = True
            raise _Closed
        text = message.get("text")
        return text if text is not None else (message.get("bytes") or b"")

    async def _tell(self, message: ServerMessage) -> None:
        await self._send(encode(message))

    async def _send(self, frame: str) -> None:
        if not self._is_closed and not self._is_gone:
            await self._hand_over({"type": "websocket.send", "text": frame})

    async def _close(self, code: int) -> None:
        if not self._is_closed:
            self._is_closed = True
            await self._hand_over({"type": "websocket.close", "code": code})

    async def _hand_over(self, message: dict[str, Any]) -> None:
        try:
            await self._raw_send(message)
        except (
            Exception
        ):  # each server has its own: the client went, and its disconnect is on the way
            logger.info("A socket was gone before something was said to it.")
            self._is_gone = True


def _checked(frame: bytes) -> bytes:
    """Before it stands in line: many large ones there would take the memory of all rooms."""
    if len(frame) > LONGEST_BINARY:
        limit = f"{LONGEST_BINARY // 1024} kB"
        raise BadMessage("binary_too_large", f"A piece of audio may have {limit}.")
    return frame
