"""A limit of calls at a time for each lane, so that a hundred debriefs cannot keep a candidate waiting,
and the SDK's own pool never fills up."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from weakref import WeakKeyDictionary

from ai_engine.errors import Busy
from ai_engine.inputs import Lane
from ai_engine.limits import Limits
from ai_engine.messages import Answer, Request, StreamPart
from ai_engine.providers.protocol import Provider
from ai_engine.resilience.wrapper import Wrapper

Places = dict[Lane, asyncio.Semaphore]


class Bulkhead(Wrapper):
    """Waits a moment for a place, then raises Busy. Places are counted per event loop, as pools are."""

    def __init__(self, inner: Provider, limits: Limits) -> None:
        super().__init__(inner)
        self._limits = limits
        self._lanes: WeakKeyDictionary[asyncio.AbstractEventLoop, Places] = WeakKeyDictionary()

    async def complete(self, request: Request) -> Answer:
        async with self._place(request.context.lane):
            return await self._inner.complete(request)

    async def stream(self, request: Request) -> AsyncGenerator[StreamPart, None]:
        async with (
            self._place(request.context.lane),
            aclosing(self._inner.stream(request)) as parts,
        ):
            async for part in parts:
                yield part

    def has_room(self, lane: Lane) -> bool:
        """Whether a call that is made now waits for nobody."""
        return not self._places_of(lane).locked()

    @asynccontextmanager
    async def _place(self, lane: Lane) -> AsyncIterator[None]:
        places = self._places_of(lane)
        try:
            async with asyncio.timeout(self._limits.queue_wait if places.locked() else None):
                await places.acquire()
        except TimeoutError as full:
            raise Busy(self.name, f"{lane} lane full") from full
        try:
            yield
        finally:
            places.release()

    def _places_of(self, lane: Lane) -> asyncio.Semaphore:
        lanes = self._lanes.setdefault(asyncio.get_running_loop(), {})
        if lane not in lanes:
            lanes[lane] = asyncio.Semaphore(self._limits.calls(lane))
        return lanes[lane]
