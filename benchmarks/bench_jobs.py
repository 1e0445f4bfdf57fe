"""P8 and P9: how fast jobs are drained and how soon an idle scheduler starts one, beside five peers;
and what each of them loses when its worker or Redis is killed.

PostgreSQL keeps fsync on. Each system drains a queue that was filled before, with two slots; rounds are
interleaved, and the median counts. The machine's other load is kept with the samples.
"""

import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.registry import Measured, benchmark
from benchmarks.scheduler_load.systems import ROOT, Place, System, ours, peer_command, peers
from tests.faults.fragile_redis import FragileRedis
from tests.servers import PrivateServers, start_postgres

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
LATENCY_JOBS = 200
_QUIET_COMMIT = 0.5  # milliseconds of a bare commit on a quiet machine with two shared cores
KILLED_AT, FAULT_JOBS, FAULT_PATIENCE = 12, 50, 30.0
MIXED_JOBS = 300
Harm = Callable[[System, Place], None]

FLAT = ours("MeetMind", "bench.noop", jobs=3000)
BATCHED = ours("MeetMind, batched", "bench.batched", jobs=20000)
GRAPH = ours("MeetMind, graph", "bench.noop", jobs=3000, is_graph=True)
BATCHED_GRAPH = ours("MeetMind, graph, batched", "bench.batched", jobs=10000, is_graph=True)


@benchmark("P8")
def measure_throughput() -> Iterable[Measured]:
    systems = [*peers(), FLAT, BATCHED, GRAPH, BATCHED_GRAPH]
    samples: dict[str, list[float]] = {system.name: [] for system in systems}
    for _ in range(ROUNDS):
        for system in systems:
            samples[system.name].append(_drain_rate(system))
            print(f"  {system.name}: {samples[system.name][-1]:,.0f}/s", file=sys.stderr)
    rate = {name: statistics.median(values) for name, values in samples.items()}
    beside = {name: rate[name] for name in rate if not name.startswith("MeetMind")}
    flat, batched = rate[FLAT.name], rate[BATCHED.name]
    goal = max(1.2 * rate["Celery"], 2.5 * rate["Procrastinate"])
    yield _rate("jobs, one commit each", FLAT, rate, goal, samples, beside)
    yield _rate("jobs, batched", BATCHED, rate, 10 * rate["Celery"], samples, beside)
    yield _rate("graph, one commit each", GRAPH, rate, 0.6 * flat, samples, {})
    yield _rate("graph, batched", BATCHED_GRAPH, rate, 0.4 * batched, samples, {})
    yield from _measure_mixed()
    yield from _measure_faults()


@benchmark("P9")
def measure_latency() -> Iterable[Measured]:
    """Milliseconds depend on the machine's mood: the goals grow with what bare Celery, and a bare commit on
    SQLite, take in the same run over what they take on a quiet machine of the same kind."""
    bare = sorted(_latencies_of("Celery", "with_celery"))
    beside = {
        "Celery": bare,
        "Dramatiq": sorted(_latencies_of("Dramatiq", "with_dramatiq")),
        "Procrastinate": sorted(_latencies_of("Procrastinate", "with_procrastinate")),
    }
    commit = statistics.median(_bare_commits())
    quiet = {"celery": (3.0, 5.0), "threads": (_QUIET_COMMIT, _QUIET_COMMIT)}
    now = {"celery": (_at(bare, 0.5), _at(bare, 0.99)), "threads": (commit, commit)}
    for name, profile, goals in (
        ("Celery and Redis", "celery", (5.0, 15.0)),
        ("one process on SQLite", "threads", (8.0, 25.0)),
    ):
        waits = sorted(_latencies(profile))
        for place, share in enumerate((0.5, 0.99)):
            goal = goals[place] * max(1.0, now[profile][place] / quiet[profile][place])
            value = _at(waits, share)
            title = f"commit → start, {name}, p{share * 100:g}"
            peers_now = {name: _at(others, share) for name, others in beside.items()}
            yield Measured(
                title, value, "ms", round(goal, 1), value <= goal, peers=peers_now, samples=waits
            )


def _at(ordered: list[float], share: float) -> float:
    return ordered[int(len(ordered) * share)]


def _latencies_of(name: str, module: str) -> list[float]:
    [system] = [system for system in peers() if system.name == name]
    with _place() as place:
        system.work(place)
        code = f"import sys; sys.argv[1:] = ['{module}', '{LATENCY_JOBS}']; import one_by_one"
        return _numbers(peer_command(place, code))


def _bare_commits() -> list[float]:
    """One row into SQLite, fsync on, as milliseconds."""
    with tempfile.TemporaryDirectory(prefix="mm-", dir="/tmp") as folder:
        database = sqlite3.connect(Path(folder) / "bare.sqlite3", isolation_level=None)
        database.execute("pragma journal_mode=wal")
        database.execute("pragma synchronous=full")
        database.execute("create table one (n integer)")
        taken = []
        for number in range(LATENCY_JOBS):
            began = time.perf_counter()
            database.execute("insert into one values (?)", [number])
            taken.append((time.perf_counter() - began) * 1000)
        database.close()
    return taken


def _measure_mixed() -> Iterator[Measured]:
    """One job in ten takes 200 ms: how long the short ones wait from when the worker began, p95."""
    waits = {}
    for system in [*peers(), FLAT]:
        with _place() as place:
            system.enqueue(place, MIXED_JOBS, "mixed")
            system.work(place)
            place.wait_for_starts(MIXED_JOBS, seconds=120)
            starts = place.starts()
        short = sorted(at - starts[0][0] for at, job in starts if not job.endswith("work"))
        waits[system.name] = _at(short, 0.95)
    ours_now = waits.pop(FLAT.name)
    goal = 1.2 * waits["Celery"]
    name = f"{MIXED_JOBS} jobs, one in ten of 200 ms: p95 wait of the short ones"
    yield Measured(name, ours_now, "s", goal, ok=ours_now <= goal, peers=waits)


def _measure_faults() -> Iterator[Measured]:
    """Worker or Redis killed at 12 of 50 jobs of 0.2 s, back after a second or two; looked at after 30 s."""
    for words, harm in (
        ("kill -9 of the worker", _kill_workers),
        ("Redis back empty", _empty_redis),
    ):
        missing: dict[str, float] = {}
        doubled: dict[str, float] = {}
        for system in [*peers(), FLAT]:
            missing[system.name], doubled[system.name] = _harmed(system, harm)
        lost, twice = missing.pop(FLAT.name), doubled.pop(FLAT.name)
        title = f"jobs not run 30 s after {words}"
        yield Measured(title, lost, "jobs", 0, ok=lost == 0, peers=missing)
        # At least once: what was in a worker's hands may start twice; its effect is guarded by the attempt.
        yield Measured("… started twice by it", twice, "jobs", 2, ok=twice <= 2, peers=doubled)


def _kill_workers(system: System, place: Place) -> None:
    place.kill_workers()
    time.sleep(1)
    system.work(place)


def _empty_redis(_: System, place: Place) -> None:
    place.redis.kill()
    time.sleep(2)
    place.redis.start()


def _rate(
    name: str,
    system: System,
    rate: dict[str, float],
    goal: float,
    samples: dict[str, list[float]],
    beside: dict[str, float],
) -> Measured:
    value = rate[system.name]
    kept = [*samples[system.name], os.getloadavg()[0]]
    return Measured(name, value, "/s", goal, ok=value >= goal, peers=beside, samples=kept)


def _drain_rate(system: System) -> float:
    """From the start after the first twentieth to the last."""
    with _place() as place:
        system.enqueue(place, system.jobs, "noop")
        system.work(place)
        if not place.wait_for_starts(system.jobs, seconds=120):
            raise RuntimeError(f"{system.name} ran {place.count_starts()} of {system.jobs} jobs.")
        starts = [at for at, _ in place.starts()]
    first = len(starts) // 20
    return (len(starts) - first) / max(1e-6, starts[-1] - starts[first])


def _harmed(system: System, harm: Harm) -> tuple[float, float]:
    with _place() as place:
        system.enqueue(place, FAULT_JOBS, "work")
        system.work(place)
        place.wait_for_starts(KILLED_AT, seconds=60)
        harm(system, place)
        until = time.monotonic() + FAULT_PATIENCE
        while time.monotonic() < until and len({job for _, job in place.starts()}) < FAULT_JOBS:
            time.sleep(0.2)
        jobs = [job for _, job in place.starts()]
    return FAULT_JOBS - len(set(jobs)), len(jobs) - len(set(jobs))


def _latencies(profile: str) -> list[float]:
    with _place() as place:
        environment = place.environment()
        if profile == "threads":
            environment = {
                name: value
                for name, value in environment.items()
                if name not in {"DATABASE_URL", "REDIS_URL"}
            }
        else:
            FLAT.work(place)
        words = ["-m", "benchmarks.scheduler_load.latency", profile, str(LATENCY_JOBS)]
        return _numbers(([sys.executable, *words], environment, ROOT))


def _numbers(command: tuple[list[str], dict[str, str], Path]) -> list[float]:
    words, environment, folder = command
    done = subprocess.run(
        words, env=environment, cwd=folder, check=True, capture_output=True, timeout=180
    )
    return [float(line) for line in done.stdout.decode().split()]


@contextmanager
def _place() -> Iterator[Place]:
    """Servers of its own for each run: none finds what another left behind."""
    folder = Path(tempfile.mkdtemp(prefix="mm-", dir="/tmp"))
    folder.chmod(0o755)
    servers = PrivateServers(folder)
    place = None
    try:
        redis = FragileRedis()
        redis.start()
        place = Place(folder, start_postgres(servers, durable=True), redis)
        command = [sys.executable, "-m", "benchmarks.scheduler_load.prepare", place.database_url]
        subprocess.run(command, env=place.environment(), cwd=ROOT, check=True, capture_output=True)
        yield place
    finally:
        if place is not None:
            place.kill_workers()
            place.redis.kill()
        servers.stop()
