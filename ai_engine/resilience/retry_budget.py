"""A limit on repeated calls in the whole process: when everything fails, retries must not multiply
the load on what is left."""

import asyncio
import threading
from collections.abc import Callable


class RetryBudget:
    """A bucket of tokens: each request adds a tenth of one, ten seconds add three, a retry takes one."""

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        share: float = 0.1,
        floor_per_second: float = 0.3,
        most: float = 20.0,
    ) -> None:
        self._clock = clock
        self._share = share
        self._floor = floor_per_second
        self._most = most
        self._tokens = most / 2
        self._filled_at = clock()
        self._lock = threading.Lock()

    def request_made(self) -> None:
        with self._lock:
            self._tokens = min(self._most, self._tokens + self._share)

    def take(self) -> bool:
        """Whether one more repeated call may be made."""
        with self._lock:
            now = self._clock()
            self._tokens = min(self._most, self._tokens + (now - self._filled_at) * self._floor)
            self._filled_at = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True

    async def pause(self, seconds: float) -> None:
        """Waits before a call for which a token was taken. Who leaves meanwhile has made none."""
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            with self._lock:
                self._tokens = min(self._most, self._tokens + 1)
            raise
