"""SQLite: one writer at a time (transactions begin IMMEDIATE), so plain reads and writes are enough."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Min

from scheduler import graph
from scheduler.counters import Move, bucket_of, count_moves
from scheduler.models import Attempt, Delta, Edge, Job
from scheduler.states import AttemptEnd, EdgeCondition, JobState
from scheduler.values import Claimed, Finished, Settled, Wanted


@dataclass(frozen=True)
class SQLite:
    """See the protocol in this package's face."""

    def claim(
        self, wanted: Wanted, kinds: Sequence[str], *, suspects: bool = False
    ) -> list[Claimed]:
        ready = Job.objects.filter(state=JobState.READY, kind__in=kinds)
        ready = ready.filter(crashes__gt=0) if suspects else ready.filter(crashes=0)
        jobs = list(ready.order_by("sort_key", "id")[: wanted.limit])
        if jobs and jobs[0].kind != wanted.batch_of:
            jobs = jobs[:1]
        jobs = [job for job in jobs if job.kind == jobs[0].kind]
        for job in jobs:
            job.attempt += 1
            job.started_at = wanted.now
        Job.objects.filter(pk__in=[job.pk for job in jobs]).update(
            state=JobState.RUNNING,
            attempt=F("attempt") + 1,
            worker_id=wanted.worker_id,
            started_at=wanted.now,
        )
        count_moves(
            (Move(job.kind, job.scope, JobState.READY, JobState.RUNNING) for job in jobs),
            now=wanted.now,
        )
        return [_claimed(job, now=wanted.now) for job in jobs]

    def claim_alone(self, wanted: Wanted, kinds: Sequence[str]) -> tuple[list[Claimed], bool]:
        with transaction.atomic():
            claimed = self.claim(wanted, kinds)
            return claimed, bool(claimed) and Job.objects.filter(state=JobState.READY).exists()

    def heads(self, kinds: Sequence[str]) -> list[str]:
        ready = Job.objects.filter(state=JobState.READY, kind__in=kinds)
        first = ready.values("kind").annotate(first=Min("sort_key")).order_by("first")
        return [row["kind"] for row in first]

    def finish(self, settled: Sequence[Settled], *, now: datetime) -> list[Finished]:
        finished = [done for one in settled if (done := self._settle(one)) is not None]
        done_ids = [one.id for one in finished if one.state is JobState.DONE]
        if done_ids:
            _release_children(done_ids, now=now)
        return finished

    def finish_and_claim(
        self, settled: Sequence[Settled], wanted: Wanted, kinds: Sequence[str]
    ) -> tuple[list[Claimed], bool]:
        ids = [one.id for one in settled]
        with transaction.atomic():
            if Job.objects.filter(pk__in=ids, is_plain=False).exists():
                return [], False
            self.finish(settled, now=wanted.now)
            return self.claim(wanted, kinds), True

    def look_again(self) -> None:
        """SQLite's planner needs no reminding: its statements here name an index's columns."""

    def release_due(self, *, now: datetime, limit: int) -> int:
        due = Job.objects.filter(state=JobState.WAITING, unmet=0, due_at__lte=now)
        jobs = list(due.order_by("due_at").only("kind", "scope")[:limit])
        Job.objects.filter(pk__in=[job.pk for job in jobs]).update(state=JobState.READY)
        count_moves(
            (Move(job.kind, job.scope, JobState.WAITING, JobState.READY) for job in jobs), now=now
        )
        return len(jobs)

    def _settle(self, one: Settled) -> Finished | None:
        job = Job.objects.filter(pk=one.id, attempt=one.attempt, state=JobState.RUNNING).first()
        if job is None:
            return None  # rescued or cancelled meanwhile: this attempt has no say any more
        state, keeps_reason = _state_after(job, one)
        job.state = state
        job.due_at = one.due_at or job.due_at
        job.sort_key = job.sort_key if one.sort_key is None else one.sort_key
        job.failures += one.spent
        job.crashes += one.crashed
        job.snoozed_since = one.snoozed_since
        job.result = one.result
        job.reason = job.reason if keeps_reason else one.reason
        job.finished_at = one.finished_at if state.is_final else None
        job.save()
        if one.ended is not None:
            Attempt.objects.create(
                job_id=one.id,
                number=one.attempt,
                ended=AttemptEnd.CANCELLED if state is JobState.CANCELLED else one.ended,
                reason=one.reason,
                traceback=one.traceback,
                worker_id=job.worker_id,
                started_at=one.started_at,
                finished_at=one.finished_at,
                waited_ms=one.waited_ms,
            )
        _count_end(one, job)
        return Finished(job.pk, state, job.workflow_id, job.is_leaf, job.is_plain)


def _state_after(job: Job, one: Settled) -> tuple[JobState, bool]:
    """What the job becomes, and whether it keeps the reason of who asked to cancel it."""
    if job.cancel_requested and one.state not in (JobState.DONE, JobState.DEAD):
        return JobState.CANCELLED, True
    if one.state is JobState.READY and job.unmet:
        return JobState.WAITING, False
    return one.state, False


def _claimed(job: Job, *, now: datetime) -> Claimed:
    return Claimed(
        id=job.pk,
        attempt=job.attempt,
        kind=job.kind,
        payload=job.payload,
        scope=job.scope,
        priority=job.priority,
        failures=job.failures,
        crashes=job.crashes,
        snoozed_since=job.snoozed_since,
        workflow_id=job.workflow_id,
        step=job.step,
        fan_in=job.fan_in,
        is_leaf=job.is_leaf,
        is_plain=job.is_plain,
        due_at=job.due_at,
        started_at=now,
    )


def _count_end(one: Settled, job: Job) -> None:
    delta = Delta(
        at=one.finished_at,
        kind=job.kind,
        scope=job.scope,
        running=-1,
        failed=int(one.spent + one.crashed > 0),
        bucket=bucket_of(one.waited_ms) if one.ended else -1,
        ended=int(one.ended is not None),
        ran_ms=one.ran_ms,
    )
    setattr(delta, job.state, 1)
    delta.save()


def _release_children(parents: Sequence[int], *, now: datetime) -> None:
    met = Counter(
        Edge.objects.filter(parent_id__in=parents)
        .exclude(condition=EdgeCondition.DIED)
        .values_list("child_id", flat=True)
    )
    moves: list[Move] = []
    unsettled = (JobState.WAITING, JobState.RUNNING)
    children = list(Job.objects.filter(pk__in=met, state__in=unsettled).order_by("pk"))
    graph.meet(children, met, moves, now=now)
    count_moves(moves, now=now)
