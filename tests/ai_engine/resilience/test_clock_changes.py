"""The clock on the wall is set forward or back by an hour, while time itself goes on: nobody is asked sooner or later
for it, and figures stay sane."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime

import pytest
import time_machine

from ai_engine.call_log import KeptCallLog, OutageRecord
from ai_engine.engine import Engine
from ai_engine.errors import BudgetSpent, Unreachable
from ai_engine.inputs import ScopeRules
from ai_engine.policy import CachedPolicy
from ai_engine.providers.scripted import Fail, Say, Scripted
from ai_engine.providers.translation import retry_after
from tests.ai_engine.resilience.fault_rows import status
from tests.ai_engine.vendors import NAMES, Vendors, asked, hello, live
from tests.simulated_time import SimulatedLoop, run_simulated

HOUR = timedelta(hours=1)
BOTH_WAYS = pytest.mark.parametrize("by", [-HOUR, HOUR], ids=["back", "forward"])


@BOTH_WAYS
@pytest.mark.parametrize("name", NAMES)
async def test_a_limit_until_a_date_is_counted_by_the_providers_clock(
    name: str, by: timedelta, vendors: Vendors
) -> None:
    theirs = datetime.now(UTC) + by
    said = {name: format_datetime(at, usegmt=True) for name, at in (
        ("date", theirs), ("retry-after", theirs + timedelta(seconds=21)))}  # fmt: skip
    engine = vendors.engine(name)
    vendors.fake.script(name, [status(429, headers=said)])
    assert (await asked(engine, hello(), streamed=False)).result == "all_providers_down"
    assert 18 <= engine.status()[0].health["complete"].opens_in <= 21


@pytest.mark.parametrize("date", ["yesterday", "Thu, 99 Nov 2026 21:00:00 GMT", ""])
def test_without_a_date_of_theirs_it_is_counted_by_ours(date: str) -> None:
    now = datetime(2026, 11, 26, 21, 0, tzinfo=UTC)
    until = format_datetime(now + timedelta(seconds=21), usegmt=True)
    with time_machine.travel(now, tick=False):
        assert retry_after({"retry-after": until, "date": date}, "") == 21


@BOTH_WAYS
def test_a_breaker_rests_as_long_as_ever_and_an_outage_ends_after_it_began(by: timedelta) -> None:
    loop = SimulatedLoop()
    dead = Scripted([Fail(Unreachable)], name="dead")
    log = KeptCallLog()
    engine = Engine([dead, Scripted(name="well")], call_log=log, clock=loop.time,
                    rng=random.Random(1))  # fmt: skip

    async def story() -> None:
        for _ in range(2):
            await asked(engine, hello(), streamed=False)
        with time_machine.travel(datetime.now(UTC) + by):
            assert (await asked(engine, hello(), streamed=False)).provider == "well"
            assert len(dead.asked) == 2, "it rests"
            await asyncio.sleep(7)
            dead.steps = [Say("I am back.")]
            assert (await asked(engine, hello(), streamed=False)).provider == "dead"

    run_simulated(story(), loop)
    began, over = [entry for entry in log.entries if isinstance(entry, OutageRecord)]
    assert began.ended is None
    assert over.ended is not None
    assert over.began == began.began <= over.ended


@BOTH_WAYS
def test_rules_are_read_again_after_a_second_whatever_the_wall_says(by: timedelta) -> None:
    loop = SimulatedLoop()
    rules = [ScopeRules(), ScopeRules(budget=Decimal(1), spent=Decimal(1))]

    async def load(scope: str) -> ScopeRules:
        return rules[0]

    engine = Engine([Scripted()], policy=CachedPolicy(load, loop.time), clock=loop.time)

    async def story() -> None:
        job = hello(live(lane="background"))
        await engine.complete(job)
        rules.pop(0)
        with time_machine.travel(datetime.now(UTC) + by):
            await engine.complete(job)
            await asyncio.sleep(1)
            with pytest.raises(BudgetSpent):
                await engine.complete(job)

    run_simulated(story(), loop)
