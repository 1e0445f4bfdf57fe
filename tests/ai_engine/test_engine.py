"""What the engine's callers may rely on, beyond any one fault."""

import asyncio
import random
from dataclasses import replace
from decimal import Decimal

import pytest

from ai_engine.call_log import KeptCallLog
from ai_engine.engine import Engine
from ai_engine.errors import (
    AllProvidersDown,
    BudgetSpent,
    NoProviderConfigured,
    Overloaded,
    RateLimited,
    Unreachable,
)
from ai_engine.inputs import Audio, Lane, ScopeRules
from ai_engine.limits import Limits
from ai_engine.policy import FixedPolicy
from ai_engine.prices import Price, PriceTable
from ai_engine.providers.scripted import Fail, Hang, Say, Scripted
from ai_engine.resilience.chaos import parse_chaos
from tests.ai_engine.vendors import NAMES, Vendors, asked, hello, live, soon
from tests.fake_providers.server import FakeProviders
from tests.simulated_time import SimulatedLoop, run_simulated

PRICES = PriceTable(
    "2026-11-01", {"paid/scripted-1": Price(Decimal(1_000_000), Decimal(1_000_000))}
)


def calls(engine: Engine) -> list[tuple[str, str]]:
    assert isinstance(engine.call_log, KeptCallLog)
    return [(call.provider, call.outcome) for call in engine.call_log.calls]


async def test_providers_are_asked_in_their_order(vendors: Vendors, fake: FakeProviders) -> None:
    engine = vendors.engine()
    fake.script("gemini", always={"kind": "status", "status": 503})
    fake.script("openrouter", always={"kind": "status", "status": 429})
    outcome = await asked(engine, hello(live(deadline=20)), streamed=True)
    assert outcome.provider == "groq"
    assert calls(engine) == [
        ("gemini", "overloaded"), ("openrouter", "rate_limited"), ("groq", "ok"),
    ]  # fmt: skip


async def test_a_provider_that_is_switched_off_gets_no_byte(
    vendors: Vendors, fake: FakeProviders
) -> None:
    engine = Engine(
        [vendors.provider(name) for name in NAMES],
        policy=FixedPolicy(ScopeRules(providers_off=frozenset({"gemini", "openrouter"}))),
    )
    fake.script("groq", always={"kind": "status", "status": 503})
    assert (await asked(engine, hello(), streamed=False)).result == "all_providers_down"
    assert {call["provider"] for call in fake.calls} == {"groq"}


async def test_with_all_switched_off_nobody_is_asked() -> None:
    policy = FixedPolicy(ScopeRules(providers_off=frozenset({"scripted"})))
    provider = Scripted()
    with pytest.raises(NoProviderConfigured):
        await Engine([provider], policy=policy).complete(hello())
    assert provider.asked == []


async def test_a_spent_budget_stops_jobs_with_a_sentence_and_never_an_interview() -> None:
    rules = ScopeRules(budget=Decimal(5), spent=Decimal(5))
    engine = Engine([Scripted(name="paid")], policy=FixedPolicy(rules), prices=PRICES)
    with pytest.raises(BudgetSpent, match=r"5\.00 of 5\.00 US dollars"):
        await engine.complete(hello(live(lane="background")))
    spoken = replace(hello(), without_ai=lambda: "The plan's own question?")
    assert (await asked(engine, spoken, streamed=True)).degraded


async def test_calls_at_the_same_time_cannot_overdraw_a_budget() -> None:
    rules = ScopeRules(budget=Decimal(2500), spent=Decimal(0))
    engine = Engine(
        [Scripted([Say("Yes.", pause=0.05)], name="paid")],
        policy=FixedPolicy(rules), prices=PRICES,
    )  # fmt: skip
    request = hello(live(lane="background"))  # promises about a thousand and thirty dollars
    done = await asyncio.gather(
        *(engine.complete(request) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(result, BudgetSpent) for result in done) == 3


async def test_a_job_asks_the_same_provider_again_before_the_next() -> None:
    first = Scripted([Fail(Overloaded), Say("Now.")], name="first")
    engine = Engine([first, Scripted(name="second")], limits=Limits(back_off=0.001))
    reply = await engine.complete(hello(live(lane="background")))
    assert reply.provenance.provider == "first"
    assert reply.provenance.calls == 2


async def test_a_person_is_never_kept_waiting_for_the_same_provider() -> None:
    first = Scripted([Fail(Overloaded), Say("Now.")], name="first")
    engine = Engine([first, Scripted(name="second")])
    assert (await engine.complete(hello())).provenance.provider == "second"


def test_everybody_limited_for_a_moment_is_waited_for_and_for_long_is_not() -> None:
    async def seconds(retry_after: float) -> tuple[float, str]:
        limited = Fail(lambda name: RateLimited(name, retry_after=retry_after))
        providers = [Scripted([limited, Say("Yes.")], name=name) for name in "ab"]
        engine = Engine(providers, clock=loop.time, rng=random.Random(1))
        began = loop.time()
        outcome = await asked(engine, hello(), streamed=False)
        return round(loop.time() - began, 1), outcome.result

    loop = SimulatedLoop()
    assert run_simulated(seconds(3), loop) == (3.0, "ok")
    loop = SimulatedLoop()
    assert run_simulated(seconds(60), loop) == (0.0, "all_providers_down")


def test_three_hangs_fit_into_the_live_deadline_and_the_fourth_answers() -> None:
    loop = SimulatedLoop()
    chain = [Scripted([Hang()], name=name) for name in "abc"]
    engine = Engine([*chain, Scripted([Say("Here.")], name="d")], clock=loop.time)

    async def ask() -> tuple[str, float]:
        began = loop.time()
        return (await asked(engine, hello(), streamed=True)).provider, loop.time() - began

    provider, seconds = run_simulated(ask(), loop)
    assert provider == "d"
    assert seconds < 8


def test_a_dead_provider_is_probed_alone_and_comes_back() -> None:
    loop = SimulatedLoop()
    flapping = Scripted([Fail(Unreachable)] * 4 + [Say("Back.")], name="flapping")
    engine = Engine([flapping, Scripted([Say("Here.")], name="steady")], clock=loop.time)

    async def minute() -> list[str]:
        answered = []
        for _ in range(600):
            answered.append((await asked(engine, hello(), streamed=False)).provider)
            await asyncio.sleep(0.1)
        return answered

    answered = run_simulated(minute(), loop)
    assert answered[0] == "steady"
    assert answered[-1] == "flapping"
    assert len(flapping.asked) == 4 + answered.count("flapping")


def test_a_failing_probe_makes_the_rest_longer() -> None:
    loop = SimulatedLoop()
    dead = Scripted([Fail(Unreachable)], name="dead")
    engine = Engine([dead, Scripted(name="steady")], clock=loop.time)

    async def hour() -> None:
        for _ in range(3600):
            await engine.complete(hello())
            await asyncio.sleep(1)

    run_simulated(hour(), loop)
    assert 30 <= len(dead.asked) <= 45, "every two minutes at last"


async def test_speech_goes_to_whoever_can_hear(vendors: Vendors, fake: FakeProviders) -> None:
    engine = vendors.engine("groq", "gemini")
    fake.script("groq", always={"kind": "status", "status": 503})
    audio = Audio(b"SPEECH:we were three people", "audio/webm;codecs=opus", "en")
    heard = await engine.transcribe(audio, live(lane="speech", deadline=20))
    assert heard.text == "we were three people"
    assert heard.provenance.provider == "gemini"


async def test_a_test_call_is_made_past_an_open_breaker() -> None:
    provider = Scripted([Fail(Unreachable)] * 2 + [Say("ready")])
    engine = Engine([provider])
    with pytest.raises(AllProvidersDown):
        await engine.complete(hello())
    assert engine.status()[0].health["complete"].state == "open"
    assert (await engine.test_call("scripted", scope="operator")).text == "ready"


async def test_chaos_breaks_what_it_is_told_to() -> None:
    engine = Engine(
        [Scripted([Say("a " * 60)], name="a"), Scripted(name="b")],
        chaos=parse_chaos("a:cut_off=1"),
    )
    outcome = await asked(engine, hello(), streamed=True)
    assert (outcome.provider, outcome.withdrawn) == ("b", 1)


@pytest.mark.parametrize(
    "text",
    ["gemini", "gemini:sulking=1", "gemini:cut_off=often", "gemini:cut_off=30", "groq:cut_off=nan"],
)
def test_chaos_that_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_chaos(text)


async def test_a_full_lane_does_not_hold_up_another() -> None:
    limits = Limits(background_calls=2, queue_wait=0.01, live_deadline=1, job_deadline=1)
    provider = Scripted([Hang(), Hang(), Say("Yes.")])
    engine = Engine([provider], limits=limits)
    jobs = [
        asyncio.ensure_future(engine.complete(hello(live(lane="background")))) for _ in range(2)
    ]
    await soon(lambda: len(provider.asked) == 2)
    with pytest.raises(AllProvidersDown) as down:
        await engine.complete(hello(live(lane="background")))
    assert {failure.kind for failure in down.value.failures} == {"busy"}
    assert (await engine.complete(hello())).text == "Yes."
    assert engine.status()[0].health["complete"].state == "closed"
    await asyncio.gather(*jobs, return_exceptions=True)


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("lane", ["live", "background"])
async def test_where_our_own_places_are_full_the_next_provider_is_asked(
    lane: Lane, streamed: bool
) -> None:
    limits = Limits(background_calls=1, live_calls=1, queue_wait=0.01)
    first, second = Scripted([Hang()], name="first"), Scripted(name="second")
    engine = Engine([first, second], limits=limits)
    request = hello(live(lane=lane, deadline=20))
    waiting = asyncio.ensure_future(asked(engine, request, streamed=streamed))
    await soon(lambda: len(first.asked) == 1)
    for _ in range(4):
        assert (await asked(engine, request, streamed=streamed)).provider == "second"
    assert calls(engine) == [("second", "ok")] * 4
    assert {now.state for now in engine.status()[0].health.values()} == {"closed"}
    waiting.cancel()
    await asyncio.wait({waiting})
