"""Words of somebody who still speaks are worth having, and never at the price of final ones."""

import asyncio
from decimal import Decimal

import pytest

from ai_engine.call_log import KeptCallLog
from ai_engine.engine import Engine
from ai_engine.errors import BudgetSpent, RateLimited, Unreachable
from ai_engine.inputs import Audio, ScopeRules
from ai_engine.limits import Limits
from ai_engine.messages import Usage
from ai_engine.policy import FixedPolicy
from ai_engine.prices import price_table
from ai_engine.providers.scripted import Fail, Hang, Say, Scripted
from tests.ai_engine.vendors import live
from tests.simulated_time import SimulatedLoop, run_simulated

SOUND = Audio(b"sound", "audio/wav", "en")
SPEECH = live(lane="speech")


async def so_far(engine: Engine) -> str | None:
    heard = await engine.transcribe_so_far(SOUND, SPEECH)
    return None if heard is None else heard.text


async def test_they_come_from_the_first_that_is_well_and_the_ledger_names_them() -> None:
    engine = Engine([Scripted([Say("We were")], name="a"), Scripted(name="b")])
    assert await so_far(engine) == "We were"
    assert isinstance(engine.call_log, KeptCallLog)
    (call,) = engine.call_log.calls
    assert (call.provider, call.skill, call.lane) == ("a", "transcribe_so_far", "interim")


async def test_a_provider_whose_breaker_is_open_is_passed_over() -> None:
    engine = Engine([Scripted([Fail(Unreachable)], name="a"), Scripted([Say("We")], name="b")])
    for _ in range(2):
        await engine.transcribe(SOUND, SPEECH)
    assert await so_far(engine) == "We"


def test_a_failure_says_nothing_about_the_final_words_and_is_not_repeated_for_a_minute() -> None:
    async def minute() -> None:
        for _ in range(3):
            with pytest.raises(RateLimited):
                await so_far(engine)
            assert await so_far(engine) is None, "what is left of its limit is for final words"
            assert engine.status()[0].health["transcribe"].is_limited is False
            await asyncio.sleep(61)

    loop = SimulatedLoop()
    provider = Scripted([Fail(RateLimited)])
    engine = Engine([provider], clock=loop.time)
    run_simulated(minute(), loop)
    assert len(provider.asked) == 3


async def test_they_wait_for_nobody_and_take_nobodys_place() -> None:
    provider = Scripted([Hang()])
    engine = Engine([provider], limits=Limits(speech_calls=1, interim_calls=1))
    final = asyncio.create_task(engine.transcribe(SOUND, SPEECH))
    await asyncio.sleep(0.01)
    assert await so_far(engine) is None, "final words fill the lane"
    final.cancel()
    await asyncio.gather(final, return_exceptions=True)
    first = asyncio.create_task(engine.transcribe_so_far(SOUND, SPEECH))
    await asyncio.sleep(0.01)
    assert len(provider.asked) == 2
    assert await so_far(engine) is None, "one is under way"
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)


async def test_a_spent_budget_and_a_provider_that_is_off_are_honoured() -> None:
    for rules in (
        ScopeRules(budget=Decimal(5), spent=Decimal(5)),
        ScopeRules(providers_off=frozenset({"scripted"})),
    ):
        provider = Scripted()
        engine = Engine([provider], policy=FixedPolicy(rules))
        try:
            assert await so_far(engine) is None
        except BudgetSpent:
            assert rules.budget is not None
        assert provider.asked == []


def test_a_short_piece_costs_what_the_provider_bills_at_least() -> None:
    table, model = price_table(), "whisper-large-v3-turbo"
    billed = [table.cost("groq", model, Usage(audio_seconds=seconds)) for seconds in (0, 2, 10, 20)]
    assert billed[1] == billed[2]
    assert billed[0] == 0
    assert billed[3] is not None and billed[2] is not None
    assert abs(billed[3] - 2 * billed[2]) < Decimal("0.0000001")
