"""The channel layer between the hubs of several processes. It carries only what may be lost.

Nudges, interim words, deltas and presence: when Redis is gone or forgets everything, the tick finds every
durable event within a second. With the in-memory layer there is one process and nothing to carry.

A nudge brings the event that was just committed, as each audience sees it: where it is the next in order, the
other process need not ask the database for it. It stays a hint: out of order or lost, the database is read.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any, Literal

from channels.layers import InMemoryChannelLayer, get_channel_layer

from interviews.events import Audience, Person, QuestionDelta
from interviews.hub.reading import NewEvent, StoredWords
from interviews.hub.room import Seen

logger = logging.getLogger(__name__)
Listener = Audience | Literal["leader"]  # a leader is a member who may lead
PATIENCE = 2.0  # seconds for one word to Redis: a hanging one must not pile up tasks
REST = 5.0  # after a failure nothing is sent for so long


class Layer:
    """Speaks to the other hubs, and calls back for what they say."""

    def __init__(
        self,
        on_news: Callable[[uuid.UUID, NewEvent | None], None],
        on_frame: Callable[[uuid.UUID, Iterable[Listener], str], Awaitable[None]],
        on_people: Callable[[uuid.UUID, str, Mapping[str, Seen]], Awaitable[None]],
        on_words: Callable[[uuid.UUID, QuestionDelta, str], Awaitable[None]],
    ) -> None:
        self._on_news, self._on_frame, self._on_words = on_news, on_frame, on_words
        self._on_people = on_people
        self._me = uuid.uuid4().hex
        layer = get_channel_layer()
        self._layer: Any = None if isinstance(layer, InMemoryChannelLayer) else layer
        self._channel = ""
        self._opening = asyncio.Lock()
        self._listening: asyncio.Task[None] | None = None
        self._joined: set[uuid.UUID] = set()
        self._rests_until = 0.0

    def hears_of(self, interview_id: uuid.UUID) -> bool:
        """Whether this process hears of that room."""
        return self._layer is None or interview_id in self._joined

    async def subscribe(self, interview_id: uuid.UUID) -> None:
        """Asks to hear of a room; where Redis does not answer, it is to be asked again."""
        if self._layer is None:
            return

        async def join() -> None:
            async with self._opening:  # one channel, however many rooms are opened at once
                if not self._channel:
                    self._channel = await self._layer.new_channel()
                    self._listening = asyncio.create_task(self._listen(self._channel))
            await self._layer.group_add(_group(interview_id), self._channel)

        if await self._try(join()):
            self._joined.add(interview_id)

    async def unsubscribe(self, interview_id: uuid.UUID) -> None:
        self._joined.discard(interview_id)
        if self._layer is not None and self._channel:
            await self._try(self._layer.group_discard(_group(interview_id), self._channel))

    async def tell_news(self, interview_id: uuid.UUID, event: NewEvent | None) -> None:
        told = None if event is None else _packed(event)
        await self._tell(interview_id, {"type": "news", "event": told})

    async def tell_frame(
        self, interview_id: uuid.UUID, listeners: Iterable[Listener], frame: str
    ) -> None:
        await self._tell(
            interview_id, {"type": "frame", "audiences": list(listeners), "frame": frame}
        )

    async def tell_words(self, interview_id: uuid.UUID, delta: QuestionDelta, before: str) -> None:
        """The next words of the open question, with those before: who hears only now has it whole."""
        told = {"msg_id": delta.msg_id, "before": before, "text": delta.text}
        await self._tell(interview_id, {"type": "words", **told})

    async def tell_people(self, interview_id: uuid.UUID, people: Mapping[str, Seen]) -> None:
        """All whose sockets this process holds: who is not among them has left."""
        told = {
            key: [seen.person.role, seen.person.name, seen.silent] for key, seen in people.items()
        }
        await self._tell(interview_id, {"type": "here", "people": told})

    async def stop(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
            self._listening, self._channel = None, ""

    async def _tell(self, interview_id: uuid.UUID, message: dict[str, object]) -> None:
        if self._layer is None or asyncio.get_running_loop().time() < self._rests_until:
            return
        told = {**message, "room": str(interview_id), "from": self._me}
        await self._try(self._layer.group_send(_group(interview_id), told))

    async def _try(self, speaking: Awaitable[None]) -> bool:
        try:
            await asyncio.wait_for(speaking, PATIENCE)
        except Exception:  # each layer fails in its own ways, and none may hurt a room
            self._rests_until = asyncio.get_running_loop().time() + REST
            logger.warning("The channel layer did not answer; rooms go on by the tick.")
            return False
        return True

    async def _listen(self, channel: str) -> None:
        """Hears until the layer breaks; then every room is to be subscribed anew, which the tick does."""
        try:
            while True:
                message = await self._layer.receive(channel)
                if message.get("from") != self._me:
                    await self._hear(message)
        except Exception:  # each layer fails in its own ways, and none may leave this process deaf
            logger.warning("The channel layer broke off; it is joined anew.", exc_info=True)
            self._channel, self._joined = "", set()

    async def _hear(self, message: dict[str, Any]) -> None:
        try:
            await self._pass_on(uuid.UUID(message["room"]), message)
        except (KeyError, TypeError, ValueError):  # of another version, during a deploy
            logger.warning("A word of another process was not understood.")

    async def _pass_on(self, room: uuid.UUID, message: dict[str, Any]) -> None:
        match message["type"]:
            case "news":
                self._on_news(room, _unpacked(room, message.get("event")))
            case "frame":
                await self._on_frame(room, message["audiences"], message["frame"])
            case "words":
                before = message["before"]
                delta = QuestionDelta(message["msg_id"], len(before), message["text"])
                await self._on_words(room, delta, before)
            case "here":
                people = {
                    key: Seen(Person(role, name), silent)
                    for key, (role, name, silent) in message["people"].items()
                }
                await self._on_people(room, message["from"], people)


def _group(interview_id: uuid.UUID) -> str:
    return f"room.{interview_id.hex}"


def _packed(event: NewEvent) -> dict[str, Any]:
    return {**asdict(event), "interview_id": None}  # it is told beside it, for every kind of word


def _unpacked(room: uuid.UUID, told: dict[str, Any] | None) -> NewEvent | None:
    """None where nothing came with the nudge, or what another version says of an event: then the log is read."""
    if told is None:
        return None
    try:
        words = told["words"]
        heard = None if words is None else StoredWords(**words)
        return NewEvent(**{**told, "interview_id": room, "words": heard})
    except (KeyError, TypeError):
        return None
