"""How a handler is called: on this thread or on the loop thread; or all on this thread, for tests."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, cast

from asgiref.sync import async_to_sync

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
            return _checked(handler.function(run, **arguments))
        _ = run.parents  # read here: an async handler could not without leaving its loop
        holding.future = self.loop.submit(lambda: _timed(handler, run, arguments))
        return holding.future.result()


@dataclass(frozen=True)
class InlineRunner:
    """Everything on the calling thread, and so in the test's transaction."""

    def call(self, handler: Handler, run: Run, holding: Holding) -> Outcome | None:
        arguments = handler.unpacked(holding.claimed.payload)
        _ = run.parents
        if handler.is_async:
            return async_to_sync(_timed)(handler, run, arguments)
        return _checked(handler.function(run, **arguments))


async def _timed(handler: Handler, run: Run, arguments: dict[str, Any]) -> Outcome | None:
    async with asyncio.timeout(handler.timeout):
        answer = handler.function(run, **arguments)
        return _checked(await cast("Coroutine[Any, Any, object]", answer))


def _checked(answer: object) -> Outcome | None:
    """Handlers are other people's code: what is no outcome must not be taken for success."""
    if answer is None or isinstance(answer, Outcome):
        return answer
    return Fail(f"The handler answered {type(answer).__name__}, which is no outcome.")
