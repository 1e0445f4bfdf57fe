"""One suite for everything that answers: three vendors, the offline last resort, the test double."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from ai_engine.errors import AiError, CutOff
from ai_engine.inputs import Audio, Delta
from ai_engine.messages import Answer, Message, Request
from ai_engine.providers.offline import Offline
from ai_engine.providers.protocol import Provider
from ai_engine.providers.scripted import Scripted, Vanish
from tests.ai_engine.vendors import NAMES, Vendors, live, sockets_back
from tests.fake_providers.in_thread import fake_in_thread

TEXT = "You wrote 3 words to me, and I have read every one of them with care."


def request(**changes: object) -> Request:
    given: dict[str, object] = {
        "skill": "hello",
        "messages": (Message("system", "Be brief."), Message("user", "Please say hello")),
        "context": live(),
        "without_ai": lambda: TEXT,
    }
    return Request(**(given | changes))  # type: ignore[arg-type] # the fields of Request by name


@pytest.fixture(params=[*NAMES, "offline", "scripted"])
async def provider(request: pytest.FixtureRequest, vendors: Vendors) -> AsyncIterator[Provider]:
    made: Provider
    if request.param == "offline":
        made = Offline()
    elif request.param == "scripted":
        from ai_engine.providers.scripted import Say

        made = Scripted([Say(TEXT)])
    else:
        made = vendors.provider(request.param)
    yield made
    await made.aclose()


async def test_it_is_a_provider_and_has_a_name(provider: Provider) -> None:
    assert isinstance(provider, Provider)
    assert provider.name


async def test_a_whole_answer_has_text_and_says_that_it_finished(provider: Provider) -> None:
    answer = await provider.complete(request())
    assert answer.text == TEXT
    assert answer.finish == "stop"


async def test_a_stream_gives_words_and_then_one_answer(provider: Provider) -> None:
    parts = [part async for part in provider.stream(request(streamed=True))]
    assert "".join(part.text for part in parts if isinstance(part, Delta)) == TEXT
    assert isinstance(parts[-1], Answer)
    assert [isinstance(part, Answer) for part in parts].count(True) == 1


async def test_an_abandoned_stream_releases_its_connection(
    provider: Provider, vendors: Vendors
) -> None:
    stream = provider.stream(request(streamed=True))
    assert isinstance(await anext(stream), Delta)
    await stream.aclose()
    await provider.aclose()
    assert await sockets_back(vendors.fake, 0) == 0


async def test_closing_twice_is_harmless(provider: Provider) -> None:
    await provider.aclose()
    await provider.aclose()


@pytest.mark.parametrize("name", NAMES)
async def test_vendors_count_tokens(name: str, vendors: Vendors) -> None:
    provider = vendors.provider(name)
    answer = await provider.complete(request())
    streamed = [part async for part in provider.stream(request(streamed=True))]
    last = streamed[-1]
    assert isinstance(last, Answer)
    assert answer.usage.tokens_in > 0
    assert answer.usage.tokens_out > 0
    assert last.usage.tokens_in > 0
    assert last.model == f"{name}-model"


async def test_openrouter_says_itself_what_a_call_cost(vendors: Vendors) -> None:
    answer = await vendors.provider("openrouter").complete(request())
    assert answer.cost is not None
    assert answer.cost > 0


@pytest.mark.parametrize("name", NAMES)
async def test_vendors_send_the_schema_in_their_own_dialect(name: str, vendors: Vendors) -> None:
    schema = {"type": "object", "properties": {"claims": {}, "says_nothing": {}}}
    answer = await vendors.provider(name).complete(request(schema=schema))
    assert '"says_nothing": true' in answer.text


@pytest.mark.parametrize("name", NAMES)
async def test_vendors_write_down_speech(name: str, vendors: Vendors) -> None:
    audio = Audio(b"RIFF....SPEECH:we were three people", "audio/wav", "en")
    answer = await vendors.provider(name).complete(request(audio=audio, messages=()))
    assert answer.text == "we were three people"


@pytest.mark.parametrize("name", ["openrouter", "groq"])
async def test_a_model_without_schemas_is_asked_again_without(name: str, vendors: Vendors) -> None:
    refusal = {"error": {"message": "This model does not support response_format json_schema"}}
    vendors.fake.script(name, [{"kind": "status", "status": 400, "body": refusal}])
    provider = vendors.provider(name)
    schema = {"type": "object", "properties": {"claims": {}, "says_nothing": {}}}
    told = Message("system", 'JSON of this schema: {"properties": {"claims": {}}}')
    asked = request(schema=schema, messages=(told, Message("user", "Please")))
    assert '"claims": []' in (await provider.complete(asked)).text
    assert '"claims": []' in (await provider.complete(asked)).text
    assert vendors.fake.wire_calls(name) == 3  # refused once, then remembered


@pytest.mark.parametrize("name", NAMES)
async def test_a_stream_without_an_end_is_a_failure(name: str, vendors: Vendors) -> None:
    vendors.fake.script(name, [{"kind": "silent_end", "after": 2}])
    with pytest.raises(CutOff):
        [part async for part in vendors.provider(name).stream(request(streamed=True))]


async def test_the_double_fails_as_it_is_told() -> None:
    with pytest.raises(AiError):
        [part async for part in Scripted([Vanish()]).stream(request(streamed=True))]


@pytest.mark.parametrize("name", NAMES)
def test_vendors_serve_one_event_loop_after_another(name: str) -> None:
    """Jobs, pages and commands each run on a loop of their own, with one provider for all."""
    with fake_in_thread() as fake:
        provider = Vendors(fake).provider(name)

        async def use() -> list[str]:
            whole = await provider.complete(request())
            parts = [part async for part in provider.stream(request(streamed=True))]
            await provider.aclose()
            return [whole.text, "".join(part.text for part in parts if isinstance(part, Delta))]

        assert [asyncio.run(use()) for _ in range(3)] == [[TEXT, TEXT]] * 3
        assert fake.wire_calls(name) == 6


async def test_closing_an_engine_leaves_no_socket(vendors: Vendors) -> None:
    engine = vendors.engine()
    for name in NAMES:
        only = request(context=replace(live(deadline=20), allowed_providers=frozenset({name})))
        await asyncio.gather(*(engine.complete(only) for _ in range(5)))
    assert vendors.fake.open_sockets >= len(NAMES)
    await engine.aclose()
    assert await sockets_back(vendors.fake, 0) == 0


async def test_any_server_of_openais_dialect_will_do(vendors: Vendors) -> None:
    """docs/own-models.md: whole, streamed and heard, by nothing but another address."""
    own = vendors.made("openrouter", f"http://127.0.0.1:{vendors.fake.port}/v1")
    assert (await own.complete(request())).text == TEXT
    parts = [part async for part in own.stream(request(streamed=True))]
    assert "".join(part.text for part in parts if isinstance(part, Delta)) == TEXT
    heard = await own.complete(request(audio=Audio(b"SPEECH:all here", "audio/wav"), messages=()))
    assert heard.text == "all here"
    assert {str(call["path"]).split("/")[1] for call in vendors.fake.calls} == {"v1"}
    await own.aclose()
