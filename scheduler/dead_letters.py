"""Dead letters: look, edit, replay, discard; and tell those who run the installation, now and then."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from scheduler import clock, graph
from scheduler.handlers import handler_of
from scheduler.models import Job
from scheduler.states import JobState
from scheduler.wakeup import nudge_on_commit

_COLLECT_FOR: Final = timedelta(minutes=5)
_TOLD_AT_ONCE: Final = 100

logger = logging.getLogger(__name__)


class NotReplayableError(Exception):
    """The job is no dead letter, or its unique key is taken; the message says so."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What operators are told of one."""

    job_id: int
    kind: str
    scope: str
    reason: str
    died_at: datetime


def replay(job_id: int, *, payload: Mapping[str, object] | None = None) -> Job:
    """Runs a dead job again, with all its attempts ahead of it, and the graph from there.

    payload: instead of the one it died with. Raises NotReplayableError, BadPayloadError, UnknownKindError.
    """
    try:
        with transaction.atomic():
            job = _held(job_id)
            if payload is not None:
                job.payload = handler_of(job.kind).checked(payload)
                job.save(update_fields=["payload"])
            graph.revive(job, now=clock.synchronised_now())
            job.refresh_from_db()
            nudge_on_commit()
    except IntegrityError as problem:
        raise NotReplayableError("Another open job has its unique key.") from problem
    return job


def replay_many(job_ids: Iterable[int]) -> int:
    """Replays those that can be. Answers how many."""
    replayed = 0
    for job_id in job_ids:
        try:
            replay(job_id)
        except NotReplayableError:
            continue
        replayed += 1
    return replayed


def died_of(reason: str, *, scope: str) -> list[int]:
    """The dead letters of a scope whose reason begins with these words."""
    dead = Job.objects.filter(
        state=JobState.DEAD, scope=scope, discarded_at__isnull=True, reason__startswith=reason
    )
    return list(dead.order_by("pk").values_list("pk", flat=True))


def discard(job_id: int, *, reason: str) -> Job:
    """Keeps a dead letter out of the list; its history stays. Raises NotReplayableError."""
    with transaction.atomic():
        job = _held(job_id)
        job.discarded_at = clock.now()
        job.reason = f"{job.reason}\nDiscarded: {reason}".strip()
        job.save(update_fields=["discarded_at", "reason"])
    return job


_listeners: Final[list[Callable[[list[DeadLetter]], None]]] = []


def tell_operators_with(tell: Callable[[list[DeadLetter]], None]) -> None:
    """Registers who tells the operators. It is called inside a transaction; what it enqueues commits with
    the note that they were told."""
    if tell not in _listeners:
        _listeners.append(tell)


def tell_operators(*, now: datetime) -> int:
    """Hands over the dead letters nobody was told of, collected over some minutes. Answers how many."""
    if not _listeners:
        return 0
    untold = Job.objects.filter(
        state=JobState.DEAD, told_at__isnull=True, discarded_at__isnull=True
    ).order_by("pk")
    first = untold.first()
    if first is None or first.finished_at is None or now - first.finished_at < _COLLECT_FOR:
        return 0
    with transaction.atomic():
        jobs = list(untold.select_for_update(skip_locked=True)[:_TOLD_AT_ONCE])
        letters = [
            DeadLetter(job.pk, job.kind, job.scope, job.reason, job.finished_at or now)
            for job in jobs
        ]
        Job.objects.filter(pk__in=[job.pk for job in jobs]).update(told_at=now)
        for tell in _listeners:
            tell(letters)
    return len(jobs)


def _held(job_id: int) -> Job:
    job = Job.objects.select_for_update(no_key=True).filter(pk=job_id).first()
    if job is None or job.state != JobState.DEAD:
        raise NotReplayableError(f"Job {job_id} is not a dead letter.")
    return job
