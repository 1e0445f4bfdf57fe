"""What carries words between the hubs of several processes, and can break."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer, channel_layers
from channels_redis.serializers import registry


class FrailLayer:
    """A layer whose connection can break, as that to a Redis does, and which carries what that can carry."""

    def __init__(self) -> None:
        self._sound = InMemoryChannelLayer()
        self._wire = registry.get_serializer("msgpack")
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
        on_the_wire = self._wire.deserialize(self._wire.serialize(message))
        await self._sound.group_send(group, on_the_wire)

    async def receive(self, channel: str) -> dict[str, Any]:
        hearing = asyncio.ensure_future(self._sound.receive(channel))
        breaking = asyncio.ensure_future(self.broken.wait())
        await asyncio.wait({hearing, breaking}, return_when=asyncio.FIRST_COMPLETED)
        breaking.cancel()
        if self.broken.is_set():
            hearing.cancel()
            raise ConnectionError
        return dict(await hearing)


@pytest.fixture
def frail() -> Iterator[FrailLayer]:
    frail = FrailLayer()
    before = channel_layers.set("default", frail)
    yield frail
    channel_layers.set("default", before)
