"""What must leave the breaker alone: a caller who goes away, a deadline that is spent, a full lane, an error
of our own, and a provider that only asks for patience."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import groq
import httpx
import httpx2
import openai
import pytest

from ai_engine.call_log import KeptCallLog
from ai_engine.engine import Engine
from ai_engine.errors import Busy
from ai_engine.inputs import Lane
from ai_engine.messages import Answer, Request, StreamPart
from ai_engine.providers.scripted import Scripted
from ai_engine.providers.translation import translate
from tests.ai_engine.resilience.fault_rows import status
from tests.ai_engine.vendors import (
    NAMES,
    Vendors,
    asked,
    hello,
    live,
    outcomes_at,
    sockets_back,
    soon,
)
from tests.fake_providers.faults import Fault

SILENCES: list[Fault] = [
    {"kind": "hang"},
    {"kind": "headers_then_silence"},
    {"kind": "silence_midway", "after": 9},
]


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("silence", SILENCES, ids=[str(silence["kind"]) for silence in SILENCES])
@pytest.mark.parametrize("name", NAMES)
async def test_a_caller_who_goes_away(
    name: str, silence: Fault, streamed: bool, vendors: Vendors
) -> None:
    engine = vendors.engine(name)
    vendors.fake.script(name, always=silence)
    for number in range(1, 5):
        call = asyncio.ensure_future(asked(engine, hello(live(deadline=20)), streamed=streamed))
        await soon(lambda number=number: vendors.fake.wire_calls(name) == number)  # type: ignore[misc]
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    health = engine.status()[0].health["stream" if streamed else "complete"]
    assert (health.state, health.reason) == ("closed", "")
    assert outcomes_at(engine, name) == ["cancelled"] * 4
    assert await sockets_back(vendors.fake, 0) == 0
    vendors.fake.script(name)
    assert (await asked(engine, hello(live(deadline=20)), streamed=streamed)).result == "ok"


@pytest.mark.parametrize("lane", ["live", "background"])
@pytest.mark.parametrize("streamed", [False, True])
async def test_with_the_deadline_spent_nobody_is_asked(
    lane: Lane, streamed: bool, vendors: Vendors
) -> None:
    engine = vendors.engine()
    outcome = await asked(engine, hello(live(lane=lane, deadline=0.01)), streamed=streamed)
    assert outcome.result == "all_providers_down"
    assert vendors.fake.calls == []
    assert {status.health["complete"].state for status in engine.status()} == {"closed"}


class Mistaken(Scripted):
    """A provider with a bug of ours in it."""

    async def complete(self, request: Request) -> Answer:
        raise TypeError("a bug")

    async def stream(self, request: Request) -> AsyncGenerator[StreamPart, None]:
        if request.streamed:
            raise TypeError("a bug")
        yield await self.complete(request)


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_bug_of_our_own_is_raised_and_not_failed_over(streamed: bool) -> None:
    second = Scripted(name="second")
    engine = Engine([Mistaken(name="first"), second], call_log=KeptCallLog())
    for _ in range(4):
        with pytest.raises(TypeError, match="a bug"):
            await asked(engine, hello(), streamed=streamed)
    assert second.asked == []
    assert outcomes_at(engine, "first") == ["error"] * 4
    assert engine.status()[0].health["stream" if streamed else "complete"].state == "closed"


@pytest.mark.parametrize("library", [httpx, httpx2], ids=["groq", "openai"])
def test_a_full_pool_of_an_sdk_is_our_own_limit(library: object) -> None:
    if library is httpx:
        timeout: Exception = groq.APITimeoutError(request=httpx.Request("POST", "http://x"))
        timeout.__cause__ = httpx.PoolTimeout("pool")
    else:
        timeout = openai.APITimeoutError(request=httpx2.Request("POST", "http://x"))
        timeout.__cause__ = httpx2.PoolTimeout("pool")
    assert isinstance(translate("any", timeout, begun=False), Busy)


def _in(seconds: int) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


RETRY_INFO = {"error": {"code": 429, "message": "Quota", "status": "RESOURCE_EXHAUSTED", "details": [
    {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "21.5s"}]}}  # fmt: skip
PATIENCE = [
    pytest.param(name, fault, id=f"{name}-{form}")
    for name in NAMES
    for form, fault in (
        ("seconds", status(429, headers={"retry-after": "21"})),
        ("milliseconds", status(429, headers={"retry-after-ms": "21000"})),
        ("date", {"kind": "status", "status": 429, "date": True}),
    )
] + [pytest.param("gemini", status(429, body=RETRY_INFO), id="gemini-RetryInfo")]


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(("name", "fault"), PATIENCE)
async def test_a_limit_is_kept_for_as_long_as_it_says(
    name: str, fault: Fault, streamed: bool, vendors: Vendors
) -> None:
    if fault.get("date"):
        fault = status(429, headers={"retry-after": _in(21)})
    engine = vendors.engine(name)
    vendors.fake.script(name, [fault])
    assert (await asked(engine, hello(), streamed=streamed)).result == "all_providers_down"
    health = engine.status()[0].health["stream" if streamed else "complete"]
    assert health.state == "closed"
    assert 18 <= health.opens_in <= 21.5
