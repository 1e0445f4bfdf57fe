"""Words of a segment that is still being spoken: written down now and then, so that others need not wait for its end.

They may be lost at any time, and give way to everything that may not.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine

from interviews.services.transcribe_speech import SpokenAudio

FIRST_SECONDS = 2.0  # of sound: in less there is hardly a word to be sure of


class WordsSoFar:
    """Of one socket's open segment. `take` writes them down and shows them; `every` is in seconds, 0 for never.

    The pace is kept by the clock as well as by the sound: sound can be sent faster than anybody speaks.
    """

    def __init__(
        self,
        take: Callable[[SpokenAudio], Awaitable[None]],
        run: Callable[[Coroutine[object, object, None]], asyncio.Task[None]],
        every: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._take, self._run, self._every, self._clock = take, run, every, clock
        self._due_seconds = FIRST_SECONDS
        self._due_at = 0.0
        self._under_way: asyncio.Task[None] | None = None

    def heard(self, seconds: float, sound: Callable[[], SpokenAudio]) -> None:
        """So much of the segment has come by now; `sound` makes it whole if it is wanted."""
        is_busy = self._under_way is not None and not self._under_way.done()
        if not self._every or is_busy or seconds < self._due_seconds:
            return
        now = self._clock()
        if now < self._due_at:
            return
        self._due_seconds, self._due_at = seconds + self._every, now + self._every
        self._under_way = self._run(self._tell(sound()))

    def stop(self) -> None:
        """The segment is whole, or given up: its last words are on their way, or none."""
        self._due_seconds = FIRST_SECONDS
        if self._under_way is not None:
            self._under_way.cancel()
            self._under_way = None

    async def _tell(self, sound: SpokenAudio) -> None:
        await self._take(sound)
