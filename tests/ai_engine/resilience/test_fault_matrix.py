"""Every way a provider fails × three SDKs × whole and streamed: what the caller gets, how often the
provider is really called, what the breaker and the ledger make of it, and that no socket stays open."""

from dataclasses import dataclass, field, replace

import pytest

from ai_engine.call_log import KeptCallLog
from ai_engine.engine import Engine
from tests.ai_engine.vendors import NAMES, Vendors, asked, hello, live, sockets_back
from tests.fake_providers.faults import Fault

SECOND = {"gemini": "groq", "openrouter": "gemini", "groq": "openrouter"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the taxonomy. `calls`: wire calls that four requests make to the failing provider."""

    name: str
    fault: Fault
    kind: str
    calls: int
    state: str
    only: str = ""
    """complete or stream, where the fault exists for one of them only"""
    result: str = "ok"
    withdrawn: int = 0
    deadline: float | None = None
    kinds: dict[str, str] = field(default_factory=dict)
    """where an SDK, or an operation, tells less than the others"""


def status(code: int, **more: object) -> Fault:
    return {"kind": "status", "status": code, **more}


def after(kind: str, words: int) -> Fault:
    return {"kind": kind, "after": words}


CONTEXT = {"error": {"message": "This model's maximum context length is 8192 tokens"}}
MODERATED = {"error": {"code": 403, "message": "Your input was flagged by moderation"}}
DEATHS = (("cut", "cut_off"), ("reset_midway", "cut_off"), ("silent_end", "cut_off"),
          ("error_event", "overloaded"), ("broken_chunk", "bad_answer"))  # fmt: skip
ROWS = [
    *(Row(f"status {code}", status(code), "overloaded", 3, "open")
      for code in (500, 503, 529, 408, 498)),
    Row("429 with Retry-After", status(429, headers={"retry-after": "30"}), "rate_limited", 1, "closed"),
    Row("429 without", status(429), "rate_limited", 1, "closed"),
    Row("401 key revoked", status(401), "key_rejected", 1, "open"),
    Row("402 credits spent", status(402), "key_rejected", 1, "open"),
    Row("403 not allowed", status(403), "key_rejected", 1, "open"),
    Row("403 moderated", status(403, body=MODERATED), "blocked", 4, "closed"),
    Row("404 model unknown", status(404), "model_missing", 1, "open"),
    Row("400 our fault", status(400), "request_rejected", 4, "closed", result="request_rejected"),
    Row("422 our fault", status(422), "request_rejected", 4, "closed", result="request_rejected"),
    Row("400 context length", status(400, body=CONTEXT), "too_long", 4, "closed"),
    Row("413 too large", status(413), "too_long", 4, "closed"),
    Row("5xx page", status(502, body="<html>bad gateway</html>"), "overloaded", 3, "open"),
    Row("hang", {"kind": "hang"}, "timed_out", 3, "open", deadline=0.6),
    Row("headers, then silence", {"kind": "headers_then_silence"}, "timed_out", 3, "open", deadline=0.6),
    Row("closed before a byte", {"kind": "disconnect"}, "disconnected", 2, "open"),
    Row("reset before a byte", {"kind": "reset"}, "disconnected", 2, "open"),
    Row("body cut", {"kind": "cut"}, "cut_off", 3, "open", only="complete"),
    Row("no finish reason", {"kind": "silent_end"}, "cut_off", 3, "open", only="complete"),
    Row("web page with 200", {"kind": "html"}, "bad_answer", 3, "open"),
    Row("broken JSON with 200", {"kind": "broken_json"}, "bad_answer", 3, "open"),
    Row("error with 200", {"kind": "error_200"}, "overloaded", 3, "open",
        kinds={"gemini complete error_200": "bad_answer"}),
    Row("empty body", {"kind": "empty"}, "bad_answer", 3, "open"),
    Row("no choices", {"kind": "no_choices"}, "bad_answer", 3, "open"),
    Row("no text", {"kind": "no_text"}, "bad_answer", 3, "open"),
    Row("safety filter", {"kind": "safety"}, "blocked", 4, "closed"),
    Row("endless answer", {"kind": "endless"}, "bad_answer", 3, "open", withdrawn=1),
    Row("stopped by length, spoken", {"kind": "length"}, "truncated", 4, "closed", only="stream",
        withdrawn=1),
    *(Row(f"{kind} early", after(kind, 2), kind_of, 3, "open", only="stream")
      for kind, kind_of in DEATHS),
    *(Row(f"{kind} midway", after(kind, 9), kind_of, 3, "open", only="stream", withdrawn=1)
      for kind, kind_of in DEATHS),
    # the first words are held back for a moment only: who falls silent later has been heard
    Row("silence early", after("silence_midway", 2), "cut_off", 3, "open", only="stream", withdrawn=1),
    Row("silence midway", after("silence_midway", 9), "cut_off", 3, "open", only="stream", withdrawn=1),
    Row("comments midway", after("comments_midway", 9), "cut_off", 3, "open", only="stream",
        withdrawn=1, kinds={"gemini stream comments_midway": "bad_answer"}),
]  # fmt: skip
CASES = [
    pytest.param(row, name, operation, id=f"{row.name}-{name}-{operation}")
    for row in ROWS
    for name in NAMES
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
    streamed = operation == "stream"
    second = SECOND[name]
    engine = vendors.engine(name, second)
    request = hello(live(deadline=row.deadline))
    await warmed(engine, streamed=streamed)
    vendors.fake.script(name, always=row.fault)

    outcomes = [await asked(engine, request, streamed=streamed) for _ in range(4)]

    kind = row.kinds.get(f"{name} {operation} {row.fault['kind']}", row.kind)
    assert [outcome.result for outcome in outcomes] == [row.result] * 4
    if row.result == "ok":
        assert {outcome.provider for outcome in outcomes} == {second}
        assert outcomes[0].withdrawn == (row.withdrawn if streamed else 0)
    assert vendors.fake.wire_calls(name) - 1 == row.calls
    health = next(status for status in engine.status() if status.name == name).health
    assert health["stream" if streamed else "complete"].state == row.state
    assert isinstance(engine.call_log, KeptCallLog)
    written = [call.outcome for call in engine.call_log.calls if call.provider == name]
    assert written == ["ok"] + [kind] * row.calls
    assert await sockets_back(vendors.fake, 2) <= 2, "one idle connection for each provider"


@pytest.mark.parametrize("name", NAMES)
async def test_an_answer_cut_by_length_is_given_and_says_so(name: str, vendors: Vendors) -> None:
    engine = vendors.engine(name)
    vendors.fake.script(name, always={"kind": "length"})
    reply = await engine.complete(hello())
    assert reply.truncated
    assert reply.text


@pytest.mark.parametrize("name", NAMES)
async def test_a_refused_connection(name: str, vendors: Vendors) -> None:
    engine = vendors.engine(name)
    await vendors.fake.stop()
    outcome = await asked(engine, hello(), streamed=False)
    assert outcome.result == "all_providers_down"
    assert isinstance(engine.call_log, KeptCallLog)
    assert {call.outcome for call in engine.call_log.calls} == {"unreachable"}
    assert len(engine.call_log.calls) == 2, "two refusals open the breaker"
