"""SDK clients belong to the event loop they were made in: the OpenAI and Groq clients die when used
from another one, so each loop gets its own."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")


class PerLoop(Generic[T]):
    """One `T` for each running event loop, made when first asked for."""

    def __init__(self, make: Callable[[], T], close: Callable[[T], Awaitable[None]]) -> None:
        self._make = make
        self._close = close
        self._made: WeakKeyDictionary[asyncio.AbstractEventLoop, T] = WeakKeyDictionary()
        self._making = threading.Lock()

    def get(self) -> T:
        loop = asyncio.get_running_loop()
        made = self._made.get(loop)
        if made is None:
            with self._making:  # another loop's thread may grow the dictionary at the same time
                made = self._made[loop] = self._make()
        return made

    async def aclose(self) -> None:
        """Closes what the running loop holds."""
        with self._making:
            made = self._made.pop(asyncio.get_running_loop(), None)
        if made is not None:
            await self._close(made)
