"""Twenty minutes of a hundred rooms: what a server holds must not grow with what went through it (SOAK).

SOAK_MINUTES and SOAK_ROOMS shorten it for a try-out.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.registry import Measured, benchmark
from benchmarks.room_load.servers import Ours, Started, durable_servers, ours
from tests.stack import ROOT

MINUTES = float(os.environ.get("SOAK_MINUTES", "20"))
ROOMS = int(os.environ.get("SOAK_ROOMS", "100"))
PAUSE = 2.0  # seconds between two segments of a room, on average
WARM = min(300.0, MINUTES * 15)  # seconds until everything that is filled once is full
AROUND = min(30.0, WARM / 4)  # a figure is the median of so many seconds before and after
MOST_GROWTH = 1.05
MOST_MORE_FILES = 8  # connections to the database that a busy moment opened
SAMPLE_EVERY = 2.0
LASTING_TASKS = 2  # of a server that spoke to others once: it listens to them, and reads from Redis
AFTERWARDS = 5.0  # seconds for the last goodbyes


@dataclass(frozen=True, slots=True)
class Sample:
    at: float  # seconds since the load began
    megabytes: float
    files: int


@benchmark("SOAK", only_by_name=True)
def soak_rooms() -> Iterable[Measured]:
    with durable_servers() as folder, ours(folder / "soak", ROOMS) as started:
        assert started.ours is not None
        idle = _figures(started.ours, "open_tasks")
        samples, told = _under_load(started, started.ours)
        time.sleep(AFTERWARDS)
        sockets = sum(_figures(started.ours, "open_sockets"))
        tasks = sum(_figures(started.ours, "open_tasks")) - sum(idle)
    growth = max(map(_growth, samples))
    sizes = [sample.megabytes for each in samples for sample in each]
    name = f"{MINUTES:g} minutes, {ROOMS} rooms, {told['done']}"
    yield Measured(
        f"RSS at the end / RSS after {WARM:.0f} s, the worse of two servers; {name}",
        growth, "", MOST_GROWTH, ok=growth <= MOST_GROWTH, samples=sizes,
    )  # fmt: skip
    yield Measured("largest RSS of one server", max(sizes), "MB", float("nan"), ok=True)
    more = max(map(_more_files, samples))
    yield Measured("files opened between these moments and not closed", more, "", MOST_MORE_FILES, ok=more <= MOST_MORE_FILES)  # fmt: skip
    yield Measured("sockets open after everybody left", sockets, "", 0, ok=sockets == 0)
    lasting = LASTING_TASKS * len(samples)
    yield Measured("tasks that they left", tasks, "", lasting, ok=tasks <= lasting)
    lost = told["lost"] + told["faults"]
    first = f": {told['first_faults']}" if lost else ""
    yield Measured(f"deliveries lost, doubled or out of order{first}", lost, "", 0, ok=lost == 0)


def _under_load(started: Started, servers: Ours) -> tuple[list[list[Sample]], dict[str, Any]]:
    """The samples of each server, and what the load told: what was `done`, and what went wrong."""
    order = {**started.rooms, "seconds": MINUTES * 60, "pause": PAUSE}
    load = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.room_load.soak"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert load.stdin is not None
    load.stdin.write(json.dumps(order))
    load.stdin.close()
    began = time.monotonic()
    samples: list[list[Sample]] = [[] for _ in servers.processes]
    while load.poll() is None:
        time.sleep(SAMPLE_EVERY)
        at = time.monotonic() - began
        for seen, process in zip(samples, servers.processes.values(), strict=True):
            seen.append(_sample(process.pid, at))
    assert load.returncode == 0
    assert load.stdout is not None
    told: dict[str, Any] = json.loads(load.stdout.read())
    return samples, told


def _sample(pid: int, at: float) -> Sample:
    process = Path(f"/proc/{pid}")
    pages = int((process / "statm").read_text().split()[1])
    megabytes = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return Sample(at, megabytes, len(list((process / "fd").iterdir())))


def _growth(samples: Sequence[Sample]) -> float:
    at_end, warm = (statistics.median(s.megabytes for s in each) for each in _ends(samples))
    return at_end / warm


def _more_files(samples: Sequence[Sample]) -> float:
    at_end, warm = (statistics.median(s.files for s in each) for each in _ends(samples))
    return at_end - warm


def _ends(samples: Sequence[Sample]) -> tuple[list[Sample], list[Sample]]:
    """Those of the last moments of the load, and those of when it was warm."""
    over = MINUTES * 60
    at_end = [sample for sample in samples if over - 2 * AROUND <= sample.at <= over]
    return at_end, [sample for sample in samples if abs(sample.at - WARM) <= AROUND]


def _figures(servers: Ours, name: str) -> list[float]:
    """One figure of each server, as it tells Prometheus."""
    found = []
    for port in servers.ports:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as response:
            words = response.read().decode()
        told = re.search(rf"^meetmind_{name} ([0-9.]+)$", words, re.MULTILINE)
        assert told is not None, words
        found.append(float(told[1]))
    return found
