"""What a scheduler does that holds very much: timers in the dispatcher, and a million waiting jobs in the table."""

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.registry import Measured, benchmark
from benchmarks.scheduler_load.systems import ROOT, Place
from scheduler.timers.heap import HeapTimers
from scheduler.timers.wheel import WheelTimers
from tests.faults.fragile_redis import FragileRedis
from tests.servers import PrivateServers, start_postgres

TIMERS = 100_000
MOST = 10.0  # microseconds for one timer, from its adding to its end: a job costs twice as much at best
DEEP = 1_000_000
DEEPER = 2.0  # times the figure of an empty table
Make = Callable[[], HeapTimers | WheelTimers]


@benchmark("TIMERS")
def measure_timers() -> Iterable[Measured]:
    """Heap and wheel over the same timers. Microseconds for each, median of five."""
    for name, run in (
        ("spread over a minute, every second one cancelled", _cancelled),
        ("sparse, over a day", _sparse),
        ("as many added as end, 100,000 pending", _steady),
    ):
        found = {
            kind: statistics.median(run(make, random.Random(seed)) for seed in range(5))
            for kind, make in (("heap", HeapTimers), ("wheel", WheelTimers))
        }
        worse = max(found.values())
        yield Measured(
            f"a timer, {name}: heap, beside the wheel", found["heap"], "µs", MOST,
            ok=worse <= MOST, peers={"wheel": found["wheel"]},
        )  # fmt: skip


@benchmark("DEEP")
def measure_deep_table() -> Iterable[Measured]:
    """Claiming and the dashboard, with an empty table and with a million jobs that wait."""
    with tempfile.TemporaryDirectory(prefix="mm-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        servers, redis = PrivateServers(folder / "servers"), FragileRedis()
        servers.folder.mkdir(mode=0o755)
        redis.start()
        try:
            place = Place(folder, start_postgres(servers, durable=True), redis)
            command = [sys.executable, "-m", "benchmarks.scheduler_load.deep", str(DEEP)]
            done = subprocess.run(
                command, env=place.environment(), cwd=ROOT, capture_output=True, check=False
            )
            if done.returncode:
                raise RuntimeError(done.stderr.decode()[-2000:])
            figures = json.loads(done.stdout.decode().strip().splitlines()[-1])
        finally:
            redis.kill()
            servers.stop()
    for what in ("claim and finish one job", "the dashboard's figures"):
        empty = figures["empty"][what]
        for depth in ("1,000,000 not yet due", "1,000,000 ready, of a paused kind"):
            value = figures[depth][what]
            goal = DEEPER * empty + 1
            yield Measured(
                f"{what}, {depth}", value, "ms", round(goal, 2), ok=value <= goal,
                peers={"empty table": empty},
            )  # fmt: skip


def _cancelled(make: Make, chance: random.Random) -> float:
    timers, began = make(), time.perf_counter()
    for key in range(TIMERS):
        timers.add(key, chance.uniform(0, 60))
    for key in range(0, TIMERS, 2):
        timers.cancel(key)
    for tick in range(61):
        timers.pop_due(float(tick))
    return _each(began, TIMERS)


def _sparse(make: Make, chance: random.Random) -> float:
    timers, began = make(), time.perf_counter()
    for key in range(TIMERS // 10):
        timers.add(key, chance.uniform(0, 86_400))
    while (wake := timers.next_wake()) is not None:
        timers.pop_due(wake)
    return _each(began, TIMERS // 10)


def _steady(make: Make, chance: random.Random) -> float:
    timers = make()
    for key in range(TIMERS):
        timers.add(key, chance.uniform(0, 60))
    began, key = time.perf_counter(), TIMERS
    for tick in range(300):
        for _ in timers.pop_due(tick / 10):
            timers.add(key, tick / 10 + chance.uniform(0, 60))
            key += 1
    return _each(began, key - TIMERS)


def _each(began: float, count: int) -> float:
    return (time.perf_counter() - began) * 1e6 / count
