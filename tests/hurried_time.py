"""An event loop over real sockets that does not wait for its timers: where nothing more has come for a moment, its
clock jumps to the next of them.

For tests in which both ends of every connection live on this one loop, as the fake providers do. A busy machine
changes nothing then: its timers run out only where there is nothing left to do.
"""

import asyncio
import selectors
from asyncio import Future
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple, Unpack

A_MOMENT = 0.02
"""Real seconds: what was sent from this machine to itself is there by then."""

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class HurriedLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._skipped = 0.0
        self._at_work: set[Future[Any]] = set()
        super().__init__(_Hurried(self))

    def time(self) -> float:
        return super().time() + self._skipped

    def skip(self, seconds: float) -> None:
        self._skipped += seconds

    @property
    def waits_for_threads(self) -> bool:
        """They take real time, however far the clock would jump."""
        return bool(self._at_work)

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> "Future[T]":
        work = super().run_in_executor(executor, func, *args)
        self._at_work.add(work)
        work.add_done_callback(self._at_work.discard)
        return work


class _Hurried(selectors.DefaultSelector):
    def __init__(self, loop: HurriedLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= A_MOMENT or self._loop.waits_for_threads:
            return super().select(timeout)
        ready = super().select(A_MOMENT)
        if not ready:
            self._loop.skip(timeout - A_MOMENT)
        return ready
