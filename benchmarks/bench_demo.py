"""DEMO: `make demo`, once installed, from its first line to the address of the report, by the clock it prints."""

import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from benchmarks.registry import Measured, benchmark
from tests.served import clean_environment
from tests.stack import ROOT

GOAL = 60.0


@benchmark("DEMO")
def measure_demo() -> Iterable[Measured]:
    samples = [_seconds_it_took() for _ in range(3)]
    value = statistics.median(samples)
    yield Measured(
        "the whole demo, from invitation to scorecard",
        value,
        "s",
        GOAL,
        ok=value <= GOAL,
        samples=samples,
    )


def _seconds_it_took() -> float:
    with tempfile.TemporaryDirectory(prefix="mm-") as folder:
        done = subprocess.run(
            [sys.executable, "manage.py", "demo"],
            cwd=ROOT,
            env=clean_environment(Path(folder)),
            capture_output=True,
            text=True,
            check=True,
        )
    found = re.search(r"All of it took ([\d.]+) s", done.stdout)
    assert found, done.stdout
    return float(found[1])
