"""Builds engines over the real SDKs, and says in one word what came of a call."""

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ai_engine.call_log import KeptCallLog
from ai_engine.engine import Engine
from ai_engine.errors import AiError
from ai_engine.inputs import CallContext, Finished, JsonValue, Lane, StreamEvent, Withdrawn
from ai_engine.limits import Limits
from ai_engine.messages import Message, Request
from ai_engine.providers.gemini import Gemini
from ai_engine.providers.groq import Groq
from ai_engine.providers.openrouter import OpenRouter
from ai_engine.providers.protocol import Provider, ProviderSettings
from ai_engine.structured import first_object
from tests.fake_providers.server import FakeProviders

NAMES = ("gemini", "openrouter", "groq")
PATIENT = Limits(hold_back_seconds=1.0, live_deadline=20, job_deadline=20, speech_deadline=20, idle=5, speaking_time=30,
                 shortest_attempt=0.05, back_off=0.01, back_off_cap=0.02)  # fmt: skip
"""Where faults are tested nothing is late because the machine is busy; a hurried loop makes up for it."""


def live(
    scope: str = "acme", lane: Lane = "live", deadline: float | None = None, only: str = ""
) -> CallContext:
    """`only`: the one provider that may be asked."""
    allowed = frozenset({only}) if only else None
    return CallContext(scope=scope, lane=lane, deadline=deadline, allowed_providers=allowed)


def hello(context: CallContext | None = None) -> Request:
    """A small question; the fake answers with eight words."""
    return Request(
        skill="hello",
        messages=(Message("system", "Be brief."), Message("user", "How do you do?")),
        context=context or live(),
    )


def in_json(context: CallContext | None = None) -> Request:
    """The same, to be answered in JSON: the fake finds nothing in it to make a claim of."""
    schema: Mapping[str, JsonValue] = {
        "type": "object",
        "properties": {"claims": {}, "says_nothing": {}},
    }

    def accept(text: str) -> bool:
        found = first_object(text).get("says_nothing")
        if not isinstance(found, bool):
            raise ValueError("says_nothing is missing")
        return found

    return replace(hello(context), schema=schema, accept=accept)


class Vendors:
    """The three SDKs, clients kept for the whole test."""

    def __init__(
        self,
        fake: FakeProviders,
        *,
        api_key: str = "a-key",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.fake = fake
        self._api_key = api_key
        self._clock = clock
        self._providers: dict[str, Provider] = {}

    def provider(self, name: str) -> Provider:
        if name not in self._providers:
            self._providers[name] = self.made(name, self.fake.addresses()[name])
        return self._providers[name]

    def made(self, name: str, address: str) -> Provider:
        """One at another address, for the caller to close."""
        settings = ProviderSettings(
            api_key=self._api_key,
            base_url=address,
            model=f"{name}-model",
            stt_model=f"{name}-hears",
        )
        makers: dict[str, Callable[[ProviderSettings], Provider]] = {
            "gemini": Gemini,
            "openrouter": OpenRouter,
            "groq": Groq,
        }
        return makers[name](settings)

    def engine(self, *names: str, limits: Limits = PATIENT) -> Engine:
        return Engine(
            [self.provider(name) for name in names or NAMES],
            limits=limits,
            call_log=KeptCallLog(),
            clock=self._clock,
            rng=random.Random(1),
        )

    async def aclose(self) -> None:
        for provider in self._providers.values():
            await provider.aclose()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a caller saw: "ok", or the kind of the error; and the events of a stream."""

    result: str
    text: str = ""
    provider: str = ""
    withdrawn: int = 0
    degraded: bool = False


async def asked(engine: Engine, request: Request, *, streamed: bool) -> Outcome:
    """Makes one call and says what came of it."""
    events: list[StreamEvent] = []
    try:
        if not streamed:
            reply = await engine.complete(request)
            made = reply.provenance
            return Outcome("ok", reply.text, made.provider, 0, made.degraded)
        async for event in engine.stream(request):
            events.append(event)  # noqa: PERF401 # an error must leave what came before it
    except AiError as error:
        return Outcome(error.kind, withdrawn=_withdrawn(events))
    last = events[-1]
    assert isinstance(last, Finished)
    shown = ""
    for event in events[:-1]:
        shown = "" if isinstance(event, Withdrawn) else shown + getattr(event, "text", "")
    assert shown == last.text, "what was shown is not what was finished"
    made = last.provenance
    return Outcome("ok", last.text, made.provider, _withdrawn(events), made.degraded)


def outcomes_at(engine: Engine, name: str) -> list[str]:
    """What the ledger says of every attempt at this provider, in order."""
    assert isinstance(engine.call_log, KeptCallLog)
    return [call.outcome for call in engine.call_log.calls if call.provider == name]


async def soon(condition: Callable[[], bool]) -> None:
    """Lets the loop go on until it is so; the caller asserts what matters."""
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.005)


async def sockets_back(fake: FakeProviders, at_most: int) -> int:
    """The sockets still open at the fake, once closing ones had their chance to be seen."""
    await soon(lambda: fake.open_sockets <= at_most)
    return fake.open_sockets


def _withdrawn(events: list[StreamEvent]) -> int:
    return sum(isinstance(event, Withdrawn) for event in events)
