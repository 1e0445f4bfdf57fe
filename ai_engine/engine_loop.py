"""An event loop on a thread of its own, for callers that are not async."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


class EngineLoop:
    def __init__(self) -> None:
        started: Future[asyncio.AbstractEventLoop] = Future()
        self._ending = asyncio.Event()
        threading.Thread(
            target=lambda: asyncio.run(self._live(started)), name="ai-engine", daemon=True
        ).start()
        self._loop = started.result()

    def run(self, thinking: Coroutine[object, object, T]) -> T:
        return asyncio.run_coroutine_threadsafe(thinking, self._loop).result()

    def stop(self) -> None:
        """Lets what runs end in CancelledError rather than have its callers wait for ever."""
        self._loop.call_soon_threadsafe(self._ending.set)

    async def _live(self, started: "Future[asyncio.AbstractEventLoop]") -> None:
        started.set_result(asyncio.get_running_loop())
        await self._ending.wait()
