"""Asks one provider after another, and is itself a provider: a caller cannot tell one from three."""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from ai_engine.errors import AiError, ProviderFailed
from ai_engine.inputs import Delta, Withdrawn
from ai_engine.limits import Limits
from ai_engine.messages import Answer, Operation, Request, StreamPart
from ai_engine.resilience.course import Course, Guarded
from ai_engine.resilience.retry_budget import RetryBudget


class Fallback:
    name = "fallback"

    def __init__(
        self,
        chain: Sequence[Guarded],
        limits: Limits,
        budget: RetryBudget,
        clock: Callable[[], float],
        rng: random.Random,
    ) -> None:
        self._chain = chain
        self._limits = limits
        self._budget = budget
        self._clock = clock
        self._rng = rng

    def model_for(self, operation: Operation) -> str:
        return ",".join(provider.model_for(operation) for provider in self._chain)

    async def complete(self, request: Request) -> Answer:
        course = self._course(request)
        while (step := await course.next()) is not None:
            try:
                return await step.provider.complete(step.request)
            except ProviderFailed as error:
                course.failed(step, error)
        raise course.verdict()

    async def stream(self, request: Request) -> AsyncGenerator[StreamPart, None]:
        """Words of one provider only: if it dies after the first was shown, they are withdrawn."""
        course = self._course(request)
        while (step := await course.next()) is not None:
            shown = False
            try:
                async with (
                    aclosing(step.provider.stream(step.request)) as parts,
                    aclosing(held_back(parts, self._limits, self._clock)) as held,
                ):
                    async for part in held:
                        shown = True
                        yield part
                        if isinstance(part, Answer):
                            return
            except AiError as error:
                if shown:
                    yield Withdrawn()
                    course.start_over()
                if not isinstance(error, ProviderFailed):
                    raise
                course.failed(step, error)
        raise course.verdict()

    async def aclose(self) -> None:
        for provider in self._chain:
            await provider.aclose()

    def _course(self, request: Request) -> Course:
        return Course(request, self._chain, self._limits, self._budget, self._clock, self._rng)


async def held_back(
    parts: AsyncGenerator[StreamPart, None], limits: Limits, clock: Callable[[], float]
) -> AsyncGenerator[StreamPart, None]:
    """The same parts, the first words a little later: what dies young was never seen.

    They are let go when there are enough of them, when they are old enough, or at the end.
    """
    held: list[StreamPart] = []
    characters = 0
    let_go_at = float("inf")
    coming: asyncio.Task[StreamPart | None] | None = None
    try:
        while characters < limits.hold_back_characters:
            coming = coming or asyncio.ensure_future(_next_of(parts))
            wait = max(0.0, let_go_at - clock()) if held else None
            await asyncio.wait({coming}, timeout=wait)
            if not coming.done():
                break
            part = coming.result()
            coming = None
            if part is None or isinstance(part, Answer):
                for waiting in held:
                    yield waiting
                if part is not None:
                    yield part
                return
            if not held:
                let_go_at = clock() + limits.hold_back_seconds
            held.append(part)
            characters += len(part.text) if isinstance(part, Delta) else 0
        for waiting in held:
            yield waiting
        if coming is not None:
            last, coming = coming, None
            part = await last
            if part is not None:
                yield part
        async for part in parts:
            yield part
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.wait({coming})


async def _next_of(parts: AsyncGenerator[StreamPart, None]) -> StreamPart | None:
    return await anext(parts, None)
