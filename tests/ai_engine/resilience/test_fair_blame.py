"""Who is to blame for a failure, how long each has to answer, and what providers may say of themselves."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest

from ai_engine.call_log import KeptCallLog
from ai_engine.engine import Engine
from ai_engine.errors import (
    AllProvidersDown,
    BudgetSpent,
    Disconnected,
    InvalidOutput,
    KeyRejected,
    ModelMissing,
    RateLimited,
    RequestRejected,
    TooLong,
)
from ai_engine.inputs import Audio, CallContext, Delta, ScopeRules
from ai_engine.limits import Limits
from ai_engine.messages import Answer, Request, StreamPart, Usage
from ai_engine.policy import FixedPolicy
from ai_engine.providers.scripted import Fail, Hang, Say, Scripted
from ai_engine.providers.translation import from_status, translate
from tests.ai_engine.vendors import asked, hello, live, outcomes_at
from tests.simulated_time import SimulatedLoop, run_simulated


def simulate(story: Callable[[SimulatedLoop], Coroutine[object, object, None]]) -> None:
    loop = SimulatedLoop()
    run_simulated(story(loop), loop)


def state_of(engine: Engine, place: int = 0) -> str:
    return engine.status()[place].health["complete"].state


def test_two_that_hang_leave_the_third_its_share() -> None:
    async def story(loop: SimulatedLoop) -> None:
        slow_but_well = Scripted([Say("Here I am.", pause=2.4)], name="third")
        engine = Engine(
            [Scripted([Hang()], name="first"), Scripted([Hang()], name="second"), slow_but_well],
            clock=loop.time,
        )
        began = loop.time()
        answer = await engine.complete(hello(live(deadline=8)))
        assert answer.provenance.provider == "third"
        assert loop.time() - began < 8

    simulate(story)


def test_one_that_may_be_back_gets_a_small_share_while_others_are_well() -> None:
    async def story(loop: SimulatedLoop) -> None:
        dead = Scripted([Hang()], name="dead")
        engine = Engine([dead, Scripted(name="well")], clock=loop.time)
        for _ in range(3):
            await engine.complete(hello(live(deadline=8)))
        assert state_of(engine) == "open"
        await asyncio.sleep(10)
        began = loop.time()
        await engine.complete(hello(live(deadline=8)))
        assert len(dead.asked) == 4, "it was probed"
        assert loop.time() - began <= 2.1

    simulate(story)


class _Stale(Scripted):
    """Each request finds the connection it is given closed, and the next one open."""

    async def complete(self, request: Request) -> Answer:
        if all(earlier.id != request.id for earlier in self.asked):
            self.asked.append(request)
            raise Disconnected(self.name)
        return await super().complete(request)


async def test_connections_that_had_gone_stale_open_no_breaker() -> None:
    engine = Engine([_Stale()])
    answers = await asyncio.gather(*(engine.complete(hello()) for _ in range(2)))
    assert [answer.text for answer in answers] == ["Yes.", "Yes."]
    assert state_of(engine) == "closed"


@dataclass
class _Wordy:
    """Streams words at once, whoever is slow to read them."""

    name: str = "wordy"

    def model_for(self, operation: str) -> str:
        return "wordy-1"

    async def complete(self, request: Request) -> Answer:
        return Answer("One two.", "wordy-1")

    async def stream(self, request: Request) -> AsyncGenerator[StreamPart, None]:
        for word in ("One ", "two ", "three."):
            yield Delta(word * 20)
        yield Answer("", "wordy-1")

    async def aclose(self) -> None:
        """Nothing is open."""


def test_a_slow_reader_is_not_the_providers_fault() -> None:
    async def story(loop: SimulatedLoop) -> None:
        engine = Engine([_Wordy()], limits=Limits(idle=4), clock=loop.time)
        events = []
        async for event in engine.stream(hello(live(deadline=8))):
            events.append(event)
            await asyncio.sleep(4.5)
        assert type(events[-1]).__name__ == "Finished"
        assert "Withdrawn" not in {type(event).__name__ for event in events}

    simulate(story)


def test_who_falls_silent_after_a_slow_reader_took_the_time_is_not_to_blame() -> None:
    """Twenty of the answer's twenty-three seconds were the reader's; the last three are less than a word may take."""

    async def read(loop: SimulatedLoop, pause: float) -> Engine:
        limits = Limits(idle=4, speaking_time=15, hold_back_characters=1)
        engine = Engine([Scripted([Hang(after_words=5)])], limits=limits, clock=loop.time)
        for _ in range(3):
            with pytest.raises(AllProvidersDown):
                async for _event in engine.stream(hello(live(deadline=8))):
                    await asyncio.sleep(pause)
        return engine

    async def story(loop: SimulatedLoop) -> None:
        patient = await read(loop, pause=4.0)
        assert patient.status()[0].health["stream"].state == "closed"
        assert outcomes_at(patient, "scripted") == ["cut_off"] * 3
        quick = await read(loop, pause=0.0)
        assert quick.status()[0].health["stream"].state == "open"

    simulate(story)


def test_what_was_too_long_for_one_is_asked_of_those_that_may_read_more() -> None:
    async def story(loop: SimulatedLoop) -> None:
        for streamed in (False, True):
            small, smaller = (Scripted([Fail(TooLong)], name=name) for name in ("small", "smaller"))
            unknown, large = Scripted([Fail(TooLong)], name="unknown"), Scripted(name="large")
            known = {"small": 8000, "smaller": 4000, "large": 100_000}
            chain = [small, smaller, unknown, large]
            engine = Engine(chain, context_tokens=known, clock=loop.time)
            told = await asked(engine, hello(), streamed=streamed)
            assert (told.result, told.provider) == ("ok", "large")
            assert [len(provider.asked) for provider in chain] == [1, 0, 1, 1]
            engine = Engine([small, smaller], context_tokens=known, clock=loop.time)
            told = await asked(engine, hello(), streamed=streamed)
            assert told.result == "too_long", "permanent: nobody left can read more"

    simulate(story)


def test_a_repair_for_which_there_is_no_time_is_not_begun() -> None:
    async def story(loop: SimulatedLoop) -> None:
        provider = Scripted([Say("no json", pause=0.9)])
        engine = Engine([provider], clock=loop.time)

        def refuse(text: str) -> str:
            raise ValueError("not what was asked for")

        for _ in range(4):
            with pytest.raises(InvalidOutput) as caught:
                await engine.complete(hello(live(lane="background", deadline=1)), accept=refuse)
            assert caught.value.raw_text == "no json"
        assert len(provider.asked) == 4
        assert state_of(engine) == "closed"

    simulate(story)


def test_a_provider_that_asks_for_a_year_of_rest_gets_ten_minutes() -> None:
    async def story(loop: SimulatedLoop) -> None:
        limited = Fail(lambda name: RateLimited(name, retry_after=10**9))
        provider = Scripted([limited, Say("Back.")], name="limited")
        engine = Engine([provider, Scripted(name="other")], clock=loop.time)
        await engine.complete(hello())
        await asyncio.sleep(601)
        assert (await engine.complete(hello())).provenance.provider == "limited"

    simulate(story)


async def test_a_test_call_that_is_answered_ends_a_rate_limit() -> None:
    limited = Fail(lambda name: RateLimited(name, retry_after=500))
    engine = Engine([Scripted([limited, Say("Ready.")], name="limited"), Scripted(name="other")])
    await engine.complete(hello())
    await engine.test_call("limited", scope="")
    assert (await engine.complete(hello())).provenance.provider == "limited"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, '{"error":{"message":"gpt-9 is not a valid model ID","code":400}}'),
        (400, '{"error":{"code":"model_decommissioned","message":"It has been decommissioned."}}'),
        (404, '{"error":{"message":"models/gemini-0 is not found for API version v1beta"}}'),
    ],
)
def test_a_model_that_is_gone_is_said_to_be_missing(status: int, body: str) -> None:
    assert isinstance(from_status("groq", status, body), ModelMissing)


@pytest.mark.parametrize(
    "message",
    ["temperature must be at most 2", "model m-1: response_format is not supported"],
)
def test_a_request_of_ours_stays_ours(message: str) -> None:
    error = from_status("groq", 400, f'{{"error":{{"message":"{message}"}}}}')
    assert isinstance(error, RequestRejected)


def test_what_cannot_be_encoded_is_an_error_of_the_tree() -> None:
    with pytest.raises(UnicodeEncodeError) as caught:
        "“key”".encode("ascii")
    assert isinstance(translate("groq", caught.value, begun=False), KeyRejected)


@dataclass
class _Boastful(Scripted):
    """Says absurd things of itself."""

    usage: Usage = field(default_factory=Usage)
    cost: Decimal | None = None

    async def complete(self, request: Request) -> Answer:
        return replace(await Scripted.complete(self, request), usage=self.usage, cost=self.cost)


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        (Usage(tokens_in=-1, tokens_out=10**20), Decimal("NaN")),
        (Usage(tokens_in=10**30), Decimal("1e9")),
        (Usage(audio_seconds=float("inf")), Decimal(-1)),
    ],
)
async def test_what_a_provider_says_of_itself_fits_the_ledger(
    usage: Usage, cost: Decimal | None
) -> None:
    log = KeptCallLog()
    engine = Engine([_Boastful(usage=usage, cost=cost)], call_log=log)
    await engine.complete(hello())
    [call] = log.calls
    assert 0 <= call.tokens_in <= 10**8
    assert 0 <= call.tokens_out <= 10**8
    assert 0 <= call.audio_seconds < 10**7
    assert call.cost is None or 0 <= call.cost < 10**5


async def test_speech_costs_money_too() -> None:
    spent = ScopeRules(budget=Decimal(5), spent=Decimal(5))
    engine = Engine([Scripted()], policy=FixedPolicy(spent))
    with pytest.raises(BudgetSpent):
        await engine.transcribe(Audio(b"sound", "audio/wav", "en"), CallContext(scope="acme"))


async def test_an_empty_choice_of_providers_is_not_all_of_them() -> None:
    provider = Scripted(name="on")
    engine = Engine(
        [provider], policy=FixedPolicy(ScopeRules(providers_off=frozenset({"another"})))
    )
    nobody = hello(replace(live(), allowed_providers=frozenset()))
    assert (await asked(engine, nobody, streamed=False)).result == "no_provider"
    assert provider.asked == []
