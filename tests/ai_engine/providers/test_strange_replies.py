"""Whatever a provider writes under status 200 or over it, the engine makes an answer of it or one of its errors,
never a fault of its own: then the next provider is asked."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from ai_engine.errors import AiError, BadAnswer, KeyRejected, ProviderFailed, RequestRejected
from ai_engine.inputs import Audio, Delta
from ai_engine.messages import Answer, Message, Request
from ai_engine.providers.protocol import Provider
from tests.ai_engine.vendors import NAMES, Vendors, asked, hello, live, outcomes_at, sockets_back
from tests.fake_providers.faults import Fault
from tests.fake_providers.server import FakeProviders

DEEP, LONG = "[" * 100_000, "9" * 5000
WELL = {
    "choices": [{"message": {"content": "x"}, "delta": {"content": "x"}, "finish_reason": "stop"}],
    "candidates": [{"content": {"parts": [{"text": "x"}]}, "finishReason": "STOP"}],
    "text": "x",
}
BODIES = {
    "a list": "[]",
    "a number": "123",
    "nothing": "null",
    "an error in a list": '[{"error": {"code": 429}}]',
    "an error of one word": '{"error": "boom"}',
    "an error in digits that are none": '{"error": {"code": "²", "message": "x"}}',
    "an error of words": '{"error": {"code": "rate_limit", "message": "x"}}',
    "choices of numbers": '{"choices": [1], "candidates": [1]}',
    "choices that are an object": '{"choices": {"a": 1}, "candidates": {"a": 1}}',
    "a message that is a word": '{"choices": [{"message": "x", "delta": "x"}], "candidates": [{"content": "x"}]}',
    "a numbered end": '{"choices": [{"finish_reason": 5}], "candidates": [{"finishReason": 5}]}',
    "usage that is a word": json.dumps(WELL | {"usage": "x", "usageMetadata": "x"}),
    "a very long number": f'{{"usage": {{"prompt_tokens": {LONG}}}, "duration": {LONG}, "usageMetadata": {LONG}}}',
    "usage that is no number": '{"choices": [{"message": {"content": "x"}, "delta": {"content": "x"}, '
    '"finish_reason": "stop"}], "candidates": [{"content": {"parts": [{"text": "x"}]}, "finishReason": "STOP"}], '
    '"usage": {"prompt_tokens": NaN, "completion_tokens": -Infinity, "cost": NaN}, '
    '"usageMetadata": {"promptTokenCount": -5, "candidatesTokenCount": 1e400}, "duration": NaN, "text": "x"}',
    "a tool call": '{"choices": [{"message": {"content": null, "tool_calls": [{"id": "1", "type": "function", '
    '"function": {"name": "f", "arguments": "{}"}}]}, "delta": {"tool_calls": [{"index": 0}]}, "finish_reason": '
    '"tool_calls"}], "candidates": [{"content": {"parts": [{"functionCall": {"name": "f"}}]}, "finishReason": "STOP"}]}',
    "thoughts and no words": '{"choices": [{"message": {"content": "", "reasoning": "hm"}, "delta": {"reasoning": "hm"}, '
    '"finish_reason": "stop"}], "candidates": [{"content": {"parts": [{"text": "hm", "thought": true}]}, '
    '"finishReason": "STOP"}]}',
    "a long duration": json.dumps(WELL | {"duration": 10**400}),
    "endless depth": f'{{"choices": {DEEP}, "candidates": {DEEP}, "text": {DEEP}',
}


def replies(body: str, status: int, *, streamed: bool) -> Fault:
    if streamed and status == 200:
        body = f"data: {body}\n\n"
    return {"kind": "status", "status": status, "body": body}


async def parts_of(provider: Provider, request: Request) -> list[object]:
    if request.streamed:
        return [part async for part in provider.stream(request)]
    return [await provider.complete(request)]


def forms() -> dict[str, Request]:
    sound = Audio(b"sound", "audio/wav")
    return {
        "complete": hello(),
        "stream": replace(hello(), streamed=True),
        "transcribe": replace(hello(), audio=sound, messages=()),
    }


@pytest.mark.parametrize("operation", forms())
@pytest.mark.parametrize("name", NAMES)
async def test_a_strange_reply_is_an_answer_or_an_error_of_the_tree(
    name: str, operation: str, vendors: Vendors
) -> None:
    request = forms()[operation]
    escaped: dict[str, str] = {}
    wordless = {"a tool call", "thoughts and no words"}
    for what, body in BODIES.items():
        for status in (200, 400, 500):
            vendors.fake.script(name, [replies(body, status, streamed=request.streamed)])
            try:
                parts = await parts_of(vendors.provider(name), request)
                if what in wordless:
                    escaped[f"{what}, {status}"] = f"was taken for an answer: {parts}"
            except AiError:
                continue
            except Exception as problem:  # whatever it is, it should not be
                escaped[f"{what}, {status}"] = repr(problem)[:100]
    assert escaped == {}


@pytest.mark.parametrize("name", NAMES)
async def test_the_next_provider_answers_where_an_sdk_fails(name: str, vendors: Vendors) -> None:
    second = "groq" if name != "groq" else "gemini"
    engine = vendors.engine(name, second)
    body = BODIES["a very long number"]
    vendors.fake.script(name, always=replies(body, 200, streamed=False))
    # the first call of all loads the SDK, and a busy machine takes its time for that
    outcome = await asked(engine, hello(live(deadline=20)), streamed=False)
    assert (outcome.result, outcome.provider) == ("ok", second)
    assert outcomes_at(engine, name) == ["bad_answer"]


@pytest.mark.parametrize("operation", forms())
@pytest.mark.parametrize("name", NAMES)
async def test_words_can_be_stored_and_sent_on(name: str, operation: str, vendors: Vendors) -> None:
    text = "a\0b\ud800c \U0001f600"
    said = json.loads(json.dumps(WELL))
    said["choices"][0]["message"]["content"] = said["choices"][0]["delta"]["content"] = text
    said["candidates"][0]["content"]["parts"][0]["text"] = said["text"] = text
    said["model"] = said["modelVersion"] = "m\ud800\0-1"
    request = forms()[operation]
    vendors.fake.script(name, [replies(json.dumps(said), 200, streamed=request.streamed)])
    parts = await parts_of(vendors.provider(name), request)
    words = "".join(part.text for part in parts if isinstance(part, Delta | Answer))
    assert words == "abc \U0001f600"
    last = parts[-1]
    assert isinstance(last, Answer)
    assert last.model in {"m-1", f"{name}-hears"}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("operation", forms())
@pytest.mark.parametrize("name", NAMES)
async def test_a_reply_without_end_fills_no_memory(
    name: str, operation: str, packed: bool, vendors: Vendors
) -> None:
    vendors.fake.script(name, [{"kind": "flood", "packed": packed}])
    with pytest.raises(BadAnswer, match="without end"):
        await parts_of(vendors.provider(name), forms()[operation])
    assert await sockets_back(vendors.fake, 0) == 0


@pytest.fixture(params=["“key”", "kéy", "k\ney"])
async def with_a_bad_key(
    request: pytest.FixtureRequest, fake: FakeProviders
) -> AsyncIterator[Vendors]:
    made = Vendors(fake, api_key=request.param)
    yield made
    await made.aclose()


@pytest.mark.parametrize("name", NAMES)
async def test_a_key_that_is_no_key_is_said_to_be_rejected(
    name: str, with_a_bad_key: Vendors
) -> None:
    for request in forms().values():
        with pytest.raises(KeyRejected):
            await parts_of(with_a_bad_key.provider(name), request)


@pytest.mark.parametrize("name", ["openrouter", "groq"])
async def test_half_a_character_in_our_text_is_nobodys_fault_but_ours(
    name: str, vendors: Vendors
) -> None:
    request = replace(hello(), messages=(Message("user", "half \ud800"),))
    with pytest.raises(RequestRejected) as caught:
        await vendors.provider(name).complete(request)
    assert not isinstance(caught.value, ProviderFailed)


@pytest.mark.parametrize("operation", forms())
@pytest.mark.parametrize("name", NAMES)
async def test_headers_without_end_are_a_failure_of_the_provider(
    name: str, operation: str, vendors: Vendors
) -> None:
    headers = {f"x-{number}": "x" * 60_000 for number in range(8)}
    vendors.fake.script(name, [{"kind": "status", "status": 200, "headers": headers, "body": "{}"}])
    with pytest.raises(ProviderFailed):
        await parts_of(vendors.provider(name), forms()[operation])
    assert (await vendors.provider(name).complete(hello())).text


@pytest.mark.parametrize("operation", forms())
@pytest.mark.parametrize("name", NAMES)
async def test_a_redirect_is_not_followed(name: str, operation: str, vendors: Vendors) -> None:
    """Neither our key nor a word of an interview goes where a reply points to."""
    elsewhere = f"http://localhost:{vendors.fake.port}"
    path = {"gemini": "/v1beta/models/m:generateContent", "groq": "/openai/v1/chat/completions",
            "openrouter": "/api/v1/chat/completions"}[name]  # fmt: skip
    headers = {"location": elsewhere + path}
    vendors.fake.script(name, [{"kind": "status", "status": 307, "headers": headers, "body": "{}"}])
    with pytest.raises(BadAnswer):
        await parts_of(vendors.provider(name), forms()[operation])
    assert vendors.fake.wire_calls(name) == 1
