"""Asks the same provider again where that may help: in the background lane after a pause, for a
person who waits only over a connection that had gone stale."""

import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from ai_engine.errors import CircuitOpen, ProviderFailed, RateLimited
from ai_engine.inputs import Delta
from ai_engine.limits import Limits
from ai_engine.messages import Answer, Request, StreamPart
from ai_engine.resilience.breaker import Breaker
from ai_engine.resilience.retry_budget import RetryBudget
from ai_engine.resilience.wrapper import Wrapper

NEAR = 1.0
"""A provider that asks for no more than this many seconds of rest is waited for."""


class Retry(Wrapper):
    def __init__(
        self,
        inner: Breaker,
        limits: Limits,
        budget: RetryBudget,
        clock: Callable[[], float],
        rng: random.Random,
    ) -> None:
        super().__init__(inner)
        self._breaker = inner
        self._limits = limits
        self._budget = budget
        self._clock = clock
        self._rng = rng

    async def complete(self, request: Request) -> Answer:
        first: ProviderFailed | None = None
        for attempt in range(self._limits.attempts + 1):
            try:
                return await self._inner.complete(request)
            except ProviderFailed as error:
                if isinstance(error, CircuitOpen) and first is not None:
                    raise first from error  # what went wrong says more than that we stopped
                first = error
                if not await self._may_ask_again(request, error, attempt):
                    raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def stream(self, request: Request) -> AsyncGenerator[StreamPart, None]:
        first: ProviderFailed | None = None
        for attempt in range(self._limits.attempts + 1):
            shown = False
            try:
                async with aclosing(self._inner.stream(request)) as parts:
                    async for part in parts:
                        shown = shown or isinstance(part, Delta)
                        yield part
                return
            except ProviderFailed as error:
                if isinstance(error, CircuitOpen) and first is not None:
                    raise first from error
                first = error
                if shown or not await self._may_ask_again(request, error, attempt):
                    raise

    async def _may_ask_again(self, request: Request, error: ProviderFailed, attempt: int) -> bool:
        """Decides, and waits as long as it takes before the next attempt."""
        how = error.same_provider
        if how == "at_once":
            if attempt:
                return False
            if not self._budget.take():
                self._breaker.blame(request, error)
                return False
            return True
        if request.context.lane != "background" or attempt + 1 >= self._limits.attempts:
            return False
        if how == "if_soon" and isinstance(error, RateLimited):
            wait = NEAR + 1 if error.retry_after is None else error.retry_after
            if wait > NEAR:
                return False
        elif how == "back_off":
            most = min(self._limits.back_off_cap, self._limits.back_off * 2**attempt)
            wait = self._rng.uniform(0, most)
        else:
            return False
        if self._clock() + wait + self._limits.shortest_attempt > request.until:
            return False
        if not self._budget.take():
            return False
        await self._budget.pause(wait)
        return True
