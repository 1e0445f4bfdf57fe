"""The figures of the dashboard and of Prometheus, from the counters: cheap whatever the table holds."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Sum

from scheduler.counters import live_counts, upper_bound_ms
from scheduler.handlers import HANDLERS
from scheduler.housekeeping import WAITED_TOO_LONG
from scheduler.models import Delta, Job, Kind, Minute, Worker
from scheduler.states import JobState

_RECENT: Final = timedelta(minutes=5)
QUANTILES: Final = (0.5, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class KindFigures:
    """A kind at a glance."""

    kind: str
    counts: Mapping[str, int]
    is_known: bool
    is_paused: bool
    snoozed_until: datetime | None
    snooze_reason: str

    @property
    def waiting(self) -> int:
        return self.counts.get(JobState.WAITING.value, 0)

    @property
    def ready(self) -> int:
        return self.counts.get(JobState.READY.value, 0)

    @property
    def running(self) -> int:
        return self.counts.get(JobState.RUNNING.value, 0)

    @property
    def done(self) -> int:
        return self.counts.get(JobState.DONE.value, 0)

    @property
    def dead(self) -> int:
        return self.counts.get(JobState.DEAD.value, 0)


@dataclass(frozen=True, slots=True)
class Slice:
    """What ended within one stretch of time."""

    at: datetime
    ended: int
    failed: int


@dataclass(frozen=True, slots=True)
class Figures:
    """One look at the whole."""

    at: datetime
    by_state: Mapping[str, int]
    per_second: float
    waits_ms: Mapping[str, float]
    oldest_ready: datetime | None
    is_starving: bool
    kinds: tuple[KindFigures, ...]
    workers: int
    slots: int


def look(*, now: datetime, scope: str | None = None) -> Figures:
    """For everybody (scope None) or one scope."""
    counts = live_counts(scope=scope)
    recent = _recent_waits(now=now, scope=scope)
    oldest = _oldest_ready(scope)
    alive = list(Worker.objects.filter(stopped_at__isnull=True, lease_until__gte=now))
    return Figures(
        at=now,
        by_state={state.value: counts.by_state().get(state.value, 0) for state in JobState},
        per_second=sum(recent.values()) / _RECENT.total_seconds(),
        waits_ms={f"p{q * 100:g}": quantile(recent, q) for q in QUANTILES},
        oldest_ready=oldest,
        is_starving=oldest is not None and now - oldest > WAITED_TOO_LONG,
        kinds=_kinds(counts.by_kind),
        workers=len(alive),
        slots=sum(worker.slots for worker in alive),
    )


def last_hour(*, now: datetime, scope: str | None = None) -> list[Slice]:
    """Minute by minute, the empty ones too."""
    return _slices(now=now, count=60, length=timedelta(minutes=1), scope=scope)


def last_day(*, now: datetime, scope: str | None = None) -> list[Slice]:
    """Half hour by half hour."""
    return _slices(now=now, count=48, length=timedelta(minutes=30), scope=scope)


def quantile(buckets: Mapping[int, int], share: float) -> float:
    """The upper bound, in milliseconds, of the bucket in which that share is reached. 0 for nothing."""
    total, passed = sum(buckets.values()), 0
    for bucket in sorted(buckets):
        passed += buckets[bucket]
        if passed >= total * share:
            return round(upper_bound_ms(bucket), 1)
    return 0.0


def _recent_waits(*, now: datetime, scope: str | None) -> Counter[int]:
    waits: Counter[int] = Counter()
    for table in (Minute, Delta):
        rows = table._default_manager.filter(at__gte=now - _RECENT, ended__gt=0)
        if scope is not None:
            rows = rows.filter(scope=scope)
        for bucket, ended in rows.values_list("bucket").annotate(Sum("ended")):
            waits[bucket] += ended
    return waits


def _oldest_ready(scope: str | None) -> datetime | None:
    """By the ageing key, which is by age within a priority: an index answers it."""
    ready = Job.objects.filter(state=JobState.READY)
    if scope is not None:
        ready = ready.filter(scope=scope)
    return ready.order_by("sort_key", "pk").values_list("due_at", flat=True).first()


def _kinds(by_kind: Mapping[str, Mapping[str, int]]) -> tuple[KindFigures, ...]:
    rows = {row.name: row for row in Kind.objects.all()}
    names = sorted({*HANDLERS, *(kind for kind, counts in by_kind.items() if any(counts.values()))})
    return tuple(
        KindFigures(
            kind=name,
            counts=by_kind.get(name, {}),
            is_known=name in HANDLERS,
            is_paused=name in rows and rows[name].paused_at is not None,
            snoozed_until=rows[name].snoozed_until if name in rows else None,
            snooze_reason=rows[name].snooze_reason if name in rows else "",
        )
        for name in names
    )


def _slices(*, now: datetime, count: int, length: timedelta, scope: str | None) -> list[Slice]:
    end = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    begin = end - count * length
    ended: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    rows = Minute.objects.filter(at__gte=begin)
    if scope is not None:
        rows = rows.filter(scope=scope)
    for at, total, failed in rows.values_list("at").annotate(Sum("ended"), Sum("failed")):
        place = ended[(at - begin) // length]
        place[0] += total
        place[1] += failed
    return [Slice(begin + place * length, *ended[place]) for place in range(count)]
