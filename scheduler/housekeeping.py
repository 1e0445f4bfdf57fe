"""What the leading dispatcher does for all: rescue, alarms, pruning. Each is safe to run twice at once."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from scheduler import workers
from scheduler.counters import Move, count_moves
from scheduler.finish import finish
from scheduler.gate import kinds_with_backlog
from scheduler.leases import LEASE
from scheduler.models import Attempt, Edge, Job, Minute, Worker, WorkflowRun
from scheduler.outcomes import Cancel
from scheduler.priorities import OVERTAKEN_AT_MOST
from scheduler.pulse import claimed_from
from scheduler.states import JobState, WorkflowState
from scheduler.values import Settled
from scheduler.verdict import Ending, after_crash, hand_back, settle
from scheduler.wakeup import nudge_on_commit

# How long what has ended is kept. Dead letters wait for a person.
KEEP: Final = {
    JobState.DONE: timedelta(days=2),
    JobState.CANCELLED: timedelta(days=7),
    JobState.DEAD: timedelta(days=90),
}
# As long as the jobs whose end it shares.
_KEEP_RUNS: Final = {
    WorkflowState.DONE: KEEP[JobState.DONE],
    WorkflowState.CANCELLED: KEEP[JobState.CANCELLED],
    WorkflowState.PARTLY_FAILED: KEEP[JobState.DEAD],
    WorkflowState.FAILED: KEEP[JobState.DEAD],
}
_KEEP_MINUTES: Final = timedelta(days=2)
_KEEP_WORKERS: Final = timedelta(days=1)
_PRUNE_AT_ONCE: Final = 1_000
_RUNS_AT_ONCE: Final = 50

# A job may be overtaken by more urgent ones for as long as the ageing key allows, and then wait for a slot.
WAITED_TOO_LONG: Final = OVERTAKEN_AT_MOST + timedelta(minutes=5)

logger = logging.getLogger(__name__)


def rescue(*, now: datetime) -> int:
    """Takes back the jobs of workers whose lease ran out, and those left with none. Answers how many."""
    taken = sum(_rescue_from(worker_id, now=now) for worker_id in workers.lost(now))
    return taken + _rescue_left_behind(now=now)


@dataclass(frozen=True, slots=True)
class Starving:
    """A kind whose first ready job has waited past its bound."""

    kind: str
    job_id: int
    since: datetime


def starving(*, now: datetime) -> list[Starving]:
    """Kinds that do not get their turn: too few workers, a pause, a limit, or nobody who knows them."""
    found = []
    for kind in sorted(kinds_with_backlog()):
        first = (
            Job.objects.filter(state=JobState.READY, kind=kind).order_by("sort_key", "pk").first()
        )
        if first is not None and now - first.due_at > WAITED_TOO_LONG:
            found.append(Starving(kind, first.pk, first.due_at))
            logger.warning("Jobs wait too long.", extra={"kind": kind, "job": first.pk})
    return found


def prune(*, now: datetime) -> int:
    """Removes what ended long ago, a portion at a time. Answers how many jobs."""
    removed = sum(_prune_single(state, now - keep, now=now) for state, keep in KEEP.items())
    removed += sum(_prune_runs(state, now - keep, now=now) for state, keep in _KEEP_RUNS.items())
    Minute.objects.filter(at__lt=now - _KEEP_MINUTES).delete()
    Worker.objects.filter(stopped_at__lt=now - _KEEP_WORKERS).delete()
    return removed


def remove(job: Job, *, now: datetime) -> None:
    """Removes a job that has ended, with its history. The caller holds its lock."""
    count_moves([Move(job.kind, job.scope, JobState(job.state), None)], now=now)
    Attempt.objects.filter(job_id=job.pk).delete()
    job.delete()


def _rescue_from(worker_id: int, *, now: datetime) -> int:
    with transaction.atomic():
        worker = Worker.objects.select_for_update().get(pk=worker_id)
        if worker.stopped_at is not None or worker.lease_until >= now:
            return 0  # another dispatcher was faster, or the worker is back
        held = Job.objects.filter(state=JobState.RUNNING, worker_id=worker_id).order_by("pk")
        settled = [_after_loss(job, now=now) for job in held]
        if settled:
            finish(settled, now=now)
            logger.warning("Jobs were rescued.", extra={"worker": worker_id, "jobs": len(settled)})
        worker.stopped_at, worker.was_lost = now, True
        worker.save(update_fields=["stopped_at", "was_lost"])
        nudge_on_commit()
    return len(settled)


def _rescue_left_behind(*, now: datetime) -> int:
    """A claim that committed while its worker stopped, or was declared lost, is in nobody's hands.

    A lease is waited for: a worker that was declared lost and lives takes what it holds under its new name.
    """
    with transaction.atomic():
        kept = Worker.objects.exclude(stopped_at__lt=now - LEASE).values("pk")
        left = Job.objects.filter(
            state=JobState.RUNNING, worker_id__isnull=False, started_at__lt=now - LEASE
        ).exclude(worker_id__in=kept)
        settled = [
            hand_back(claimed_from(job), now=now, reason="Its worker had stopped.", began=True)
            for job in left.order_by("pk")
        ]
        if settled:
            finish(settled, now=now)
            logger.warning("Jobs without a worker were rescued.", extra={"jobs": len(settled)})
            nudge_on_commit()
    return len(settled)


def _after_loss(job: Job, *, now: datetime) -> Settled:
    claimed = claimed_from(job)
    if job.cancel_requested:
        ending = Ending(claimed, Cancel(job.reason), now)
        return settle(ending, backoff=(), chance=0.5)
    return after_crash(claimed, now=now)


def _prune_single(state: JobState, before: datetime, *, now: datetime) -> int:
    """Jobs of no workflow."""
    with transaction.atomic():
        old = Job.objects.filter(state=state, finished_at__lt=before, workflow__isnull=True)
        return _remove(old.order_by("finished_at")[:_PRUNE_AT_ONCE], now=now)


def _prune_runs(state: WorkflowState, before: datetime, *, now: datetime) -> int:
    """A workflow goes as a whole: its picture must not lose steps while others are still shown."""
    with transaction.atomic():
        old = WorkflowRun.objects.filter(state=state, finished_at__lt=before)
        held = old.order_by("finished_at").select_for_update(skip_locked=True)[:_RUNS_AT_ONCE]
        ids = list(held.values_list("pk", flat=True))
        removed = _remove(Job.objects.filter(workflow_id__in=ids).order_by("pk"), now=now)
        WorkflowRun.objects.filter(pk__in=ids, jobs__isnull=True).delete()
    return removed


def _remove(old: QuerySet[Job], *, now: datetime) -> int:
    """What another holds (a second leader, or who replays it) is left: each is counted off once."""
    held = old.select_for_update(skip_locked=True)
    rows = list(held.values_list("pk", "kind", "scope", "state"))
    ids = [pk for pk, *_ in rows]
    Attempt.objects.filter(job_id__in=ids).delete()
    Edge.objects.filter(Q(parent_id__in=ids) | Q(child_id__in=ids)).delete()
    Job.objects.filter(pk__in=ids).delete()
    count_moves(
        (Move(kind, scope, JobState(state), None) for _, kind, scope, state in rows), now=now
    )
    return len(rows)
