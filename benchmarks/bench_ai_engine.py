"""P1 to P5: what the AI engine adds, and what it does when a provider fails, beside the bare SDKs and
LiteLLM's Router in the same run."""

import asyncio
import atexit
import statistics
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import TypeVar

from ai_engine.call_log import BatchedCallLog, LogEntry
from ai_engine.engine import Engine
from ai_engine.errors import AiError, Overloaded, Unreachable
from ai_engine.inputs import CallContext, Delta, Finished, Withdrawn
from ai_engine.limits import Limits
from ai_engine.messages import Answer, Message, Operation, Request, StreamPart
from ai_engine.providers.gemini import Gemini
from ai_engine.providers.groq import Groq
from ai_engine.providers.openrouter import OpenRouter
from ai_engine.providers.protocol import Provider, ProviderSettings
from ai_engine.providers.scripted import Fail, Hang, Say, Scripted, Vanish
from benchmarks.ai_engine_load import router_peer
from benchmarks.ai_engine_load.bare_sdks import bare_sdk_calls
from benchmarks.ai_engine_load.fake import RunningFake, fake_providers
from benchmarks.registry import Measured, benchmark
from tests.simulated_time import SimulatedLoop, run_simulated

T = TypeVar("T")
WHOLE = "with care."


def question(lane: str = "live", deadline: float | None = None) -> Request:
    context = CallContext(scope="bench", lane="live" if lane == "live" else "background",
                          deadline=deadline)  # fmt: skip
    return Request(skill="bench", messages=(Message("user", "How do you do?"),), context=context)


@cache
def running_fake() -> RunningFake:
    """One fake for the whole run: LiteLLM is measured once against it."""
    until_the_end = ExitStack()
    atexit.register(until_the_end.close)
    return until_the_end.enter_context(fake_providers())


@contextmanager
def peers() -> Iterator[tuple[RunningFake, router_peer.LiteLLM]]:
    fake = running_fake()
    yield fake, router_peer.measured(fake)


# P1 ---------------------------------------------------------------------------------------------


@benchmark("P1")
def measure_what_the_engine_adds() -> Iterable[Measured]:
    added, cpu, direct = asyncio.run(_added(2500))
    with peers() as (fake, lite):
        yield Measured(
            "engine: time added to one call", statistics.median(added), "ms", 0.2,
            ok=statistics.median(added) <= 0.2,
            peers={"LiteLLM Router over its SDK": lite["overhead"]["added_ms"],
                   "bare provider": statistics.median(direct), **bare_sdk_calls(fake)},
            samples=added,
        )  # fmt: skip
        yield Measured(
            "engine: CPU added to one call", cpu, "ms", 0.25, ok=cpu <= 0.25,
            peers={"LiteLLM Router over its SDK": lite["overhead"]["cpu_ms"]},
        )  # fmt: skip


async def _added(pairs: int) -> tuple[list[float], float, list[float]]:
    """The engine and its provider called in turn; the ledger's batches are made and handed over."""
    stored: list[int] = []

    def store(entries: Iterable[LogEntry]) -> None:
        stored.append(len(list(entries)))

    provider = Scripted([Say("Yes.")])
    log = BatchedCallLog(store, seconds=0.5)
    engine = Engine([provider], call_log=log)
    asked = question()
    added, direct = [], []
    for _ in range(200):
        await engine.complete(asked)
        await provider.complete(asked)
    for _ in range(pairs):
        began = time.perf_counter()
        await provider.complete(asked)
        between = time.perf_counter()
        await engine.complete(asked)
        ended = time.perf_counter()
        direct.append((between - began) * 1000)
        added.append((ended - 2 * between + began) * 1000)
        provider.asked.clear()
    cpu = await _cpu(lambda: engine.complete(asked)) - await _cpu(lambda: provider.complete(asked))
    log.flush()
    assert sum(stored) >= pairs, "the ledger lost calls"
    return added, cpu, direct


async def _cpu(call: Callable[[], Coroutine[object, object, object]], times: int = 2000) -> float:
    began = time.process_time()
    for _ in range(times):
        await call()
    return (time.process_time() - began) / times * 1000


# P2 ---------------------------------------------------------------------------------------------

FAST_FAULTS: dict[str, dict[str, object]] = {
    "5xx": {"kind": "status", "status": 503},
    "429": {"kind": "status", "status": 429},
    "cut": {"kind": "disconnect"},
}


@benchmark("P2")
def measure_failing_over() -> Iterable[Measured]:
    with peers() as (fake, lite):
        told = {"LiteLLM tuned": lite["failover_tuned"]["ms"],
                "LiteLLM default": lite["failover_default"]["ms"]}  # fmt: skip
        for name, fault in FAST_FAULTS.items():
            samples = asyncio.run(_failover(fake, fault))
            p99 = statistics.quantiles(samples, n=100)[98]
            yield Measured(
                f"live: next provider asked after {name}, p99", p99, "ms", 50.0, ok=p99 <= 50,
                peers=told, samples=samples,
            )  # fmt: skip
        samples = asyncio.run(_failover(RunningFake(fake.port), None))
        p99 = statistics.quantiles(samples, n=100)[98]
        yield Measured(
            "live: next provider asked after refused, p99", p99, "ms", 50.0, ok=p99 <= 50,
            peers=told, samples=samples,
        )  # fmt: skip


async def _failover(fake: RunningFake, fault: dict[str, object] | None) -> list[float]:
    """Milliseconds from the first provider's failure to the next one being asked, 200 live calls.

    A new engine each time: its breaker would spare the failing provider otherwise.
    """
    vendors = _vendors(fake)
    if fault is None:
        vendors[0] = OpenRouter(_settings("http://127.0.0.1:9/api/v1"), name="openrouter")
    for vendor in vendors[fault is None :]:
        await vendor.complete(question())
    fake.control(provider="openrouter", always=fault)
    samples: list[float] = []
    for _ in range(200):
        watched = [_Watched(vendor) for vendor in vendors]
        engine = Engine(watched)
        async for event in engine.stream(question()):
            assert isinstance(event, Delta | Finished)
        samples.append((watched[1].asked_at - watched[0].failed_at) * 1000)
    fake.control(provider="openrouter")
    for vendor in vendors:
        await vendor.aclose()
    return samples


class _Watched:
    """Notes when a provider was asked, and when it failed last."""

    def __init__(self, inner: Provider) -> None:
        self._inner = inner
        self.name = inner.name
        self.asked_at = self.failed_at = 0.0

    def model_for(self, operation: Operation) -> str:
        return self._inner.model_for(operation)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def complete(self, request: Request) -> Answer:
        return await self._inner.complete(request)

    async def stream(self, request: Request) -> AsyncGenerator[StreamPart, None]:
        self.asked_at = time.perf_counter()
        try:
            async for part in self._inner.stream(request):
                yield part
        except AiError:
            self.failed_at = time.perf_counter()
            raise


# P3 ---------------------------------------------------------------------------------------------


@benchmark("P3")
def measure_calls_to_a_dead_provider() -> Iterable[Measured]:
    calls, in_flight, probes = _ten_minutes_of_outage()
    allowed = in_flight + 3 + probes
    with peers() as (_, lite):
        yield Measured(
            "ten minutes dead, 10 calls/s: wire calls to it", calls, "calls", allowed,
            ok=calls <= allowed,
            peers={"LiteLLM default, same 6,000 requests":
                   lite["failover_default"]["wire_per_request"] * 6000},
        )  # fmt: skip


def _ten_minutes_of_outage() -> tuple[int, int, int]:
    """Simulated: 6,000 calls in ten minutes. The goal allows the calls in flight at the onset, three
    more, and the probes that were due: rests of 5, 10, 20 … 120 s, each up to a fifth shorter."""
    loop = SimulatedLoop()
    dead = Scripted([Fail(Unreachable)], name="dead")
    engine = Engine([dead, Scripted([Say("Here.")], name="alive")], clock=loop.time)

    async def outage() -> None:
        waiting = []
        for _ in range(6000):
            waiting.append(asyncio.ensure_future(engine.complete(question())))
            await asyncio.sleep(0.1)
        await asyncio.gather(*waiting)

    run_simulated(outage(), loop)
    elapsed, rest, probes = 0.0, 5.0, 0
    while (elapsed := elapsed + rest * 0.8) < 600:
        probes += 1
        rest = min(120.0, rest * 2)
    return len(dead.asked), 1, probes


# P4 ---------------------------------------------------------------------------------------------


@benchmark("P4")
def measure_answers_after_a_cut() -> Iterable[Measured]:
    with peers() as (fake, lite):
        complete, mistaken = asyncio.run(_cut_in_midstream(fake))
        yield Measured(
            "complete answers after a cut in mid-stream", complete * 100, "%", 100.0,
            ok=complete == 1.0, peers={"LiteLLM tuned": lite["cut"]["complete"] * 100},
        )  # fmt: skip
        yield Measured(
            "cuts taken for complete answers", mistaken * 100, "%", 0.0, ok=mistaken == 0,
            peers={"LiteLLM tuned": lite["silent_end"]["mistaken"] * 100},
        )  # fmt: skip


async def _cut_in_midstream(fake: RunningFake) -> tuple[float, float]:
    vendors = _vendors(fake)
    complete = mistaken = asked = 0
    for kind in ("cut", "silent_end", "reset_midway", "error_event"):
        fake.control(provider="openrouter", always={"kind": kind, "after": 9})
        for _ in range(25):
            shown = ""
            async for event in Engine(vendors).stream(question()):
                if isinstance(event, Withdrawn):
                    shown = ""
                elif isinstance(event, Delta):
                    shown += event.text
                elif not shown.endswith(WHOLE):
                    mistaken += 1
            asked += 1
            complete += shown.endswith(WHOLE)
    fake.control(provider="openrouter")
    for vendor in vendors:
        await vendor.aclose()
    return complete / asked, mistaken / asked


# P5 ---------------------------------------------------------------------------------------------


@benchmark("P5")
def measure_deadlines() -> Iterable[Measured]:
    samples = asyncio.run(_overshoots())
    p99 = statistics.quantiles(samples, n=100)[98]
    with peers() as (_, lite):
        answered = lite["hang_answer_s"]
        late = 15_000.0 if answered is None else answered * 1000
        yield Measured(
            "deadline overshoot over all faults, p99", p99, "ms", 100.0, ok=p99 <= 100,
            peers={"LiteLLM default, no answer after": late}, samples=samples,
        )  # fmt: skip


async def _overshoots() -> list[float]:
    """How long after its deadline a call was still not over, for every kind of fault at all providers."""
    steps = (Hang(), Hang(3), Fail(Overloaded), Fail(Unreachable), Fail(Overloaded, 5), Vanish(2),
             Say("slow " * 40, 0.05))  # fmt: skip
    limits = Limits(live_deadline=0.5, job_deadline=0.5, speaking_time=0.5, idle=0.2)

    async def overshoot(step: Fail | Hang | Vanish | Say, *, streamed: bool) -> float:
        engine = Engine([Scripted([step], name=name) for name in "abc"], limits=limits)
        began = time.perf_counter()
        try:
            if streamed:
                async for _ in engine.stream(question()):
                    pass
            else:
                await engine.complete(question())
        except AiError:
            pass
        allowed = 1.0 if streamed else 0.5
        return max(0.0, time.perf_counter() - began - allowed) * 1000

    samples: list[float] = []
    for _ in range(15):
        samples += await asyncio.gather(
            *(overshoot(step, streamed=streamed) for step in steps for streamed in (True, False))
        )
    return samples


def _settings(base_url: str) -> ProviderSettings:
    return ProviderSettings(api_key="a-key", base_url=base_url, model="fake")


def _vendors(fake: RunningFake) -> list[Provider]:
    return [
        OpenRouter(_settings(f"{fake.address}/api/v1")),
        Groq(_settings(fake.address)),
        Gemini(_settings(fake.address)),
    ]
