"""Writes the ledger: one record for each attempt that was made, failed and abandoned ones too."""

import asyncio
import math
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from ai_engine.call_log import CallLog, CallRecord
from ai_engine.errors import AiError, ProviderFailed, Truncated
from ai_engine.inputs import Delta
from ai_engine.messages import Answer, Request, StreamPart, Usage
from ai_engine.prices import PriceTable
from ai_engine.providers.protocol import Provider
from ai_engine.resilience.wrapper import Wrapper

LONGEST_MODEL: Final = 120
MOST_TOKENS: Final = 100_000_000
MOST_AUDIO: Final = 7 * 86_400.0  # seconds
MOST_COST: Final = Decimal(10_000)  # US dollars for one call


class Recorded(Wrapper):
    def __init__(
        self,
        inner: Provider,
        log: CallLog,
        prices: PriceTable,
        clock: Callable[[], float],
        *,
        degraded: bool = False,
    ) -> None:
        super().__init__(inner)
        self._log = log
        self._prices = prices
        self._clock = clock
        self._degraded = degraded

    async def complete(self, request: Request) -> Answer:
        attempt = _Attempt(self._clock())
        try:
            answer = await self._inner.complete(request)
        except BaseException as problem:
            self._write(request, attempt, _outcome(problem), problem, None)
            raise
        self._write(request, attempt, _ending(answer), None, answer)
        return answer

    async def stream(self, request: Request) -> AsyncGenerator[StreamPart, None]:
        attempt = _Attempt(self._clock())
        try:
            async with aclosing(self._inner.stream(request)) as parts:
                async for part in parts:
                    if isinstance(part, Delta):
                        attempt.said(part.text, self._clock())
                    elif isinstance(part, Answer):
                        self._write(request, attempt, _ending(part), None, part)
                    yield part
        except BaseException as problem:
            if not attempt.written:
                self._write(request, attempt, _outcome(problem), problem, None)
            raise

    def _write(
        self,
        request: Request,
        attempt: "_Attempt",
        outcome: str,
        problem: BaseException | None,
        answer: Answer | None,
    ) -> None:
        attempt.written = True
        asked = self.model_for(request.operation)
        served = (answer.model if answer else "").replace("\0", "")[:LONGEST_MODEL] or asked
        usage = _plausible(answer.usage) if answer else self._guess(request, attempt, problem)
        told = _plausible_cost(answer.cost) if answer else None
        cost = told if told is not None else self._prices.cost(self.name, served, usage)
        record = CallRecord(
            request_id=request.id,
            attempt=len(request.trail) + 1,
            at=datetime.now(UTC),
            scope=request.context.scope,
            interview_ref=request.context.interview_ref,
            skill=request.skill,
            prompt_version=request.prompt_version,
            lane=request.context.lane,
            operation=request.operation,
            provider=self.name,
            model=asked,
            model_served=served,
            outcome=outcome,
            status=problem.status if isinstance(problem, ProviderFailed) else None,
            first_token_ms=attempt.first_token_ms,
            total_ms=round((self._clock() - attempt.began) * 1000),
            tokens_in=usage.tokens_in,
            tokens_out=usage.tokens_out,
            tokens_cached=usage.tokens_cached,
            tokens_thinking=usage.tokens_thinking,
            audio_seconds=usage.audio_seconds,
            cost=cost,
            cost_source=_cost_source(answer, told is not None, cost is not None),
            degraded=self._degraded,
        )
        request.trail.append(record)
        self._log.note(record)

    def _guess(self, request: Request, attempt: "_Attempt", problem: BaseException | None) -> Usage:
        """What an answer without an end will be billed: a provider that had begun has read it all."""
        if not attempt.characters and not isinstance(problem, asyncio.CancelledError):
            return Usage()
        read = sum(len(message.text) for message in request.messages)
        return Usage(tokens_in=read // 4, tokens_out=attempt.characters // 4)


@dataclass(slots=True)
class _Attempt:
    began: float
    first_token_ms: int | None = None
    characters: int = 0
    written: bool = field(default=False)

    def said(self, text: str, now: float) -> None:
        if self.first_token_ms is None:
            self.first_token_ms = round((now - self.began) * 1000)
        self.characters += len(text)


def _plausible(usage: Usage) -> Usage:
    """What a provider says of itself is outside data: a row that no database takes would spoil its batch."""
    seconds = usage.audio_seconds if math.isfinite(usage.audio_seconds) else 0.0
    return Usage(
        tokens_in=_count(usage.tokens_in),
        tokens_out=_count(usage.tokens_out),
        tokens_cached=_count(usage.tokens_cached),
        tokens_thinking=_count(usage.tokens_thinking),
        audio_seconds=min(max(seconds, 0.0), MOST_AUDIO),
    )


def _count(tokens: int) -> int:
    return min(max(tokens, 0), MOST_TOKENS)


def _plausible_cost(cost: Decimal | None) -> Decimal | None:
    """None for what cannot be the cost of one call; then the price table tells it."""
    if cost is None or not cost.is_finite() or not 0 <= cost <= MOST_COST:
        return None
    return cost.quantize(Decimal("0.00000001"))


def _ending(answer: Answer) -> str:
    return "ok" if answer.finish == "stop" else Truncated.kind


def _outcome(problem: BaseException) -> str:
    if isinstance(problem, AiError):
        return problem.kind
    if isinstance(problem, asyncio.CancelledError | GeneratorExit):
        return "cancelled"
    return "error"


def _cost_source(answer: Answer | None, told: bool, known: bool) -> str:  # noqa: FBT001 # private, named at its one call
    if told:
        return "provider"
    if not known:
        return ""
    return "price_table" if answer else "estimate"
