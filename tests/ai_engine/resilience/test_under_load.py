"""Two hundred calls at a time through an outage, a flap and a recovery; and a thousand abandoned streams."""

import asyncio
import gc
import random
import resource
from collections import Counter
from pathlib import Path

import pytest

from ai_engine.call_log import KeptCallLog
from ai_engine.engine import Engine
from ai_engine.inputs import Delta
from ai_engine.limits import Limits
from ai_engine.providers.scripted import Hang, Say, Scripted
from tests.ai_engine.vendors import NAMES, Vendors, asked, hello, live, sockets_back
from tests.simulated_time import SimulatedLoop, run_simulated

AT_A_TIME = 200
EVERY = 4
ABANDONED = 1000
NO_STORM = AT_A_TIME + 2 * 5
"""Wire calls to a provider that is down, whole and streamed calls having a breaker each: one wave, and probes
after rests of 5, 10, 20, 40 s."""


def resident_bytes() -> int:
    """What this process holds now; its peak would say nothing about what it gives back."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def test_two_hundred_at_a_time_through_an_outage_a_flap_and_a_recovery() -> None:
    """In simulated time, a wave every four seconds: nobody without an answer, no storm on the provider that is
    down, all of its work back in the end, and no growth in memory."""
    loop = SimulatedLoop()
    first = Scripted(name="first")
    second = Scripted([Say("The second one answers.", pause=0.005)], name="second")
    log = KeptCallLog(keep=1000)
    engine = Engine([first, second], limits=Limits(live_calls=2 * AT_A_TIME), call_log=log,
                    clock=loop.time, rng=random.Random(7))  # fmt: skip

    async def waves(seconds: int, step: Say | Hang) -> tuple[int, Counter[str]]:
        """Calls that reached the first provider, and who answered in the last wave."""
        first.steps = (step,)
        reached, answered = 0, Counter[str]()
        for _ in range(seconds // EVERY):
            first.asked.clear()
            second.asked.clear()
            done = await asyncio.gather(
                *(asked(engine, hello(), streamed=number % 2 == 0) for number in range(AT_A_TIME))
            )
            assert {outcome.result for outcome in done} == {"ok"}
            reached, answered = reached + len(first.asked), Counter(told.provider for told in done)
            await asyncio.sleep(EVERY)
        return reached, answered

    async def all_of_it() -> None:
        well, down = Say("The first one answers.", pause=0.005), Hang(3, seconds=0.05)
        assert await waves(12, well) == (3 * AT_A_TIME, {"first": AT_A_TIME})
        warm = resident_bytes()

        for outage, recovery in ((40, 60), (12, 16), (12, 16), (12, 16)):
            reached, answered = await waves(outage, down)
            assert AT_A_TIME <= reached <= NO_STORM, "those in flight at the onset, and probes"
            assert answered == {"second": AT_A_TIME}
            _, answered = await waves(recovery, well)
            assert answered == {"first": AT_A_TIME}, "it has all of its work back"

        assert {now.state for now in engine.status()[0].health.values()} == {"closed"}
        assert resident_bytes() <= warm * 1.05

    run_simulated(all_of_it(), loop)
    assert first.open_streams == second.open_streams == 0


@pytest.mark.parametrize("name", NAMES)
async def test_a_thousand_abandoned_streams_leave_no_socket(name: str, vendors: Vendors) -> None:
    """Broken off after the first words, and half of them while the next is awaited."""
    engine = vendors.engine(name, limits=Limits(live_calls=60, hold_back_characters=1))
    vendors.fake.chunk_delay = 0.005
    assert (await asked(engine, hello(live(deadline=20)), streamed=True)).result == "ok"

    async def abandon(number: int) -> None:
        stream = engine.stream(hello(live(deadline=20)))
        assert isinstance(await anext(stream), Delta)
        if number % 2:
            reading = asyncio.ensure_future(anext(stream))
            await asyncio.sleep(0)
            reading.cancel()
            await asyncio.wait({reading})
        await stream.aclose()

    for begun in range(0, ABANDONED, 50):
        await asyncio.gather(*(abandon(begun + number) for number in range(50)))
    assert await sockets_back(vendors.fake, 1) <= 1
    assert (await asked(engine, hello(live(deadline=20)), streamed=True)).provider == name
