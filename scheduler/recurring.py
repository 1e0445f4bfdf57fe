"""Recurring jobs: a cron expression in a time zone makes ordinary jobs, each exactly once.

The idempotency key of each is its name and instant, so that two dispatchers, or one that died between
enqueueing and noting it, still make one job per time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from django.db import transaction

from scheduler import clock
from scheduler.enqueue import enqueue
from scheduler.handlers import HANDLERS, handler_of
from scheduler.models import RecurringJob
from scheduler.priorities import Priority

_CAUGHT_UP_AT_MOST: Final = 100  # of one recurring job at once: a year off must not make a flood


class BadScheduleError(ValueError):
    """The cron expression or the time zone cannot be used; the message says which."""


def next_time(cron: str, time_zone: str, *, after: datetime) -> datetime:
    """The first instant after `after`, in UTC. Raises BadScheduleError.

    An hour that the clocks leave out is made up at its end; of one they repeat, the first counts.
    """
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise BadScheduleError(f"{time_zone!r} is not a time zone.") from problem
    try:
        for time in CronSim(cron, after.astimezone(zone)):
            at = time.astimezone(UTC)
            if at > after:  # asked in the second of two equal hours, it begins with the first
                return at
    except CronSimError as problem:
        raise BadScheduleError(f"{cron!r} is not a cron expression.") from problem
    raise BadScheduleError(f"{cron!r} never comes true.")


def set_recurring(
    *,
    name: str,
    kind: str,
    payload: Mapping[str, object],
    cron: str,
    time_zone: str = "UTC",
    scope: str = "",
    priority: Priority = Priority.NORMAL,
    catch_up: RecurringJob.CatchUp = RecurringJob.CatchUp.ONCE,
) -> RecurringJob:
    """Makes or changes a recurring job. Unchanged times keep their next instant, so that calling this
    at each start does not put it off. Raises UnknownKindError, BadPayloadError, BadScheduleError."""
    checked = handler_of(kind).checked(payload)
    upcoming = next_time(cron, time_zone, after=clock.now())
    with transaction.atomic():
        known = RecurringJob.objects.select_for_update().filter(name=name).first()
        same_times = known is not None and (known.cron, known.time_zone) == (cron, time_zone)
        values = {
            "kind": kind,
            "payload": checked,
            "scope": scope,
            "priority": priority,
            "cron": cron,
            "time_zone": time_zone,
            "catch_up": catch_up,
            "next_at": known.next_at if known is not None and same_times else upcoming,
        }
        row, _ = RecurringJob.objects.update_or_create(name=name, defaults=values)
    return row


@dataclass(frozen=True, slots=True)
class Declared:
    """A recurring job that the code itself wants, as an app's jobs.py says."""

    name: str
    kind: str
    cron: str


_declared: Final[dict[str, Declared]] = {}


def declare_recurring(name: str, kind: str, *, cron: str) -> None:
    """Says that this job, which takes no payload, recurs; whoever leads sets it. Times are in UTC."""
    _declared[name] = Declared(name, kind, cron)


def set_declared() -> None:
    """Makes every declared recurring job. One that was paused by hand stays paused."""
    for each in _declared.values():
        set_recurring(name=each.name, kind=each.kind, payload={}, cron=each.cron)


def enqueue_due(*, now: datetime) -> int:
    """Enqueues what has fallen due. Answers how many jobs."""
    due = RecurringJob.objects.filter(is_paused=False, next_at__lte=now)
    return sum(_enqueue_one(name, now=now) for name in list(due.values_list("pk", flat=True)))


def run_now(name: str) -> int:
    """Enqueues one outside its times. Answers the job's id."""
    row = RecurringJob.objects.get(pk=name)
    return enqueue(
        row.kind, row.payload, scope=row.scope, priority=Priority(row.priority), recurring=name
    ).pk


def _enqueue_one(name: str, *, now: datetime) -> int:
    with transaction.atomic():
        held = RecurringJob.objects.select_for_update(skip_locked=True)
        row = held.filter(pk=name, is_paused=False, next_at__lte=now).first()
        if row is None or row.kind not in HANDLERS:
            return 0
        times, upcoming = _missed(row, now=now)
        for at in _wanted(row, times, now=now):
            enqueue(
                row.kind,
                row.payload,
                scope=row.scope,
                priority=Priority(row.priority),
                idempotency_key=f"{name} at {at.isoformat()}",
                recurring=name,
            )
        row.last_at, row.next_at = times[-1], upcoming
        row.save(update_fields=["last_at", "next_at"])
    return len(times)


def _missed(row: RecurringJob, *, now: datetime) -> tuple[list[datetime], datetime]:
    """The instants that have come, and the next one."""
    times: list[datetime] = []
    at = row.next_at
    while at <= now and len(times) < _CAUGHT_UP_AT_MOST:
        times.append(at)
        at = next_time(row.cron, row.time_zone, after=at)
    if at <= now:
        at = next_time(row.cron, row.time_zone, after=now)
    return times, at


def _wanted(row: RecurringJob, times: list[datetime], *, now: datetime) -> list[datetime]:
    match row.catch_up:
        case RecurringJob.CatchUp.ALL:
            return times
        case RecurringJob.CatchUp.ONCE:
            return times[-1:]
        case _:
            on_time = (now - times[-1]).total_seconds() < 60
            return times[-1:] if on_time else []
