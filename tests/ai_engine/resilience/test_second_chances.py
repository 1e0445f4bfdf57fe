"""Where the same provider is asked again, or what it said is put right, and where that ends."""

import asyncio
import random
from dataclasses import replace

import pytest

from ai_engine.call_log import KeptCallLog
from ai_engine.engine import Engine
from ai_engine.errors import Blocked, InvalidOutput, Overloaded
from ai_engine.inputs import Lane
from ai_engine.limits import Limits
from ai_engine.providers.scripted import Fail, Say, Scripted
from tests.ai_engine.resilience.fault_rows import CHAT, rejected, status
from tests.ai_engine.vendors import (
    NAMES,
    Vendors,
    asked,
    hello,
    in_json,
    live,
    outcomes_at,
    sockets_back,
)
from tests.fake_providers.faults import Fault

SECOND = {"gemini": "groq", "openrouter": "gemini", "groq": "openrouter"}
CURED: list[tuple[str, Fault, Lane, str]] = [
    ("closed once, a person waits", {"kind": "disconnect"}, "live", "disconnected"),
    ("closed once, a job", {"kind": "disconnect"}, "background", "disconnected"),
    ("reset once", {"kind": "reset"}, "live", "disconnected"),
    ("overloaded once, a job", status(503), "background", "overloaded"),
    ("limited for a moment, a job", status(429, headers={"retry-after-ms": "20"}), "background", "rate_limited"),
]  # fmt: skip


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("fault", "lane", "kind"), [row[1:] for row in CURED], ids=[row[0] for row in CURED])  # fmt: skip
async def test_one_fault_is_cured_where_it_happened(
    fault: Fault, lane: Lane, kind: str, name: str, streamed: bool, vendors: Vendors
) -> None:
    engine = vendors.engine(name, SECOND[name])
    vendors.fake.script(name, [fault])
    outcome = await asked(engine, hello(live(lane=lane, deadline=20)), streamed=streamed)
    assert (outcome.result, outcome.provider, outcome.withdrawn) == ("ok", name, 0)
    assert outcomes_at(engine, name) == [kind, "ok"]
    assert vendors.fake.wire_calls(SECOND[name]) == 0
    assert engine.status()[0].health["stream" if streamed else "complete"].state == "closed"
    assert await sockets_back(vendors.fake, 1) <= 1


@pytest.mark.parametrize("name", NAMES)
async def test_json_cut_by_length_gets_twice_the_room(name: str, vendors: Vendors) -> None:
    engine = vendors.engine(name)
    vendors.fake.script(name, [{"kind": "length"}])
    assert (await engine.complete(in_json(live(deadline=20)))).provenance.calls == 2
    assert outcomes_at(engine, name) == ["truncated", "ok"]


@pytest.mark.parametrize("name", NAMES)
async def test_json_in_a_fence_needs_no_second_call(name: str, vendors: Vendors) -> None:
    engine = vendors.engine(name)
    vendors.fake.script(name, [{"kind": "prose"}])
    assert (await engine.complete(in_json(live(deadline=20)))).provenance.calls == 1


@pytest.mark.parametrize("name", NAMES)
async def test_json_of_another_form_is_repaired_by_one_call(name: str, vendors: Vendors) -> None:
    engine = vendors.engine(name)
    vendors.fake.script(name, [{"kind": "wrong_schema"}])
    assert (await engine.complete(in_json(live(deadline=20)))).provenance.calls == 2


async def test_json_that_nobody_gets_right_ends_in_an_error_with_the_text(vendors: Vendors) -> None:
    engine = vendors.engine()
    for name in NAMES:
        vendors.fake.script(name, always={"kind": "wrong_schema"})
    with pytest.raises(InvalidOutput) as last:
        await engine.complete(in_json(live(deadline=20)))
    assert "This is another form." in last.value.raw_text
    assert [vendors.fake.wire_calls(name) for name in NAMES] == [2, 2, 2]
    assert {status.health["complete"].state for status in engine.status()} == {"closed"}


@pytest.mark.parametrize("name", CHAT)
async def test_what_a_provider_refused_as_json_is_salvaged(name: str, vendors: Vendors) -> None:
    """Groq hands over what its model wrote; the same dialect may come from elsewhere."""
    engine = vendors.engine(name)
    vendors.fake.script(
        name, always=rejected('{"says_nothing": true, "claims": []} Anything else?')
    )
    reply = await engine.complete(in_json(live(deadline=20)))
    assert reply.text.startswith('{"says_nothing"')
    assert vendors.fake.wire_calls(name) == 1


@pytest.mark.parametrize("streamed", [False, True])
async def test_what_two_filters_withhold_is_not_shown_to_a_third(
    streamed: bool, vendors: Vendors
) -> None:
    engine = vendors.engine()
    for name in NAMES:
        vendors.fake.script(name, always={"kind": "safety"})
    outcome = await asked(engine, hello(live(deadline=20)), streamed=streamed)
    assert outcome.result == Blocked.kind
    assert [vendors.fake.wire_calls(name) for name in NAMES] == [1, 1, 0]


async def test_in_an_outage_retries_do_not_multiply_the_load() -> None:
    """A hundred jobs at once, everything overloaded: the budget of repeated calls is for all of them."""
    chain = [Scripted([Fail(Overloaded)], name=name) for name in "ab"]
    limits = Limits(back_off=0.001, background_calls=200)
    engine = Engine(chain, limits=limits, call_log=KeptCallLog(), rng=random.Random(1))
    request = hello(live(lane="background"))
    done = await asyncio.gather(
        *(engine.complete(request) for _ in range(100)), return_exceptions=True
    )
    assert {type(result).__name__ for result in done} == {"AllProvidersDown"}
    assert sum(len(provider.asked) for provider in chain) <= 2 * 100 + 20


async def test_what_is_said_at_last_is_what_is_given() -> None:
    """A repair is asked with the fault named, and at temperature nought."""
    provider = Scripted([Say("{}"), Say('{"says_nothing": true}')])
    reply = await Engine([provider]).complete(replace(in_json(), temperature=0.9))
    assert reply.text == '{"says_nothing": true}'
    _, repair = provider.asked
    assert repair.temperature == 0
    assert "says_nothing is missing" in repair.messages[-1].text
