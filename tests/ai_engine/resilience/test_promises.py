"""What holds for every script of faults: a complete answer or a typed error, before the deadline and
a tenth of a second, words never spliced, nothing left open. In simulated time, so hangs cost nothing."""

import random
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ai_engine.call_log import KeptCallLog
from ai_engine.engine import Engine
from ai_engine.errors import (
    AiError,
    BadAnswer,
    Blocked,
    CutOff,
    Disconnected,
    KeyRejected,
    ModelMissing,
    Overloaded,
    RateLimited,
    RequestRejected,
    TimedOut,
    TooLong,
    Unreachable,
)
from ai_engine.inputs import CallContext, Delta, Finished, Lane, Withdrawn
from ai_engine.limits import Limits
from ai_engine.messages import Message, Request
from ai_engine.providers.scripted import Fail, Hang, Say, Scripted, Step, Vanish
from tests.simulated_time import SimulatedLoop, run_simulated

ERRORS: list[Callable[[str], AiError]] = [
    Unreachable, Disconnected, TimedOut, Overloaded, RateLimited, KeyRejected, ModelMissing,
    BadAnswer, CutOff, Blocked, TooLong, RequestRejected,
    lambda name: RateLimited(name, retry_after=0.5), lambda name: RateLimited(name, retry_after=90),
]  # fmt: skip
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(Fail, st.sampled_from(ERRORS), st.integers(0, 9)),
    st.builds(Hang, st.integers(0, 9)),
    st.builds(Vanish, st.integers(0, 9)),
    st.builds(Hang, st.integers(0, 3), st.floats(0.1, 20)),
)
SCRIPTS = st.lists(
    st.lists(st.one_of(STEPS, st.just("answer"), st.just("slowly")), min_size=1, max_size=4),
    min_size=1,
    max_size=3,
)
LIMITS = Limits(live_deadline=8, job_deadline=120)


def scripted(name: str, steps: list[Step | str]) -> Scripted:
    text = f"This whole answer of eleven words comes from one provider, {name}."
    made = [Say(text, 0.2 if step == "slowly" else 0.0) if isinstance(step, str) else step
            for step in steps]  # fmt: skip
    return Scripted(made, name=name)


@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    scripts=SCRIPTS,
    streamed=st.booleans(),
    lane=st.sampled_from(["live", "background", "speech"]),
    calls=st.integers(1, 3),
    seed=st.integers(0, 1000),
)
def test_a_complete_answer_or_a_typed_error_in_time(
    scripts: list[list[Step | str]], streamed: bool, lane: Lane, calls: int, seed: int
) -> None:
    loop = SimulatedLoop()
    log = KeptCallLog()
    providers = [scripted(f"p{number}", steps) for number, steps in enumerate(scripts)]
    engine = Engine(
        providers, limits=LIMITS, call_log=log, clock=loop.time, rng=random.Random(seed)
    )
    request = Request(
        skill="any",
        messages=(Message("user", "Say something."),),
        context=CallContext(scope="acme", lane=lane),
    )

    async def promises_hold() -> None:
        for _ in range(calls):
            began = loop.time()
            allowed = LIMITS.deadline(lane) + (LIMITS.speaking_time if streamed else 0)
            await (one_stream(engine, request) if streamed else one_answer(engine, request))
            assert loop.time() - began <= allowed + 0.1

    run_simulated(promises_hold(), loop)
    assert [provider.open_streams for provider in providers] == [0] * len(providers)
    assert len(log.calls) == sum(len(provider.asked) for provider in providers)


async def one_answer(engine: Engine, request: Request) -> None:
    try:
        reply = await engine.complete(request)
    except AiError:
        return
    assert reply.text == whole(reply.provenance.provider)


async def one_stream(engine: Engine, request: Request) -> None:
    shown = ""
    try:
        async for event in engine.stream(request):
            if isinstance(event, Delta):
                shown += event.text
            elif isinstance(event, Withdrawn):
                assert shown, "nothing was shown that could be withdrawn"
                shown = ""
            elif isinstance(event, Finished):
                assert shown == event.text == whole(event.provenance.provider)
                return
    except AiError:
        assert not shown, "words of an answer that failed were left standing"
        return
    raise AssertionError("the stream ended with neither an answer nor an error")


def whole(provider: str) -> str:
    return f"This whole answer of eleven words comes from one provider, {provider}."
