"""SDK clients belong to the event loop they were made in: the OpenAI and Groq clients die when used
from another one, so each loop gets its own."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from logging import getLogger
from typing import Final, Generic, TypeVar
from weakref import WeakKeyDictionary

logger = getLogger(__name__)
T = TypeVar("T")
PATIENCE: Final = 5.0
"""Seconds for another thread's loop to close what is its own: it may be stuck in somebody's code."""


class PerLoop(Generic[T]):
    """One `T` for each running event loop, made when first asked for."""

    def __init__(
        self, make: Callable[[], T], close: Callable[[T], Coroutine[object, object, None]]
    ) -> None:
        self._make = make
        self._close = close
        self._made: WeakKeyDictionary[asyncio.AbstractEventLoop, T] = WeakKeyDictionary()
        self._making = threading.Lock()

    def get(self) -> T:
        loop = asyncio.get_running_loop()
        made = self._made.get(loop)
        if made is None:
            with self._making:  # another loop's thread may grow the dictionary at the same time
                self._forget_closed_loops()
                made = self._made[loop] = self._make()
        return made

    async def aclose(self) -> None:
        """Closes what every loop holds, each on its own thread."""
        with self._making:
            held, self._made = dict(self._made), WeakKeyDictionary()
        for loop, made in held.items():
            try:
                await self._close_on(loop, made)
            except Exception:  # the others must be closed all the same
                logger.warning("The connections of an AI provider were not closed.", exc_info=True)

    async def _close_on(self, loop: asyncio.AbstractEventLoop, made: T) -> None:
        if loop is asyncio.get_running_loop():
            await self._close(made)
        elif loop.is_running():  # one that has ended can close nothing any more
            closing = asyncio.run_coroutine_threadsafe(self._close(made), loop)
            await asyncio.wait_for(asyncio.wrap_future(closing), PATIENCE)

    def _forget_closed_loops(self) -> None:
        """A client holds on to its loop, so the weak key alone would keep both for ever."""
        for loop in [loop for loop in self._made if loop.is_closed()]:
            del self._made[loop]
