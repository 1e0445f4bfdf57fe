"""Failure on purpose (AI_CHAOS): lets a developer watch fail-over in a running room.

AI_CHAOS="gemini:overloaded=0.3,cut_off=0.2;groq:rate_limited=0.5"
"""

import random
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from ai_engine.errors import (
    CutOff,
    Disconnected,
    KeyRejected,
    Overloaded,
    ProviderFailed,
    RateLimited,
    TimedOut,
    Unreachable,
)
from ai_engine.inputs import Delta
from ai_engine.messages import Answer, Request, StreamPart
from ai_engine.providers.protocol import Provider
from ai_engine.resilience.wrapper import Wrapper

FAULTS: Mapping[str, type[ProviderFailed]] = {
    fault.kind: fault
    for fault in (
        Unreachable, Disconnected, TimedOut, Overloaded, RateLimited, KeyRejected, CutOff,
    )
}  # fmt: skip


def parse_chaos(text: str) -> dict[str, dict[str, float]]:
    """The rates per provider and fault; ValueError says what is wrong with the text."""
    plan: dict[str, dict[str, float]] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        provider, colon, faults = part.partition(":")
        if not colon:
            raise ValueError(f"{part!r} names no fault: write provider:fault=rate,…")
        rates = plan.setdefault(provider.strip(), {})
        for fault in faults.split(","):
            kind, _, rate = fault.strip().partition("=")
            if kind not in FAULTS:
                raise ValueError(f"{kind!r} is not one of {', '.join(FAULTS)}")
            rates[kind] = float(rate or "1")
            if not 0 <= rates[kind] <= 1:
                raise ValueError(f"{rate!r} is no share of the calls: write a number from 0 to 1")
    return plan


class Chaos(Wrapper):
    def __init__(self, inner: Provider, rates: Mapping[str, float], rng: random.Random) -> None:
        super().__init__(inner)
        self._rates = rates
        self._rng = rng

    async def complete(self, request: Request) -> Answer:
        fault = self._drawn()
        if fault is not None:
            raise fault(self.name, "on purpose")
        return await self._inner.complete(request)

    async def stream(self, request: Request) -> AsyncGenerator[StreamPart, None]:
        fault = self._drawn()
        if fault is not None and fault is not CutOff:
            raise fault(self.name, "on purpose")
        characters = 0
        async with aclosing(self._inner.stream(request)) as parts:
            async for part in parts:
                yield part
                characters += len(part.text) if isinstance(part, Delta) else 0
                if fault is not None and characters > 40:
                    raise fault(self.name, "on purpose")

    def _drawn(self) -> type[ProviderFailed] | None:
        for kind, rate in self._rates.items():
            if self._rng.random() < rate:
                return FAULTS[kind]
        return None
