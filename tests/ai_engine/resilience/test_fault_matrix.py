"""Every way a provider fails × three SDKs × whole and streamed × live and background: what the caller gets,
how often the provider is really called, what the breaker and the ledger make of it, and that no socket
stays open."""

import asyncio
from dataclasses import replace
from typing import get_args

import pytest

from ai_engine.call_log import KeptCallLog
from ai_engine.engine import Engine
from ai_engine.inputs import Lane
from tests.ai_engine.resilience.fault_rows import ROWS, Row
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

SECOND = {"gemini": "groq", "openrouter": "gemini", "groq": "openrouter"}
LANES = [lane for lane in get_args(Lane) if lane not in ("speech", "interim")]
CASES = [
    pytest.param(row, name, operation, id=f"{row.name}-{name}-{operation}")
    for row in ROWS
    for name in row.at
    for operation in ("complete", "stream")
    if row.only in {"", operation}
]


async def warmed(engine: Engine, *, streamed: bool) -> None:
    """One good call each, so that loading an SDK does not count as the provider's slowness."""
    for status in engine.status():
        request = hello(replace(live(deadline=20), allowed_providers=frozenset({status.name})))
        assert (await asked(engine, request, streamed=streamed)).result == "ok"


@pytest.mark.parametrize(("row", "name", "operation"), CASES)
async def test_a_failing_provider(row: Row, name: str, operation: str, vendors: Vendors) -> None:
    for lane in LANES:  # over the same clients: making them is what takes the time
        await fails_as_the_row_says(row, name, operation, lane, vendors)


async def fails_as_the_row_says(
    row: Row, name: str, operation: str, lane: Lane, vendors: Vendors
) -> None:
    streamed = operation == "stream"
    second = SECOND[name]
    engine = vendors.engine(name, second)
    context = live(lane=lane)
    request = in_json(context) if row.schema else hello(context)
    vendors.fake.script(name)
    await warmed(engine, streamed=streamed)
    vendors.fake.calls.clear()
    vendors.fake.script(name, always=row.fault)

    outcomes = [await asked(engine, request, streamed=streamed) for _ in range(4)]

    kind = row.kinds.get(f"{name} {operation} {row.fault['kind']}", row.kind)
    assert [outcome.result for outcome in outcomes] == [row.result] * 4, lane
    if row.result == "ok":
        assert {outcome.provider for outcome in outcomes} == {second}, lane
        assert outcomes[0].withdrawn == (row.withdrawn if streamed else 0), lane
    assert vendors.fake.wire_calls(name) == row.calls, lane
    health = next(status for status in engine.status() if status.name == name).health
    assert health["stream" if streamed else "complete"].state == row.state, lane
    assert outcomes_at(engine, name) == ["ok"] + [kind] * row.calls, lane
    assert await sockets_back(vendors.fake, 2) <= 2, "one idle connection for each provider"


@pytest.mark.parametrize("name", NAMES)
async def test_an_answer_cut_by_length_is_given_and_says_so(name: str, vendors: Vendors) -> None:
    engine = vendors.engine(name)
    vendors.fake.script(name, always={"kind": "length"})
    reply = await engine.complete(hello())
    assert reply.truncated
    assert reply.text


NOBODY_THERE = {
    "refused": "http://127.0.0.1:9",
    "no such host": "http://nobody.invalid",
    "no TLS": "https://127.0.0.1:{port}",
}


async def no_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers a handshake in plain words."""
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    writer.close()


@pytest.mark.parametrize("lane", LANES)
@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("why", NOBODY_THERE)
@pytest.mark.parametrize("name", NAMES)
async def test_nobody_there(
    name: str, why: str, streamed: bool, lane: Lane, vendors: Vendors
) -> None:
    plain = await asyncio.start_server(no_tls, "127.0.0.1", 0)
    address = NOBODY_THERE[why].format(port=plain.sockets[0].getsockname()[1])
    unreachable = vendors.made(name, address)
    log = KeptCallLog()
    chain = [unreachable, vendors.provider(SECOND[name])]
    clock = asyncio.get_running_loop().time
    engine = Engine(chain, limits=PATIENT, call_log=log, clock=clock)
    for _ in range(4):
        outcome = await asked(engine, hello(live(lane=lane, deadline=20)), streamed=streamed)
        assert (outcome.result, outcome.provider, outcome.withdrawn) == ("ok", SECOND[name], 0)
    assert outcomes_at(engine, name) == ["unreachable"] * 2, "two in a row open the breaker"
    assert engine.status()[0].health["stream" if streamed else "complete"].state == "open"
    assert {call.tokens_in for call in log.calls if call.provider == name} == {0}, "nobody read it"
    await unreachable.aclose()
    plain.close()
    await plain.wait_closed()
    assert await sockets_back(vendors.fake, 1) <= 1
