"""An event loop whose clock jumps to the next timer as soon as nothing else is to be done, so that
ten minutes of waiting cost no time, and every run is the same."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import TypeVar

T = TypeVar("T")


class SimulatedLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._now = 1000.0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        return self._now

    def jump(self, seconds: float) -> None:
        self._now += seconds


class _Jumping(selectors.SelectSelector):
    """Where the loop would wait for so many seconds, they have passed."""

    def __init__(self, loop: SimulatedLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise AssertionError("everybody waits, and no timer is set: a deadlock")
        if not ready and timeout and timeout > 0:
            self._loop.jump(timeout)
        return ready


def run_simulated(main: Coroutine[object, object, T], loop: SimulatedLoop) -> T:
    """Runs to the end, as asyncio.run does, in simulated time."""
    try:
        return loop.run_until_complete(main)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
