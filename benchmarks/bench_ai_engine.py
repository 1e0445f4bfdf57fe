"""P1 to P5: what the AI engine adds, and what it does when a provider fails, beside the bare SDKs and
LiteLLM's Router in the same run."""

import asyncio
import atexit
import logging
import statistics
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import ExitStack
from functools import cache

from ai_engine.call_log import BatchedCallLog
from ai_engine.engine import Engine
from ai_engine.errors import CutOff, Unreachable
from ai_engine.policy import CachedPolicy
from ai_engine.providers.scripted import Fail, Hang, Say, Scripted
from benchmarks.ai_engine_load import bare_sdks, failing
from benchmarks.ai_engine_load.engines import production_ledger, question, stored_calls
from benchmarks.ai_engine_load.fake import RunningFake, fake_providers
from benchmarks.ai_engine_load.faults import FAST_FAULTS
from benchmarks.ai_engine_load.outage import REQUESTS, ten_minutes
from benchmarks.ai_engine_load.router_peer import measured
from benchmarks.registry import Measured, benchmark

PAIRS, WARM_UP = 2500, 200
CPU_CALLS, CPU_ROUNDS = 1000, 5
QUIET_HOP = 15.0
"""Milliseconds, generously: from one failing SDK call to the next, p99, on two quiet cores."""


@cache
def running_fake() -> RunningFake:
    """One fake, in a process of its own, for the whole run."""
    until_the_end = ExitStack()
    atexit.register(until_the_end.close)
    return until_the_end.enter_context(fake_providers())


@benchmark("P1")
def measure_what_the_engine_adds() -> Iterable[Measured]:
    """The engine and its provider called in turn, with every call written to PostgreSQL meanwhile."""
    log, policy = production_ledger()
    before = stored_calls()
    added, direct, cpu = asyncio.run(_added(log, policy))
    if stored_calls() - before != WARM_UP + PAIRS + CPU_CALLS * CPU_ROUNDS:
        raise AssertionError("the ledger lost calls")
    fake = running_fake()
    lite = measured(fake, "overhead")
    yield Measured(
        "engine: time added to one call, ledger in PostgreSQL", statistics.median(added), "ms", 0.2,
        ok=statistics.median(added) <= 0.2,
        peers={"LiteLLM Router over its SDK, no ledger": lite["added_ms"],
               "bare provider": statistics.median(direct), **bare_sdks.whole_calls(fake)},
        samples=added,
    )  # fmt: skip
    yield Measured(
        "engine: CPU added to one call, storing it included", cpu, "ms", 0.25, ok=cpu <= 0.25,
        peers={"LiteLLM Router over its SDK, no ledger": lite["cpu_ms"]},
    )  # fmt: skip


async def _added(
    log: BatchedCallLog, policy: CachedPolicy
) -> tuple[list[float], list[float], float]:
    provider = Scripted([Say("Yes.")])
    engine = Engine([provider], call_log=log, policy=policy)
    asked = question()
    added, direct = [], []
    for _ in range(WARM_UP):
        await engine.complete(asked)
        await provider.complete(asked)
    for _ in range(PAIRS):
        began = time.perf_counter()
        await provider.complete(asked)
        between = time.perf_counter()
        await engine.complete(asked)
        ended = time.perf_counter()
        direct.append((between - began) * 1000)
        added.append((ended - 2 * between + began) * 1000)
        provider.asked.clear()
    await _stored(log)
    rounds = [
        await _cpu(lambda: engine.complete(asked), log)
        - await _cpu(lambda: provider.complete(asked), log)
        for _ in range(CPU_ROUNDS)
    ]
    return added, direct, statistics.median(rounds)


async def _cpu(call: Callable[[], Awaitable[object]], log: BatchedCallLog) -> float:
    """Milliseconds of this process, all threads, for one call and for storing it."""
    began = time.process_time()
    for _ in range(CPU_CALLS):
        await call()
    await _stored(log)
    return (time.process_time() - began) / CPU_CALLS * 1000


async def _stored(log: BatchedCallLog) -> None:
    """Until nothing waits: a batch holds 500 at most."""
    for _ in range((WARM_UP + PAIRS) // 500 + 1):
        await asyncio.to_thread(log.flush)


@benchmark("P2")
def measure_failing_over() -> Iterable[Measured]:
    """A 99th percentile of milliseconds tells as much about the machine's other load: the goal grows with what
    the same hop takes by hand, in the same run, over what it takes when nothing else runs."""
    fake = running_fake()
    lite = measured(fake, "failover")
    for name, fault in FAST_FAULTS.items():
        samples = asyncio.run(failing.failover(fake, fault))
        by_hand = _p99(asyncio.run(bare_sdks.chain(fake, fault)))
        goal = 50.0 * max(1.0, by_hand / QUIET_HOP)
        since = "request" if fault is None else "failing wire call"
        beside = {f"LiteLLM {title.partition(', ')[2]}": value
                  for title, value in lite.items() if title.startswith(f"{name},")}  # fmt: skip
        yield Measured(
            f"live stream: {since} → next provider asked, after {name}, p99", _p99(samples), "ms",
            round(goal, 1), ok=_p99(samples) <= goal, samples=samples,
            peers={"bare SDKs by hand, p99": by_hand, **beside},
        )  # fmt: skip


@benchmark("P3")
def measure_calls_to_a_dead_provider() -> Iterable[Measured]:
    lite = measured(running_fake(), "outage")
    for name, step, streamed in (
        ("dead", Fail(Unreachable), False),
        ("dead, streams", Fail(Unreachable), True),
        ("cut in mid-stream, streams", Fail(CutOff, 6), True),
        ("hanging", Hang(), False),
        ("hanging, streams", Hang(), True),
    ):
        calls, allowed = ten_minutes(step, streamed=streamed)
        yield Measured(
            f"ten minutes {name}, {REQUESTS} requests: wire calls to it", calls, "calls", allowed,
            ok=calls <= allowed,
            peers={f"LiteLLM {title}: for 100 requests in 10 s of real time": value * 100
                   for title, value in lite.items() if title.startswith(name.split(",")[0])},
        )  # fmt: skip


@benchmark("P4")
def measure_answers_after_a_cut() -> Iterable[Measured]:
    fake = running_fake()
    ours = asyncio.run(failing.cuts(fake))
    beside = {"LiteLLM tuned": measured(fake, "cuts"), **asyncio.run(bare_sdks.cuts(fake))}
    for title, what, goal in (
        ("complete answers after a cut in mid-stream", "complete", 100.0),
        ("cuts in mid-stream taken for complete answers", "mistaken", 0.0),
        ("silent ends in mid-stream taken for complete answers", "silent", 0.0),
    ):
        peers = {name: figures[what] for name, figures in beside.items()}
        yield Measured(title, ours[what], "%", goal, ok=ours[what] == goal, peers=peers)


@benchmark("P5")
def measure_deadlines() -> Iterable[Measured]:
    fake = running_fake()
    logging.getLogger("ai_engine").setLevel(logging.CRITICAL)  # it has a line for every refused key
    samples = asyncio.run(failing.overshoots(fake))
    yield Measured(
        "deadline overshoot over all faults at all providers, real SDKs, p99", _p99(samples), "ms", 100.0,
        ok=_p99(samples) <= 100, samples=samples,
        peers={"LiteLLM, timeouts that fit the deadline, stopped by us after 5,000":
               measured(fake, "deadlines")["p99"]},
    )  # fmt: skip


def _p99(samples: list[float]) -> float:
    return statistics.quantiles(samples, n=100)[98]
