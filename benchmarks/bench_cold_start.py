"""P13: from typing `manage.py serve`, with everything installed and migrated, to the first page; and what of it
the AI engine takes."""

import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path

from benchmarks.registry import Measured, benchmark
from tests.served import start_serving
from tests.stack import ROOT

GOAL = 3.0
IMPORT_GOAL = 50.0
_IMPORT = (
    "import time; began = time.process_time(); {}; print((time.process_time() - began) * 1000)"
)


@benchmark("P13")
def measure_cold_start() -> Iterable[Measured]:
    with tempfile.TemporaryDirectory(prefix="mm-") as folder:
        _time_to_first_page(Path(folder))  # migrates and seeds, which happens once
        samples = [_time_to_first_page(Path(folder)) for _ in range(5)]
    value = statistics.median(samples)
    yield Measured(
        "cold start: first page served", value, "s", GOAL, ok=value <= GOAL, samples=samples
    )
    imports = [_milliseconds_of("import ai_engine.engine") for _ in range(9)]
    value = statistics.median(imports)
    yield Measured(
        "CPU of importing ai_engine.engine",
        value,
        "ms",
        IMPORT_GOAL,
        ok=value <= IMPORT_GOAL,
        peers={"import asyncio": _milliseconds_of("import asyncio")},
        samples=imports,
    )


def _milliseconds_of(statement: str) -> float:
    """CPU time of the process, in a new interpreter."""
    command = [sys.executable, "-c", _IMPORT.format(statement)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return float(done.stdout)


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
