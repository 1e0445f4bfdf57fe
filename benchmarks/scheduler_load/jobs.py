"""Handlers that do nothing, or sleep: what is measured is everything around them."""

import time

from scheduler.handlers import Run, handler


@handler("bench.noop")
def noop(run: Run) -> None:
    """One commit for each."""


@handler("bench.batched", batch=50)
def batched(run: Run) -> None:
    """Short and idempotent: many share a commit."""


@handler("bench.sleep")
def sleep(run: Run, *, seconds: float) -> None:
    time.sleep(seconds)


@handler("bench.stamp")
def stamp(run: Run, *, asked_at: float) -> None:
    """Its attempt's start, against the instant it was asked for, is the latency."""
