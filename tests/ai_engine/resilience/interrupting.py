"""Cancels a call at the n-th moment at which it, or a task that it began, waits for something."""

import asyncio
from collections.abc import Coroutine, Generator
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")


class _Watched:
    def __init__(self, nth: int) -> None:
        self._waits_left = nth
        self.task: asyncio.Task[Any] | None = None

    def waits(self) -> None:
        assert self.task is not None
        if self._waits_left == 0:
            self.task.cancel()
        self._waits_left -= 1


_watched: ContextVar[_Watched | None] = ContextVar("watched", default=None)


class _Steps:
    """The steps of a coroutine, each of which ends where it waits."""

    def __init__(self, coroutine: Coroutine[Any, Any, T], watched: _Watched) -> None:
        self._coroutine = coroutine
        self._watched = watched

    def __await__(self) -> Generator[Any, Any, Any]:
        problem: BaseException | None = None
        while True:
            try:
                if problem is None:
                    waited_for = self._coroutine.send(None)
                else:
                    waited_for = self._coroutine.throw(problem)
            except StopIteration as end:
                return end.value
            self._watched.waits()
            problem = None
            try:
                yield waited_for
            except BaseException as thrown:
                problem = thrown


async def _step_by_step(coroutine: Coroutine[Any, Any, T], watched: _Watched) -> T:
    result: T = await _Steps(coroutine, watched)
    return result


def _factory(loop: asyncio.AbstractEventLoop, coroutine: Any, **more: Any) -> "asyncio.Task[Any]":
    watched = _watched.get()
    if watched is not None:
        coroutine = _step_by_step(coroutine, watched)
    task = asyncio.Task(coroutine, loop=loop, **more)
    if watched is not None and watched.task is None:
        watched.task = task
    return task


async def cancelled_at(nth: int, call: Coroutine[Any, Any, object]) -> bool:
    """Whether it was cancelled: False where it had ended before. Any other end of it is raised."""
    loop = asyncio.get_running_loop()
    before = loop.get_task_factory()
    loop.set_task_factory(_factory)
    token = _watched.set(_Watched(nth))
    try:
        task = asyncio.ensure_future(call)
    finally:
        _watched.reset(token)
    try:
        await asyncio.wait({task})
    finally:
        loop.set_task_factory(before)
    if task.cancelled():
        return True
    await task
    return False
