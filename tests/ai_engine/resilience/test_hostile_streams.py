"""Streams that stop, crawl or stammer wherever a byte may be the last: a complete answer all the same, in time."""

import asyncio
import gc

import pytest

from ai_engine.call_log import KeptCallLog
from ai_engine.engine import Engine
from ai_engine.inputs import CallContext
from ai_engine.messages import Message, Request
from ai_engine.providers.scripted import Say, Scripted
from tests.ai_engine.vendors import (
    NAMES,
    PATIENT,
    Vendors,
    asked,
    hello,
    live,
    outcomes_at,
    sockets_back,
    soon,
)
from tests.fake_providers.faults import Fault
from tests.fake_providers.server import FakeProviders

ELSEWHERE = "The second one says this, all of it."


def over(vendors: Vendors, name: str) -> Engine:
    """A new engine over one vendor, and one that is well."""
    clock = asyncio.get_running_loop().time
    chain = [vendors.provider(name), Scripted([Say(ELSEWHERE)], name="second")]
    return Engine(chain, limits=PATIENT, call_log=KeptCallLog(), clock=clock)


def one_word(context: CallContext) -> Request:
    """The fake answers with the one word: a short reply, of which every byte may be the last."""
    return Request(skill="hello", messages=(Message("user", "Say: ready"),), context=context)


@pytest.mark.parametrize("name", NAMES)
async def test_a_stream_may_fall_silent_after_any_byte(name: str, vendors: Vendors) -> None:
    assert (await asked(over(vendors, name), hello(), streamed=True)).provider == name

    async def silent_after(at: int) -> tuple[str, str]:
        vendors.fake.scripts[name].steps.append({"kind": "stops_at", "bytes": at})
        engine = over(vendors, name)
        told = await asked(engine, one_word(live()), streamed=True)
        assert told.result == "ok"
        assert len(outcomes_at(engine, name)) == 1, "one attempt, one row"
        return told.provider, told.text

    told = set()
    for begun in range(0, 1080, 360):
        told |= {*await asyncio.gather(*(silent_after(begun + at) for at in range(0, 360, 9)))}
    assert told == {(name, "ready"), ("second", ELSEWHERE)}
    assert await sockets_back(vendors.fake, 40) <= 40, "idle ones, of those that were answered"


async def open_at(fake: FakeProviders) -> int:
    """The sockets still open there, once it has tried to write what comes next."""
    await asyncio.sleep(10)
    return await sockets_back(fake, 0)


CRAWLS: dict[str, tuple[Fault, str]] = {
    "from the first byte": ({"kind": "byte_by_byte", "seconds": 4}, "timed_out"),
    "after the head": ({"kind": "byte_by_byte", "bytes": 120, "seconds": 4}, "timed_out"),
    "after some words": ({"kind": "byte_by_byte", "bytes": 1200, "seconds": 4}, "cut_off"),
}


@pytest.mark.parametrize("crawl", CRAWLS)
@pytest.mark.parametrize("name", NAMES)
async def test_one_byte_at_a_time_keeps_no_answer_alive(
    name: str, crawl: str, vendors: Vendors
) -> None:
    fault, kind = CRAWLS[crawl]
    engine = over(vendors, name)
    vendors.fake.script(name, always=fault)
    told = await asked(engine, hello(), streamed=True)
    assert (told.result, told.provider, told.text) == ("ok", "second", ELSEWHERE)
    assert told.withdrawn == (kind == "cut_off")
    assert outcomes_at(engine, name) == [kind]
    assert await open_at(vendors.fake) == 0


@pytest.mark.parametrize("name", NAMES)
async def test_word_after_word_ends_with_the_time_for_all_of_them(
    name: str, vendors: Vendors
) -> None:
    """Each word comes before the next is due, and yet there is an end."""
    engine = over(vendors, name)
    vendors.fake.script(name, always={"kind": "drip", "seconds": 4})
    loop = asyncio.get_running_loop()
    began = loop.time()
    told = await asked(engine, hello(), streamed=True)
    assert (told.result, told.withdrawn) == ("all_providers_down", 1)
    assert outcomes_at(engine, name) == ["cut_off"]
    assert loop.time() - began >= PATIENT.live_deadline + PATIENT.speaking_time
    assert await open_at(vendors.fake) == 0


@pytest.mark.parametrize(
    ("kind", "ending"), [("finish_twice", "with care."), ("text_after_finish", "And more.")]
)
@pytest.mark.parametrize("name", NAMES)
async def test_who_says_twice_that_it_is_finished_is_taken_by_its_words(
    name: str, kind: str, ending: str, vendors: Vendors
) -> None:
    """Gemini has been seen to name a finish with every piece: the end is where the stream ends well."""
    engine = over(vendors, name)
    vendors.fake.script(name, always={"kind": kind})
    told = await asked(engine, hello(), streamed=True)
    assert (told.result, told.provider, told.withdrawn) == ("ok", name, 0)
    assert told.text.endswith(ending)
    assert outcomes_at(engine, name) == ["ok"]


@pytest.mark.parametrize("leaves", [False, True], ids=["deadline", "caller leaves"])
@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("name", NAMES)
async def test_a_handshake_that_nobody_answers_leaves_no_socket(
    name: str, streamed: bool, leaves: bool, vendors: Vendors
) -> None:
    open_ones = 0
    met = asyncio.Event()

    async def accept_in_silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal open_ones
        open_ones += 1
        met.set()
        await reader.read()
        open_ones -= 1
        writer.close()

    server = await asyncio.start_server(accept_in_silence, "127.0.0.1", 0)
    silent = vendors.made(name, f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    engine = Engine([silent], limits=PATIENT, clock=asyncio.get_running_loop().time)
    gc.disable()  # what a collection would close was not closed in time
    try:
        call = asyncio.ensure_future(asked(engine, hello(), streamed=streamed))
        if leaves:
            await met.wait()
            call.cancel()
            await asyncio.wait({call})
        else:
            assert (await call).result == "all_providers_down"
            assert met.is_set()
        await soon(lambda: open_ones == 0)
        assert open_ones == 0
    finally:
        gc.enable()
        server.close()
        await silent.aclose()
