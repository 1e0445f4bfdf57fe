"""Handlers that succeed, fail, stall or crash on demand."""

import asyncio
import math
import os
import signal
import threading
import time
from pathlib import Path
from typing import Final
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import connection, transaction

from scheduler.handlers import Run, handler
from scheduler.outcomes import Cancel, Done, Fail, Outcome, Retry, Snooze

RAN_TOO_SOON = "A parent was still open."

ANSWERS: Final[dict[str, Outcome | BaseException]] = {
    "retry": Retry("not now"),
    "retry_after": Retry("later", after=90),
    "snooze": Snooze("nobody is there", seconds=30),
    "fail": Fail("never"),
    "cancel": Cancel("not wanted"),
    "raise": RuntimeError("a handler broke\x00"),
    "exit": SystemExit(3),
    "interrupted": asyncio.CancelledError(),
    "surrogate": Done("\ud800"),
    "nul": Done({"nul": "\x00"}),
    "endless": Snooze("for ever", seconds=math.inf),
    "no text": Fail(ValueError("an exception")),  # type: ignore[arg-type] # as others may write
}


@handler("probe.noop")
def noop(run: Run) -> None:
    """Does nothing."""


@handler("probe.batched", batch=20)
def batched(run: Run, *, n: int = 0) -> None:
    """Does nothing, twenty to a commit."""


@handler("probe.batched_slow", batch=20)
def batched_slow(run: Run, *, seconds: float) -> None:
    """Not as short as its batch lets one think."""
    time.sleep(seconds)


@handler("probe.echo")
def echo(run: Run, *, say: str = "") -> Outcome:
    """Answers what it was told, and what its parents answered."""
    heard = {name: [parent.state.value, parent.result] for name, parent in run.parents.items()}
    return Done({"say": say, "heard": heard})


@handler("probe.async_echo")
async def async_echo(run: Run, *, say: str, seconds: float = 0.0) -> Outcome:
    await asyncio.sleep(seconds)
    return Done({"say": say, "heard": sorted(run.parents)})


@handler("probe.answer")
def answer(run: Run, *, outcome: str, succeed_at: int = 0) -> Outcome:
    """Answers the named outcome, until the attempt at which it succeeds."""
    if not all(parent.state.is_final for parent in run.parents.values()):
        return Fail(RAN_TOO_SOON)
    if succeed_at and run.attempt >= succeed_at:
        return Done(run.attempt)
    answered = ANSWERS[outcome]
    if isinstance(answered, BaseException):
        raise type(answered)(*answered.args)
    return answered


@handler("probe.typed")
def typed(run: Run, *, subject: UUID, count: int, note: str = "") -> Outcome:
    return Done([type(subject).__name__, count, note])


@handler("probe.one_at_a_time", max_running=1)
def one_at_a_time(run: Run) -> None:
    """Never beside another of its kind."""


@handler("probe.two_a_second", per_second=2)
def two_a_second(run: Run) -> None:
    """At most two a second."""


@handler("probe.slow", timeout=30)
def slow(run: Run, *, seconds: float, log: str = "") -> Outcome:
    """Works for a while, looking whether it is still wanted."""
    _note(log, run)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if run.cancel_requested():
            return Cancel("asked to stop")
        time.sleep(0.01)
    return Done()


@handler("probe.stuck", timeout=0.5)
def stuck(run: Run, *, seconds: float) -> None:
    """Does not look."""
    time.sleep(seconds)


@handler("probe.async_slow", timeout=1)
async def async_slow(run: Run, *, seconds: float) -> None:
    run.progress(0.5, "half way\x00")
    await asyncio.sleep(seconds)


@handler("probe.async_tidy", timeout=30)
async def async_tidy(run: Run, *, seconds: float, log: str) -> None:
    """Told to stop, it takes its time."""
    try:
        await asyncio.sleep(30)
    finally:
        await asyncio.sleep(seconds)
        _note(log, run)


@handler("probe.async_exit", retries=())
async def async_exit(run: Run) -> None:
    raise SystemExit(3)


BLOCKED, RELEASED = threading.Event(), threading.Event()


@handler("probe.async_blocks", timeout=0.5, retries=())
async def async_blocks(run: Run) -> None:
    """Waits without giving way, until somebody lets it."""
    BLOCKED.set()
    RELEASED.wait(60)


@handler("probe.leaves_open", retries=())
def leaves_open(run: Run, *, what: str) -> None:
    """Leaves its thread, or its process, as it should not."""
    match what:
        case "transaction":
            transaction.set_autocommit(False)
        case "block":
            transaction.atomic().__enter__()
        case "connection":
            connection.close()
        case _:
            child = os.fork()
            if child:
                os.waitpid(child, 0)


@handler("probe.effect", timeout=30)
def effect(run: Run, *, seconds: float, log: str) -> None:
    """Leaves a mark outside, works, and leaves one in our database."""
    _note(log, run)
    time.sleep(seconds)
    _leave_a_mark(run)


@handler("probe.async_effect", timeout=30)
async def async_effect(run: Run, *, seconds: float, log: str) -> None:
    _note(log, run)
    await asyncio.sleep(seconds)
    await sync_to_async(_leave_a_mark)(run)


@handler("probe.kills_its_worker")
def kills_its_worker(run: Run) -> None:
    """As the kernel does to one that takes all the memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def _leave_a_mark(run: Run) -> None:
    """As every service does: guarded by the attempt, and under a key. A worker killed between this commit and
    the job's own makes the job run again, and then this is a no-op."""
    with transaction.atomic(), connection.cursor() as cursor:
        run.still_mine()
        cursor.execute(
            "insert into probe_effect (job_id, attempt) values (%s, %s) on conflict do nothing",
            [run.job_id, run.attempt],
        )


def _note(log: str, run: Run) -> None:
    if log:
        with Path(log).open("a") as file:
            file.write(f"{run.job_id} {run.attempt}\n")
