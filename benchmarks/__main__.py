"""`make bench`: runs the benchmarks, prints a table, keeps the figures.

Every module of this package whose name starts with `bench_` brings its own. Figures go to
`results/latest.json`, each with the revision it was measured at; all raw samples into `results/raw/`.
"""

import argparse
import importlib
import json
import os
import pkgutil
import subprocess
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

import benchmarks
from benchmarks.registry import ONLY_BY_NAME, REGISTERED, Benchmark, Measured
from tests.servers import PrivateServers, start_private_servers

RESULTS = Path(__file__).parent / "results"
MOST_SAMPLES = 100


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--only", default="", help="ids, separated by commas: P1,P8")
    wanted = [name.strip().upper() for name in parser.parse_args().only.split(",") if name.strip()]
    # Before any benchmark imports Django: settings are read once.
    servers = start_private_servers()
    try:
        return run_and_report(wanted, servers)
    finally:
        servers.stop()


def run_and_report(wanted: list[str], servers: PrivateServers) -> int:
    for module in pkgutil.iter_modules(benchmarks.__path__):
        if module.name.startswith("bench_"):
            importlib.import_module(f"benchmarks.{module.name}")
    unknown = sorted(set(wanted) - set(REGISTERED))
    if unknown:
        print(f"No such benchmark: {', '.join(unknown)}. There are {', '.join(_in_order())}.")
        return 2
    figures = []
    for identifier in wanted or [each for each in _in_order() if each not in ONLY_BY_NAME]:
        print(f"{identifier} …", file=sys.stderr, flush=True)
        figures += [(identifier, measured) for measured in _run(REGISTERED[identifier])]
    _keep(figures)
    _show(figures)
    return 0 if all(measured.ok for _, measured in figures) else 1


def _in_order() -> list[str]:
    return sorted(REGISTERED, key=lambda identifier: (len(identifier), identifier))


def _run(measure: Benchmark) -> list[Measured]:
    try:
        return list(measure())
    except Exception as problem:  # the others still run; this one counts as failed
        traceback.print_exc()
        return [Measured(f"failed: {problem}", float("nan"), "", float("nan"), ok=False)]


def _keep(figures: list[tuple[str, Measured]]) -> None:
    """What was measured takes the place of earlier figures of the same benchmarks; the others stay."""
    RESULTS.mkdir(exist_ok=True)
    latest = RESULTS / "latest.json"
    now = {identifier for identifier, _ in figures}
    kept = json.loads(latest.read_text()) if latest.exists() else []
    rows = [row for row in kept if row["id"] not in now]
    told = {
        "revision": _revision(),
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    rows += [_row(identifier, measured) | told for identifier, measured in figures]
    rows.sort(key=lambda row: (len(row["id"]), row["id"]))
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    latest.write_text(f"[\n{lines}\n]\n")
    raw = RESULTS / "raw"
    raw.mkdir(exist_ok=True)
    samples = {
        **told,
        "cores": os.cpu_count(),
        "samples": {
            f"{identifier} {measured.name}": list(measured.samples)
            for identifier, measured in figures
        },
    }
    (raw / f"{time.strftime('%Y%m%dT%H%M%S')}.json").write_text(json.dumps(samples))


def _row(identifier: str, measured: Measured) -> dict[str, Any]:
    return {
        "id": identifier,
        "name": measured.name,
        "value": measured.value if measured.value == measured.value else None,
        "unit": measured.unit,
        "goal": measured.goal if measured.goal == measured.goal else None,
        "peers": dict(measured.peers),
        "ok": measured.ok,
        "samples": _thinned(measured.samples),
    }


def _thinned(samples: Sequence[float]) -> list[float]:
    """The ordered samples, at most a hundred of them evenly picked: all of them are in `raw`."""
    ordered = sorted(samples)
    if len(ordered) > MOST_SAMPLES:
        step = (len(ordered) - 1) / (MOST_SAMPLES - 1)
        ordered = [ordered[round(at * step)] for at in range(MOST_SAMPLES)]
    return [float(f"{sample:.4g}") for sample in ordered]


def _show(figures: list[tuple[str, Measured]]) -> None:
    table = Table("id", "what", "value", "goal", "peers", "")
    for identifier, measured in figures:
        peers = ", ".join(f"{name} {value:,.4g}" for name, value in measured.peers.items())
        table.add_row(
            identifier,
            measured.name,
            f"{measured.value:,.4g} {measured.unit}",
            f"{measured.goal:,.4g}",
            peers,
            "[green]ok[/]" if measured.ok else "[red]missed[/]",
        )
    Console(width=150).print(table)


def _revision() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
