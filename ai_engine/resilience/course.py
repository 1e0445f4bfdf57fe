"""One request's way through the providers: who is asked next, for how long, and when to give up."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ai_engine.errors import (
    AiError,
    AllProvidersDown,
    Blocked,
    CircuitOpen,
    NoProviderConfigured,
    ProviderFailed,
    TooLong,
)
from ai_engine.limits import Limits
from ai_engine.messages import Operation, Request
from ai_engine.providers.protocol import Provider
from ai_engine.resilience.retry_budget import RetryBudget

FAIR = 0.5
"""Of an equal share of the deadline: with less, a provider that is late is not to blame."""

PROBE = 0.25
"""Of the time left, for one that is known to fail and may be back, while others are well."""

JOB_PATIENCE = 5.0
"""Seconds a job waits for a rate limit; longer ones its scheduler waits out without holding a slot."""


class Guarded(Provider, Protocol):
    """A provider whose health is known, and perhaps how many tokens its model can read."""

    context_tokens: int | None

    def ready_at(self, operation: Operation) -> float: ...

    def is_limited(self, operation: Operation) -> bool: ...

    def is_on_probation(self, operation: Operation) -> bool: ...


@dataclass(frozen=True, slots=True)
class Step:
    provider: Guarded
    request: Request


class Course:
    """Every provider once, in order; then again those that may recover, while the deadline lasts.

    The live lane makes further passes after short pauses. The background lane makes one pass (its
    retries are on the same provider); it waits for a rate limit only if everybody is limited and the
    first is over in time.
    """

    def __init__(
        self,
        request: Request,
        chain: Sequence[Guarded],
        limits: Limits,
        budget: RetryBudget,
        clock: Callable[[], float],
        rng: random.Random,
    ) -> None:
        allowed = request.context.allowed_providers
        operation = request.operation
        self._request = request
        able = [provider for provider in chain if provider.model_for(operation)]
        self._chain = [each for each in able if allowed is None or each.name in allowed]
        self._leaves_out = len(able) > len(self._chain)
        if not self._chain:
            raise NoProviderConfigured
        self._limits = limits
        self._budget = budget
        self._clock = clock
        self._rng = rng
        self._to_ask = list(self._chain)
        self._passes = 0
        self._out: set[str] = set()
        self._blocked = 0
        self.failures: list[ProviderFailed] = []
        self._whole = self._left()
        budget.request_made()

    async def next(self) -> Step | None:
        """The next attempt; None when there is no use in another."""
        while self._left() >= self._limits.shortest_attempt:
            while self._to_ask:
                provider = self._to_ask.pop(0)
                if provider.ready_at(self._request.operation) <= self._clock():
                    return Step(provider, self._narrowed(provider))
            if not await self._another_pass():
                return None
        return None

    def failed(self, step: Step, error: ProviderFailed) -> None:
        """Remembers a failure; raises it if asking somebody else would not do."""
        self.failures.append(error)
        if isinstance(error, Blocked):
            self._blocked += 1
            if self._blocked > 1:
                raise error
        if not error.fails_over:
            raise error
        if error.answered or error.weight == "trip":
            self._out.add(step.provider.name)
        if isinstance(error, TooLong) and self._request.audio is None:
            self._leave_out_the_smaller(step.provider.context_tokens)

    def verdict(self) -> AiError:
        """Why there is no answer."""
        asked = [error for error in self.failures if not isinstance(error, CircuitOpen)]
        if asked and all(error.answered for error in asked) and len(self._out) == len(self._chain):
            return asked[-1]  # everybody answered and none acceptably: waiting cures nothing
        first = min(provider.ready_at(self._request.operation) for provider in self._chain)
        return AllProvidersDown(
            retry_in=max(1.0, first - self._clock()),
            failures=tuple(self.failures),
            for_everybody=not self._leaves_out,
        )

    def start_over(self) -> None:
        """Shown words were withdrawn: the next answer has its own time for a first word."""
        context = self._request.context
        fresh = self._clock() + (context.deadline or self._limits.deadline(context.lane))
        self._request = replace(self._request, first_by=min(fresh, self._request.until))

    def _leave_out_the_smaller(self, tokens: int | None) -> None:
        """What was too long for one is too long for those that can read no more; others may."""
        if tokens is None:
            return
        for other in self._chain:
            if other.context_tokens is not None and other.context_tokens <= tokens:
                self._out.add(other.name)
        self._to_ask = [other for other in self._to_ask if other.name not in self._out]

    def _left(self) -> float:
        return min(self._request.until, self._request.first_by) - self._clock()

    def _narrowed(self, provider: Guarded) -> Request:
        """The request with its share of the time: as much is left for each of the others."""
        now, operation = self._clock(), self._request.operation
        others = sum(other.ready_at(operation) <= now for other in self._to_ask)
        left = self._left()
        share = left / (others + 1)
        if others and provider.is_on_probation(operation):
            share = min(share, left * PROBE)
        hurried = share < FAIR * self._whole / len(self._chain)
        if self._request.streamed:
            return replace(self._request, first_by=now + share, hurried=hurried)
        return replace(self._request, until=now + share, hurried=hurried)

    async def _another_pass(self) -> bool:
        """Waits until somebody may be asked again; False if that is not in time or not wanted."""
        operation = self._request.operation
        candidates = [provider for provider in self._chain if provider.name not in self._out]
        if not candidates:
            return False
        first = min(candidates, key=lambda provider: provider.ready_at(operation))
        rest = first.ready_at(operation) - self._clock()
        is_job = self._request.context.lane == "background"
        is_repeated = rest <= 0
        if is_repeated:
            if is_job:
                return False  # it has had its retries, and its scheduler has patience
            self._passes += 1
            most = min(self._limits.back_off_cap, self._limits.back_off * 2**self._passes)
            rest = self._rng.uniform(most / 2, most)
        elif not first.is_limited(operation) or (is_job and rest > JOB_PATIENCE):
            return False  # open circuits rest for long: nobody should wait for a probe
        if rest + self._limits.shortest_attempt > self._left():
            return False
        if is_repeated and not self._budget.take():
            return False
        await (self._budget.pause(rest) if is_repeated else asyncio.sleep(rest))
        self._to_ask = candidates
        return True
