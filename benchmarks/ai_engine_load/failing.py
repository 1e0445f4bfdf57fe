"""The engine over providers that fail: how soon it asks the next, what it makes of cuts, and whether it
keeps to its deadlines."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from ai_engine.engine import Engine
from ai_engine.errors import AiError
from ai_engine.inputs import Delta, Finished, Withdrawn
from ai_engine.limits import Limits
from ai_engine.providers.protocol import Provider
from benchmarks.ai_engine_load.engines import WHOLE, question, vendors
from benchmarks.ai_engine_load.fake import RunningFake
from benchmarks.ai_engine_load.faults import DEADLINE_FAULTS, MIDSTREAM_FAULTS, Fault

FIRST, SECOND = "openrouter", "groq"
LIVE, SPEAKING = 0.5, 0.5


@asynccontextmanager
async def warmed(chain: list[Provider]) -> AsyncIterator[list[Provider]]:
    """Each asked once, so that loading its SDK is not counted; closed at the end."""
    for provider in chain:
        with suppress(AiError):  # nobody may listen at the address of the first
            await provider.complete(question())
    try:
        yield chain
    finally:
        for provider in chain:
            await provider.aclose()


async def failover(fake: RunningFake, fault: Fault | None, times: int = 200) -> list[float]:
    """Milliseconds until the second provider was asked, by the fake's clock: from the call that failed,
    or from the request where nothing listens. A new engine each time: its breaker would spare the first."""
    async with warmed(vendors(fake, refused=fault is None)) as chain:
        fake.reset()
        fake.control(provider=FIRST, always=fault)
        began: list[float] = []
        for _ in range(times):
            began.append(time.monotonic())
            async for event in Engine(chain).stream(question()):
                assert isinstance(event, Delta | Finished)
        samples = fake.hops(FIRST, SECOND, began)
        fake.reset()
    return samples


async def cuts(fake: RunningFake, times: int = 25) -> dict[str, float]:
    """Percentages of streams: complete in the end; finished without being complete, over all kinds of
    cuts, and over those that end as if nothing were wrong."""
    complete = mistaken = silent = 0
    async with warmed(vendors(fake)) as chain:
        for fault in MIDSTREAM_FAULTS:
            fake.control(provider=FIRST, always=fault)
            for _ in range(times):
                shown, ended = "", False
                async for event in Engine(chain).stream(question()):
                    if isinstance(event, Finished):
                        ended = True
                    else:
                        shown = "" if isinstance(event, Withdrawn) else shown + event.text
                complete += shown.endswith(WHOLE)
                wrong = ended and not shown.endswith(WHOLE)
                mistaken += wrong
                silent += wrong and fault["kind"] == "silent_end"
        fake.control(provider=FIRST)
    asked = times * len(MIDSTREAM_FAULTS)
    return {"complete": complete / asked * 100, "mistaken": mistaken / asked * 100,
            "silent": silent / times * 100}  # fmt: skip


async def overshoots(fake: RunningFake, rounds: int = 4) -> list[float]:
    """Milliseconds by which calls outlasted their deadline, with every fault at all three providers."""
    limits = Limits(live_deadline=LIVE, job_deadline=LIVE, speaking_time=SPEAKING, idle=0.2)
    samples: list[float] = []
    async with warmed(vendors(fake)) as chain:
        for fault in DEADLINE_FAULTS:
            for name in (FIRST, SECOND, "gemini"):
                fake.control(provider=name, always=fault)
            for _ in range(rounds):
                samples += await asyncio.gather(
                    *(
                        _overshoot(Engine(chain, limits=limits), streamed=at % 2 == 0)
                        for at in range(6)
                    )
                )
        fake.reset()
    return samples


async def _overshoot(engine: Engine, *, streamed: bool) -> float:
    began = time.perf_counter()
    try:
        if streamed:
            async for _ in engine.stream(question()):
                pass
        else:
            await engine.complete(question())
    except AiError:
        pass
    allowed = LIVE + SPEAKING if streamed else LIVE
    return max(0.0, time.perf_counter() - began - allowed) * 1000
