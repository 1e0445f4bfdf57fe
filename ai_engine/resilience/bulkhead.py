"""A limit of calls at a time for each lane, so that a hundred debriefs cannot keep a candidate waiting,
and the SDK's own pool never fills up."""

import asyncio
from collections import defaultdict
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
        self._places: WeakKeyDictionary[asyncio.AbstractEventLoop, Places] = WeakKeyDictionary()

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

    @asynccontextmanager
    async def _place(self, lane: Lane) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        places = self._places.setdefault(loop, defaultdict(asyncio.Semaphore))
        if lane not in places:
            places[lane] = asyncio.Semaphore(self._limits.calls(lane))
        try:
            async with asyncio.timeout(self._limits.queue_wait if places[lane].locked() else None):
                await places[lane].acquire()
        except TimeoutError as full:
            raise Busy(self.name, f"{lane} lane full") from full
        try:
            yield
        finally:
            places[lane].release()
