"""How a handler is called: on this thread or on the loop thread; or all on this thread, for tests."""

import asyncio
import os
from collections.abc import Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

from asgiref.sync import async_to_sync
from django.db import DEFAULT_DB_ALIAS, connection, connections

from scheduler.execute import Holding
from scheduler.handlers import Handler
from scheduler.loop_thread import LoopThread
from scheduler.outcomes import Fail, Outcome
from scheduler.run import Run


@dataclass
class ThreadRunner:
    """Synchronous handlers on the slot's own thread, async ones on the process's loop thread."""

    loop: LoopThread = field(default_factory=LoopThread)

    def call(self, handler: Handler, run: Run, holding: Holding) -> Outcome | None:
        arguments = handler.unpacked(holding.claimed.payload)
        if not handler.is_async:
            return _on_this_thread(handler, run, arguments)
        _ = run.parents  # read here: an async handler could not without leaving its loop
        holding.future = self.loop.submit(lambda: _interruptible(handler, holding, arguments))
        return holding.future.result()

    def give_up_async(self) -> None:
        self.loop.leave_behind()


@dataclass(frozen=True)
class InlineRunner:
    """Everything on the calling thread, and so in the test's transaction."""

    def call(self, handler: Handler, run: Run, holding: Holding) -> Outcome | None:
        arguments = handler.unpacked(holding.claimed.payload)
        _ = run.parents
        if handler.is_async:
            return async_to_sync(_timed)(handler, run, arguments)
        return _checked(handler.function(run, **arguments))

    def give_up_async(self) -> None:
        """It has no loop of its own."""


def _on_this_thread(handler: Handler, run: Run, arguments: dict[str, Any]) -> Outcome | None:
    """What a handler does to its thread or process must not reach the jobs after it."""
    process = os.getpid()
    try:
        answer = handler.function(run, **arguments)
    finally:
        if os.getpid() != process:
            os._exit(
                0
            )  # a child that the handler forked and let go on: it would write as its parent
        left_open = _close_what_was_left_open()
    if left_open:
        raise RuntimeError("It left a transaction open: what it wrote there is undone.")
    return _checked(answer)


def _close_what_was_left_open() -> bool:
    """On such a connection no result would ever be committed, of this job nor of the next ones."""
    is_open = connection.connection is not None and not connection.autocommit
    if not is_open and not connection.in_atomic_block:
        return False
    connection.close()
    del connections[DEFAULT_DB_ALIAS]  # inside of an open block it cannot be connected again
    return True


async def _interruptible(
    handler: Handler, holding: Holding, arguments: dict[str, Any]
) -> Outcome | None:
    """Told to stop, it is over when its coroutine is, and not while that still tidies up."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    if task is not None:
        holding.interrupt = partial(loop.call_soon_threadsafe, task.cancel)
    if holding.run.cancel_requested():
        raise asyncio.CancelledError
    return await _timed(handler, holding.run, arguments)


async def _timed(handler: Handler, run: Run, arguments: dict[str, Any]) -> Outcome | None:
    async with asyncio.timeout(handler.timeout):
        answer = handler.function(run, **arguments)
        return _checked(await cast("Coroutine[Any, Any, object]", answer))


def _checked(answer: object) -> Outcome | None:
    """Handlers are other people's code: what is no outcome must not be taken for success."""
    if answer is None or isinstance(answer, Outcome):
        return answer
    return Fail(f"The handler answered {type(answer).__name__}, which is no outcome.")
