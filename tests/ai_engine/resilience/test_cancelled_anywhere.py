"""A caller may leave at any moment: wherever that is, no socket, no place, no probe, no promise of money and no
row of the ledger is lost."""

import random
from collections.abc import Callable, Coroutine
from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest

from ai_engine.call_log import KeptCallLog
from ai_engine.engine import Engine
from ai_engine.errors import Overloaded, Unreachable
from ai_engine.inputs import CallContext, Lane, ScopeRules
from ai_engine.limits import Limits
from ai_engine.messages import Request
from ai_engine.policy import FixedPolicy
from ai_engine.providers.scripted import Fail, Hang, Say, Scripted, Step
from tests.ai_engine.resilience.interrupting import cancelled_at
from tests.ai_engine.vendors import (
    NAMES,
    PATIENT,
    Vendors,
    asked,
    hello,
    in_json,
    live,
    outcomes_at,
    sockets_back,
)
from tests.simulated_time import SimulatedLoop, run_simulated

ONE_AT_A_TIME = replace(PATIENT, live_calls=1, background_calls=1, speech_calls=1)
MANY = 500


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("name", NAMES)
async def test_no_socket_and_no_place_is_lost(name: str, streamed: bool, vendors: Vendors) -> None:
    engine = vendors.engine(name, limits=ONE_AT_A_TIME)
    request = hello(live(deadline=20))
    assert (await asked(engine, request, streamed=streamed)).result == "ok"
    for nth in count():
        assert nth < MANY
        if not await cancelled_at(nth, asked(engine, request, streamed=streamed)):
            break
        assert await sockets_back(vendors.fake, 1) <= 1
    assert nth > 5, "a call waits at more moments than these"
    assert outcomes_at(engine, name)[-1] == "ok"
    assert set(outcomes_at(engine, name)[1:-1]) == {"cancelled"}
    assert len(outcomes_at(engine, name)) >= vendors.fake.wire_calls(name), "a row for each call"
    assert (await asked(engine, request, streamed=streamed)).result == "ok"
    await vendors.aclose()
    assert await sockets_back(vendors.fake, 0) == 0


def moments_of(leave_at: Callable[[int, SimulatedLoop], Coroutine[object, object, bool]]) -> int:
    """Tells a story anew with a caller who leaves at its first wait, its second, and so on. How many waits it has."""
    nth, loop = 0, SimulatedLoop()
    while run_simulated(leave_at(nth, loop), loop):
        nth, loop = nth + 1, SimulatedLoop()
        assert nth < MANY
    return nth


GOOD = '{"says_nothing": true}'
STORIES: dict[str, tuple[list[Step], Lane, bool]] = {
    # a back-off, a repair that repairs nothing, and the next provider
    "a job": ([Fail(Overloaded), Say("{}", 1), Say("{}", 1)], "background", False),
    # words that are withdrawn, and the next provider
    "a question": ([Hang(after_words=9, seconds=3)], "live", True),
    # nobody answers: one pass more
    "a second pass": ([Fail(Overloaded), Say(GOOD, 1)], "live", False),
}


def told(loop: SimulatedLoop, story: str) -> tuple[Engine, Request, bool, list[Scripted]]:
    """An engine with room and money for one call at a time, and the call."""
    steps, lane, streamed = STORIES[story]
    first = Scripted(steps, name="first")
    second = Scripted([Fail(Overloaded), Say(GOOD, 1)] if story == "a second pass" else [Say(GOOD, 1)], name="second")  # fmt: skip
    engine = Engine(
        [first, second],
        limits=ONE_AT_A_TIME,
        call_log=KeptCallLog(),
        policy=FixedPolicy(ScopeRules(budget=Decimal("0.015"))),
        clock=loop.time,
        rng=random.Random(1),
    )
    context = live(lane=lane)
    return engine, hello(context) if streamed else in_json(context), streamed, [first, second]


@pytest.mark.parametrize("story", STORIES)
def test_no_row_and_no_money_is_lost(story: str) -> None:
    async def leave_at(nth: int, loop: SimulatedLoop) -> bool:
        engine, request, streamed, chain = told(loop, story)
        was_cancelled = await cancelled_at(nth, asked(engine, request, streamed=streamed))
        assert isinstance(engine.call_log, KeptCallLog)
        assert len(engine.call_log.calls) == sum(len(provider.asked) for provider in chain)
        assert [provider.open_streams for provider in chain] == [0, 0]
        for provider in chain:
            provider.steps = [Say(GOOD)]
        # a place or a promise that was kept would turn this one away
        again = await asked(engine, request, streamed=streamed)
        assert (again.result, again.provider) == ("ok", "first")
        return was_cancelled

    assert moments_of(leave_at) > 1, "a call waits at more moments than this"


@pytest.mark.parametrize("streamed", [False, True])
def test_a_probe_that_is_broken_off_is_made_by_the_next(streamed: bool) -> None:
    async def leave_at(nth: int, loop: SimulatedLoop) -> bool:
        dead = Scripted([Fail(Unreachable)], name="dead")
        engine = Engine([dead, Scripted(name="well")], clock=loop.time, rng=random.Random(1))
        for _ in range(2):
            assert (await asked(engine, hello(), streamed=streamed)).provider == "well"
        loop.jump(10)
        dead.steps = [Say("I am back", 0.1)]
        was_cancelled = await cancelled_at(nth, asked(engine, hello(), streamed=streamed))
        assert (await asked(engine, hello(), streamed=streamed)).provider == "dead"
        return was_cancelled

    assert moments_of(leave_at) > 0


Leaving = Callable[[Engine], Coroutine[object, object, object]]


@pytest.mark.parametrize("lane", ["live", "background"])
def test_who_leaves_before_a_repeated_call_has_not_made_it(lane: Lane) -> None:
    """The budget of repeated calls is for all: a hundred who left in the pause before one leave it as it was."""
    limits = Limits(back_off=1, back_off_cap=1)

    async def story(loop: SimulatedLoop) -> None:
        failing = Scripted([Fail(Overloaded)], name="failing")
        engine = Engine([failing], limits=limits, clock=loop.time, rng=random.Random(1))
        context = CallContext(scope="acme", lane=lane)
        for _ in range(100):
            failing.steps = [Fail(Overloaded), Say("Yes.")]
            failing.asked.clear()
            assert await cancelled_at(0, asked(engine, hello(context), streamed=False))
            assert len(failing.asked) == 1
            for _ in range(2):  # or its circuit would open
                assert (await engine.test_call("failing", scope="acme")).text == "Yes."
        failing.asked.clear()
        assert (await asked(engine, hello(context), streamed=False)).result == "ok"
        assert len(failing.asked) == 2

    loop = SimulatedLoop()
    run_simulated(story(loop), loop)


def test_a_pass_for_which_there_is_no_time_costs_no_repeated_call() -> None:
    async def story(loop: SimulatedLoop) -> None:
        failing = Scripted([Fail(Overloaded)], name="failing")
        engine = Engine([failing], clock=loop.time, rng=random.Random(1))
        for _ in range(100):
            failing.steps = [Say("Yes.")]
            for _ in range(2):  # or its circuit would open
                assert (await engine.test_call("failing", scope="acme")).text == "Yes."
            failing.steps = [Fail(Overloaded)]
            failing.asked.clear()
            hurried = hello(live(deadline=0.5))
            assert (await asked(engine, hurried, streamed=False)).result == "all_providers_down"
            assert len(failing.asked) == 1
        failing.steps, failing.asked = [Fail(Overloaded), Say("Yes.")], []
        assert (await asked(engine, hello(), streamed=False)).result == "ok"

    loop = SimulatedLoop()
    run_simulated(story(loop), loop)
