"""The engine itself: plain asyncio, no Django. Ledger, policy and clock are arguments."""

import asyncio
import random
import time
import uuid
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from logging import getLogger
from typing import TypeVar, cast, overload

from ai_engine.call_log import CallLog, KeptCallLog, OutageRecord
from ai_engine.errors import AiError, NoProviderConfigured, remedy_for
from ai_engine.inputs import (
    Audio,
    CallContext,
    Finished,
    Provenance,
    ScopeRules,
    StreamEvent,
    Transcript,
    Withdrawn,
)
from ai_engine.limits import Limits
from ai_engine.messages import Answer, Message, Operation, Reply, Request, Usage
from ai_engine.policy import OpenPolicy, Policy, Purse
from ai_engine.prices import PriceTable, price_table
from ai_engine.providers.offline import Offline
from ai_engine.providers.protocol import Provider
from ai_engine.resilience.accepted import Accepted
from ai_engine.resilience.breaker import Breaker
from ai_engine.resilience.bulkhead import Bulkhead
from ai_engine.resilience.chaos import Chaos
from ai_engine.resilience.deadline import Deadline
from ai_engine.resilience.fallback import Fallback
from ai_engine.resilience.health import Health, HealthNow, State
from ai_engine.resilience.recorded import Recorded
from ai_engine.resilience.retry import Retry
from ai_engine.resilience.retry_budget import RetryBudget

logger = getLogger(__name__)
T = TypeVar("T")
Clock = Callable[[], float]
INTERIM_REST = 60.0
"""Seconds without words so far after a provider could not give them: its next rate limit belongs to final words."""


@dataclass(frozen=True, slots=True)
class ProviderStatus:
    """What this process knows of one provider now."""

    name: str
    model: str
    speech_model: str
    health: Mapping[Operation, HealthNow]


class Engine:
    """Asks the providers in their order; see `resilience` for what happens when one fails."""

    def __init__(
        self,
        providers: Sequence[Provider],
        *,
        limits: Limits | None = None,
        call_log: CallLog | None = None,
        policy: Policy | None = None,
        prices: PriceTable | None = None,
        context_tokens: Mapping[str, int] | None = None,
        chaos: Mapping[str, Mapping[str, float]] | None = None,
        clock: Clock = time.monotonic,
        rng: random.Random | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.call_log = call_log or KeptCallLog()
        self._policy = policy or OpenPolicy()
        self._prices = prices or price_table()
        self._context_tokens = context_tokens or {}
        self._chaos = chaos or {}
        self._clock = clock
        self._rng = rng or random.Random()  # noqa: S311 # jitter, not secrets
        self._budget = RetryBudget(clock)
        self._purse = Purse()
        self._bare = {provider.name: provider for provider in providers}
        self._bulkheads: dict[str, Bulkhead] = {}
        self._interim_rests: dict[str, float] = {}
        self._breakers = {provider.name: self._guarded(provider) for provider in providers}
        self._fallback = Fallback(
            [self._persistent(breaker) for breaker in self._breakers.values()],
            self.limits, self._budget, clock, self._rng,
        )  # fmt: skip
        self._offline = Recorded(Offline(), self.call_log, self._prices, clock, degraded=True)

    def has_providers(self, allowed: frozenset[str] | None = None) -> bool:
        """Whether there is a provider to ask; with `allowed`, one of these."""
        return any(allowed is None or name in allowed for name in self._bare)

    @overload
    async def complete(self, request: Request) -> Reply[str]: ...

    @overload
    async def complete(self, request: Request, accept: Callable[[str], T]) -> Reply[T]: ...

    async def complete(
        self, request: Request, accept: Callable[[str], T] | None = None
    ) -> Reply[T] | Reply[str]:
        """The whole answer. With `accept`, `Reply.value` is what it made of the text."""
        rules, request = await self._prepared(replace(request, accept=accept or request.accept))
        reserved = self._estimate(request) if rules.budget is not None else Decimal(0)
        try:
            self._purse.reserve(request.context.scope, reserved, rules)
            try:
                answer = await self._fallback.complete(request)
            finally:
                self._purse.settle(request.context.scope, reserved, rules)
        except AiError as problem:
            if not _may_do_without(request, problem):
                raise
            answer = await self._offline.complete(request)
        provenance = _provenance(request, answer)
        is_cut = answer.finish == "length"
        if accept is None:
            return Reply(answer.text, answer.text, provenance, is_cut)
        return Reply(answer.text, cast("T", answer.value), provenance, is_cut)

    async def stream(
        self, request: Request, accept: Callable[[str], object] | None = None
    ) -> AsyncGenerator[StreamEvent, None]:
        """Delta after Delta, then Finished; Withdrawn in between means that all shown words are void."""
        accept = accept or request.accept
        rules, request = await self._prepared(replace(request, streamed=True, accept=accept))
        reserved = self._estimate(request) if rules.budget is not None else Decimal(0)
        try:
            self._purse.reserve(request.context.scope, reserved, rules)
            try:
                async with aclosing(self._told(self._fallback, request)) as events:
                    async for event in events:
                        yield event
                return
            finally:
                self._purse.settle(request.context.scope, reserved, rules)
        except AiError as problem:
            if not _may_do_without(request, problem):
                raise
        async with aclosing(self._told(self._offline, request)) as events:
            async for event in events:
                yield event

    async def transcribe(self, audio: Audio, context: CallContext) -> Transcript:
        """The words of a recording. Raises BudgetSpent, as nothing can take the place of a model here."""
        asked = Request(skill="transcribe", messages=(), context=context, audio=audio)
        rules, request = await self._prepared(asked)
        reserved = Decimal("0.01") if rules.budget is not None else Decimal(0)
        self._purse.reserve(context.scope, reserved, rules)
        try:
            answer = await self._fallback.complete(request)
        finally:
            self._purse.settle(context.scope, reserved, rules)
        return Transcript(answer.text, _provenance(request, answer))

    async def transcribe_so_far(self, audio: Audio, context: CallContext) -> Transcript | None:
        """The words of somebody who still speaks: one attempt at the first provider that is well and has room for
        it beside all final words. None if there is none. Raises AiError.

        It passes the breaker by: what may be left out must not decide whom those are asked who may not.
        """
        context = replace(context, lane="interim", deadline=None)
        asked = Request(skill="transcribe_so_far", messages=(), context=context, audio=audio)
        rules, request = await self._prepared(asked)
        ear = self._free_ear(request.context)
        if ear is None:
            return None
        reserved = Decimal("0.01") if rules.budget is not None else Decimal(0)
        self._purse.reserve(context.scope, reserved, rules)
        try:
            answer = await ear.complete(request)
        except AiError:
            self._interim_rests[ear.name] = self._clock() + INTERIM_REST
            raise
        finally:
            self._purse.settle(context.scope, reserved, rules)
        return Transcript(answer.text, _provenance(request, answer))

    async def test_call(self, provider: str, *, scope: str) -> Reply[str]:
        """One small call to one provider, asked even if its breaker is open; what comes of it counts."""
        context = CallContext(scope=scope, lane="live", allowed_providers=frozenset({provider}))
        question = Message("user", "Answer with the one word: ready")
        asked = Request(skill="test_call", messages=(question,), context=context, max_tokens=200)
        _, request = await self._prepared(asked)
        answer = await self._breakers[provider].past_the_breaker(request)
        return Reply(answer.text, answer.text, _provenance(request, answer))

    def status(self) -> tuple[ProviderStatus, ...]:
        return tuple(
            ProviderStatus(
                name=name,
                model=breaker.model_for("complete"),
                speech_model=breaker.model_for("transcribe"),
                health={operation: health.now() for operation, health in breaker.health.items()},
            )
            for name, breaker in self._breakers.items()
        )

    async def aclose(self) -> None:
        """Closes all connections and stores what the ledger still holds. It may be used again after."""
        await self._fallback.aclose()
        await asyncio.to_thread(self.call_log.flush)

    async def _prepared(self, request: Request) -> tuple[ScopeRules, Request]:
        """The request with its absolute deadline and the providers its scope may use."""
        context = request.context
        rules = await self._policy.rules(context.scope)
        if rules.providers_off:
            allowed = context.allowed_providers
            if allowed is None:
                allowed = frozenset(self._bare)
            context = replace(context, allowed_providers=allowed - rules.providers_off)
        seconds = context.deadline or self.limits.deadline(context.lane)
        end = self._clock() + seconds
        request = replace(
            request,
            context=context,
            id=uuid.uuid4().hex,
            until=end + self.limits.speaking_time if request.streamed else end,
            first_by=end,
            trail=[],
        )
        return rules, request

    async def _told(
        self, provider: Provider, request: Request
    ) -> AsyncGenerator[StreamEvent, None]:
        text = ""
        async with aclosing(provider.stream(request)) as parts:
            async for part in parts:
                if isinstance(part, Answer):
                    yield Finished(text, _provenance(request, part))
                    return
                text = "" if isinstance(part, Withdrawn) else text + part.text
                yield part

    def _guarded(self, provider: Provider) -> Breaker:
        """One provider with everything that watches a single attempt."""
        inner = provider
        if provider.name in self._chaos:
            inner = Chaos(inner, self._chaos[provider.name], self._rng)
        timed = Deadline(inner, self.limits, self._clock)
        recorded = Recorded(timed, self.call_log, self._prices, self._clock)

        def make_health(operation: Operation) -> Health:
            outages = _Outages(provider.name, provider.model_for(operation), operation)
            return Health(
                self._clock, self._rng, lambda state, why: outages.note(self.call_log, state, why)
            )

        bulkhead = self._bulkheads[provider.name] = Bulkhead(recorded, self.limits)
        return Breaker(bulkhead, make_health)

    def _free_ear(self, context: CallContext) -> Bulkhead | None:
        now, allowed = self._clock(), context.allowed_providers
        for name, breaker in self._breakers.items():
            is_able = breaker.model_for("transcribe") and (allowed is None or name in allowed)
            is_well = (
                not breaker.is_on_probation("transcribe") and breaker.ready_at("transcribe") <= now
            )
            if not is_able or not is_well or self._interim_rests.get(name, 0.0) > now:
                continue
            bulkhead = self._bulkheads[name]
            if bulkhead.has_room("speech") and bulkhead.has_room("interim"):
                return bulkhead
        return None

    def _persistent(self, breaker: Breaker) -> "Persistent":
        retry = Retry(breaker, self.limits, self._budget, self._clock, self._rng)
        persistent = Persistent(retry, breaker, self.limits, self._budget, self._clock)
        persistent.context_tokens = self._context_tokens.get(breaker.name)
        return persistent

    def _estimate(self, request: Request) -> Decimal:
        """The most this call may cost, at the price of the dearest provider that knows its own."""
        read = sum(len(message.text) for message in request.messages) // 3
        usage = Usage(tokens_in=read, tokens_out=request.max_tokens)
        costs = [
            self._prices.cost(name, provider.model_for("complete"), usage)
            for name, provider in self._bare.items()
        ]
        return max((cost for cost in costs if cost is not None), default=Decimal("0.01"))


class Persistent(Accepted):
    """A provider with retries and acceptance around it, whose health can still be asked."""

    context_tokens: int | None = None

    def __init__(
        self, retry: Retry, breaker: Breaker, limits: Limits, budget: RetryBudget, clock: Clock
    ) -> None:
        super().__init__(retry, limits, budget, clock)
        self._breaker = breaker

    def ready_at(self, operation: Operation) -> float:
        return self._breaker.ready_at(operation)

    def is_limited(self, operation: Operation) -> bool:
        return self._breaker.is_limited(operation)

    def is_on_probation(self, operation: Operation) -> bool:
        return self._breaker.is_on_probation(operation)


class _Outages:
    """Turns a breaker's changes into records of an outage: when it began, and when it was over."""

    def __init__(self, provider: str, model: str, operation: Operation) -> None:
        self._provider = provider
        self._model = model
        self._operation = operation
        self._began: datetime | None = None
        self._reason = ""

    def note(self, log: CallLog, state: State, reason: str) -> None:
        now = datetime.now(UTC)
        if state == "open" and self._began is None:
            self._began, self._reason = now, reason
            if remedy := remedy_for(self._provider, reason):
                logger.error("%s, %s: %s %s", self._provider, self._operation, reason, remedy)
            self._write(log, None)
        elif state == "closed" and self._began is not None:
            self._write(log, max(now, self._began))  # somebody may have set the clock back
            self._began = None

    def _write(self, log: CallLog, ended: datetime | None) -> None:
        assert self._began is not None
        log.note(
            OutageRecord(
                provider=self._provider,
                model=self._model,
                operation=self._operation,
                reason=self._reason,
                began=self._began,
                ended=ended,
            )
        )


def _may_do_without(request: Request, problem: AiError) -> bool:
    """Live words go on without a model; jobs only where there is none to wait for."""
    if request.without_ai is None:
        return False
    return request.context.lane == "live" or isinstance(problem, NoProviderConfigured)


def _provenance(request: Request, answer: Answer) -> Provenance:
    trail = request.trail
    last = trail[-1]
    costs = [record.cost for record in trail if record.cost is not None]
    return Provenance(
        provider=last.provider,
        model=last.model_served,
        prompt_version=request.prompt_version,
        at=last.at,
        tokens_in=sum(record.tokens_in for record in trail),
        tokens_out=sum(record.tokens_out for record in trail),
        cost=sum(costs, Decimal(0)) if costs else None,
        degraded=last.degraded,
        calls=sum(not record.degraded for record in trail),
    )
