"""The one event loop of a worker process, on a thread of its own: async handlers run there."""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import connections

T = TypeVar("T")

logger = logging.getLogger(__name__)


class LoopThread:
    """Starts with its first coroutine. A forked child has none of its parent's threads: make a new one."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()

    def submit(self, make: Callable[[], Coroutine[Any, Any, T]]) -> "Future[T]":
        """Runs the coroutine with database connections of its own, which it gives back at the end."""
        return asyncio.run_coroutine_threadsafe(_with_own_connections(make), self._running())

    def leave_behind(self) -> None:
        """Something may block the loop. What comes later gets another; what runs on this one may still end."""
        with self._lock:
            self._loop = None

    def stop(self) -> None:
        with self._lock:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._loop.stop)
                self._loop = None

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(
                    target=_serve, args=(self._loop,), name="scheduler-loop", daemon=True
                ).start()
            return self._loop


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    while True:
        try:
            loop.run_forever()
        except (
            SystemExit,
            KeyboardInterrupt,
        ):  # what a handler raises leaves its task, and the loop
            logger.exception("An async handler wanted to end the process. The loop goes on.")
        else:
            break
    loop.close()


async def _with_own_connections(make: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Without a context of their own, the synchronous parts of all async jobs would queue for one thread."""
    async with ThreadSensitiveContext():
        try:
            return await make()
        finally:
            await asyncio.shield(sync_to_async(connections.close_all)())
