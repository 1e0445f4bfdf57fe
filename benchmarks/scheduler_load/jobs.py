"""Handlers that do nothing, or sleep: what is measured is everything around them."""

import time

from benchmarks.scheduler_load.stamps import stamp
from scheduler.handlers import Run, handler


@handler("bench.noop")
def noop(run: Run) -> None:
    """One commit for each."""
    stamp(run.job_id)


@handler("bench.batched", batch=50)
def batched(run: Run) -> None:
    """Short and idempotent: many share a commit."""
    stamp(run.job_id)


@handler("bench.work", timeout=30)
def work(run: Run) -> None:
    stamp(f"{run.job_id} work")
    time.sleep(0.2)
