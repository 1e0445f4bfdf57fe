"""P13: from typing `manage.py serve`, with everything installed and migrated, to the first page."""

import statistics
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path

from benchmarks.registry import Measured, benchmark
from tests.served import start_serving

GOAL = 3.0


@benchmark("P13")
def measure_cold_start() -> Iterable[Measured]:
    with tempfile.TemporaryDirectory(prefix="mm-") as folder:
        _time_to_first_page(Path(folder))  # migrates and seeds, which happens once
        samples = [_time_to_first_page(Path(folder)) for _ in range(5)]
    value = statistics.median(samples)
    yield Measured(
        "cold start: first page served", value, "s", GOAL, ok=value <= GOAL, samples=samples
    )


def _time_to_first_page(folder: Path) -> float:
    began = time.monotonic()
    server = start_serving(folder)
    try:
        server.wait_until_up()
        with urllib.request.urlopen(f"{server.address}/accounts/login/", timeout=30) as page:
            page.read()
        return time.monotonic() - began
    finally:
        server.stop()
