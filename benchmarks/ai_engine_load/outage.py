"""Ten minutes, on a simulated clock, in which the first provider is dead or silent."""

import asyncio
from dataclasses import dataclass, field

from ai_engine.call_log import CallRecord, LogEntry
from ai_engine.engine import Engine
from ai_engine.inputs import Finished
from ai_engine.providers.scripted import Fail, Hang, Say, Scripted
from ai_engine.resilience.health import FIRST_REST, LONGEST_REST
from benchmarks.ai_engine_load.engines import question
from tests.simulated_time import SimulatedLoop, run_simulated

REQUESTS = 6000


@dataclass
class Onset:
    """A ledger that only notes how many calls were in flight to the dead provider when its breaker opened."""

    dead: Scripted
    ended: int = 0
    in_flight: int = field(default=-1)

    def note(self, entry: LogEntry) -> None:
        if isinstance(entry, CallRecord):
            self.ended += entry.provider == self.dead.name
        elif self.in_flight < 0:
            self.in_flight = len(self.dead.asked) - self.ended

    def flush(self) -> None:
        """Nothing waits."""


def ten_minutes(step: Fail | Hang, *, streamed: bool) -> tuple[int, int]:
    """Wire calls to the dead provider, and how many the goal allows: those in flight at the onset,
    three more, and the probes that were due. Every request must be answered by the other provider."""
    loop = SimulatedLoop()
    dead = Scripted([step], name="dead")
    onset = Onset(dead)
    alive = Scripted([Say("Here I am, and well.")], name="alive")
    engine = Engine([dead, alive], call_log=onset, clock=loop.time)

    async def ask() -> str:
        if not streamed:
            return (await engine.complete(question())).provenance.provider
        last = None
        async for event in engine.stream(question()):
            last = event
        assert isinstance(last, Finished)
        return last.provenance.provider

    async def outage() -> None:
        waiting = []
        for _ in range(REQUESTS):
            waiting.append(asyncio.ensure_future(ask()))
            await asyncio.sleep(0.1)
        assert set(await asyncio.gather(*waiting)) == {"alive"}

    run_simulated(outage(), loop)
    return len(dead.asked), onset.in_flight + 3 + _probes_due()


def _probes_due() -> int:
    """In ten minutes, with rests of 5, 10, 20 … 120 s, each up to a fifth shorter."""
    elapsed, rest, probes = 0.0, FIRST_REST, 0
    while (elapsed := elapsed + rest * 0.8) < REQUESTS / 10:
        probes += 1
        rest = min(LONGEST_REST, rest * 2)
    return probes
