"""The channel layer between the hubs of several processes. It carries only what may be lost.

Nudges, interim words, deltas and presence: when Redis is gone or forgets everything, the tick finds every
durable event within a second. With the in-memory layer there is one process and nothing to carry.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from channels.layers import InMemoryChannelLayer, get_channel_layer

from interviews.events import Audience, Person

logger = logging.getLogger(__name__)
PATIENCE = 2.0  # seconds for one word to Redis: a hanging one must not pile up tasks
REST = 5.0  # after a failure nothing is sent for so long


class Layer:
    """Speaks to the other hubs, and calls back for what they say."""

    def __init__(
        self,
        on_news: Callable[[uuid.UUID], None],
        on_frame: Callable[[uuid.UUID, Iterable[Audience], str], Awaitable[None]],
        on_people: Callable[[uuid.UUID, dict[str, tuple[str, str]], str], Awaitable[None]],
        on_tab: Callable[[uuid.UUID], Awaitable[None]],
    ) -> None:
        self._on_news, self._on_frame = on_news, on_frame
        self._on_people, self._on_tab = on_people, on_tab
        self._me = uuid.uuid4().hex
        layer = get_channel_layer()
        self._layer: Any = None if isinstance(layer, InMemoryChannelLayer) else layer
        self._channel = ""
        self._listening: asyncio.Task[None] | None = None
        self._rests_until = 0.0

    async def subscribe(self, interview_id: uuid.UUID) -> bool:
        """Whether this process now hears of that room."""
        if self._layer is None:
            return True

        async def join() -> None:
            if not self._channel:
                self._channel = await self._layer.new_channel()
                self._listening = asyncio.create_task(self._listen())
            await self._layer.group_add(_group(interview_id), self._channel)

        return await self._try(join())

    async def unsubscribe(self, interview_id: uuid.UUID) -> None:
        if self._layer is not None and self._channel:
            await self._try(self._layer.group_discard(_group(interview_id), self._channel))

    async def tell_news(self, interview_id: uuid.UUID) -> None:
        await self._tell(interview_id, {"type": "news"})

    async def tell_frame(
        self, interview_id: uuid.UUID, audiences: Iterable[Audience], frame: str
    ) -> None:
        await self._tell(
            interview_id, {"type": "frame", "audiences": list(audiences), "frame": frame}
        )

    async def tell_people(self, interview_id: uuid.UUID, people: Mapping[str, Person]) -> None:
        told = {key: [person.role, person.name] for key, person in people.items()}
        await self._tell(interview_id, {"type": "people", "people": told, "gone": ""})

    async def tell_gone(self, interview_id: uuid.UUID, key: str) -> None:
        await self._tell(interview_id, {"type": "people", "people": {}, "gone": key})

    async def tell_tab(self, interview_id: uuid.UUID) -> None:
        await self._tell(interview_id, {"type": "tab"})

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

    async def _listen(self) -> None:
        while True:
            message = await self._layer.receive(self._channel)
            if message.get("from") == self._me:
                continue
            room = uuid.UUID(message["room"])
            match message["type"]:
                case "news":
                    self._on_news(room)
                case "frame":
                    await self._on_frame(room, message["audiences"], message["frame"])
                case "people":
                    people = {key: tuple(who) for key, who in message["people"].items()}
                    await self._on_people(room, people, message["gone"])
                case "tab":
                    await self._on_tab(room)


def _group(interview_id: uuid.UUID) -> str:
    return f"room.{interview_id.hex}"
