"""For tests: run what is due, here and now, on this thread and in this transaction."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from scheduler import clock
from scheduler.databases import database
from scheduler.execute import Bench, Holding, call_outcome, judge
from scheduler.finish import finish
from scheduler.gate import Gate
from scheduler.handlers import handler_of
from scheduler.models import Job
from scheduler.pulse import write_progress
from scheduler.run import AttemptLostError, Run
from scheduler.runners import InlineRunner
from scheduler.values import Claimed, Wanted
from scheduler.verdict import Ending


class DidNotSettleError(AssertionError):
    """Jobs kept becoming ready: a handler enqueues itself, or retries without waiting."""


@dataclass
class _DetachedRun(Run):
    """A run without a job, for tests of services that take one."""

    job_id: int = 0
    attempt: int = 1
    lost: bool = field(default=False)

    def still_mine(self) -> None:
        if self.lost:
            raise AttemptLostError("This attempt was lost.")


def detached_run(*, scope: str = "", lost: bool = False) -> Run:
    """A Run for calling a service directly. `lost`: still_mine() raises, as after a rescue."""
    return _DetachedRun(scope=scope, lost=lost)


def drain_jobs(now: datetime | None = None, *, limit: int = 1_000) -> int:
    """Runs everything that is due at `now`, and what becomes ready by it. Answers how many attempts.

    Retries and snoozes wait for their time: pass a later `now` to let it come.
    Raises DidNotSettleError after `limit` attempts.
    """
    bench = Bench(InlineRunner())
    ran = 0
    while True:
        claimed = _claim_one(bench, now)
        if claimed is None:
            return ran
        ran += 1
        if ran > limit:
            raise DidNotSettleError(f"{limit} attempts ran and jobs are still ready.")
        _run_one(bench, claimed, now)


def enqueued(kind: str) -> list[Job]:
    """The open jobs of a kind, oldest first."""
    return list(Job.objects.filter(kind=kind, state__in=("waiting", "ready")).order_by("pk"))


def _claim_one(bench: Bench, now: datetime | None) -> Claimed | None:
    at = now or clock.now()
    bench.gate = Gate()  # a fresh look each time: a test may pause a kind between two jobs
    with transaction.atomic():
        # A microsecond on: what was enqueued at this very instant counts as due.
        database().release_due(now=at + timedelta(microseconds=1), limit=1_000)
        claimed = bench.gate.claim(Wanted(limit=1, worker_id=None, now=at))
    return claimed[0] if claimed else None


def _run_one(bench: Bench, claimed: Claimed, now: datetime | None) -> None:
    bench.hold([claimed])
    holding: Holding = bench.holdings[claimed.id, claimed.attempt]
    handler = handler_of(claimed.kind)
    try:
        outcome, trace = call_outcome(bench.runner, handler, holding.run, holding)
    except AttemptLostError:
        return
    write_progress(holding.run, {})
    at = now or clock.now()
    settled = judge(Ending(claimed, outcome, at, trace), holding.run, backoff=handler.backoff)
    with transaction.atomic():
        finish([settled], now=at)
        bench.gate.note([settled], now=at)
