"""Which kinds may be claimed now: not the paused, not the unknown, the limited only within their limit.

A process looks at the table of kinds once a second; what must hold exactly (limits, the one probe of a
snoozed kind) is decided again under the lock of the kind's row.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from scheduler import clock
from scheduler.counters import live_counts
from scheduler.databases import database
from scheduler.handlers import HANDLERS, Handler
from scheduler.models import Job, Kind, LeaderLease
from scheduler.states import AttemptEnd, JobState
from scheduler.values import Claimed, Settled, Wanted

_LOOK_EVERY: Final = 1.0
_SUSPECTS: Final = "suspects"
_NO_LIMIT: Final = 1_000


@dataclass
class Gate:
    """One process's view of the kinds."""

    _looked_at: float = -math.inf
    _barred: dict[str, Kind] = field(default_factory=dict)
    _known: list[str] = field(default_factory=list)
    _guarded: set[str] = field(default_factory=set)
    _free: list[str] = field(default_factory=list)
    _must_choose: bool = False
    _has_suspects: bool = False

    def free_kinds(self, now: datetime) -> list[str] | None:
        """The kinds that may be claimed without a look at each; None while others have a backlog."""
        self._look(now)
        return None if self._must_choose else self._free

    def claim(self, wanted: Wanted) -> list[Claimed]:
        """Takes what is wanted, of the kinds that may be claimed. Call inside a transaction."""
        now = wanted.now
        free = self.free_kinds(now)
        if free is not None:
            taken = database().claim(wanted, free)
            if taken or not self._guarded:
                return taken
        if self._has_suspects:
            taken = self._claim_suspect(wanted)
            if taken:
                return taken
        for kind in database().heads(self._known):
            limit = wanted.limit if kind == wanted.batch_of else 1
            taken = self._claim_of(kind, replace(wanted, limit=limit, batch_of=kind))
            if taken:
                return taken
        return []

    def _claim_suspect(self, wanted: Wanted) -> list[Claimed]:
        """One job that was in a worker's hands when it died, if no other such job runs.

        Several at once would die together again, and nobody could tell the culprit from its company.
        """
        LeaderLease.objects.bulk_create(
            [LeaderLease(name=_SUSPECTS, holder="", until=wanted.now)], ignore_conflicts=True
        )
        held = LeaderLease.objects.select_for_update(skip_locked=True).filter(name=_SUSPECTS)
        if not held or Job.objects.filter(state=JobState.RUNNING, crashes__gt=0).exists():
            return []
        suspects = Job.objects.filter(state=JobState.READY, crashes__gt=0, kind__in=self._known)
        for kind in dict.fromkeys(
            suspects.order_by("sort_key", "pk").values_list("kind", flat=True)
        ):
            taken = self._claim_of(kind, replace(wanted, limit=1), suspects=True)
            if taken:
                return taken
        return []

    def _claim_of(self, kind: str, wanted: Wanted, *, suspects: bool = False) -> list[Claimed]:
        """A kind of which nothing may be taken is let go again: two slots that come to the kinds in different
        order, each holding one and waiting for another, would wait for ever."""
        if kind not in self._guarded:
            return database().claim(wanted, [kind], suspects=suspects)
        with transaction.atomic():
            limit = min(wanted.limit, _allowance(HANDLERS[kind], now=wanted.now))
            # The kind's row may have been waited for: what ran before it ended before this begins.
            narrowed = replace(wanted, limit=limit, now=clock.now())
            taken = database().claim(narrowed, [kind], suspects=suspects) if limit > 0 else []
            _spend_tokens(HANDLERS[kind], len(taken))
            if not taken:
                transaction.set_rollback(True)
        return taken

    def has_ready_since(self, since: datetime, *, now: datetime) -> bool:
        """Whether a job of a kind that may be claimed here has been ready for that long."""
        self._look(now)
        ready = Job.objects.filter(state=JobState.READY, kind__in=self._known)
        return ready.filter(due_at__lt=since).exists()

    def is_plain(self, settled: Sequence[Settled]) -> bool:
        """Whether what ended changes nothing about the kinds."""
        return not any(one.snoozed_until or self._is_snoozed(one.kind) for one in settled)

    def note(self, settled: Sequence[Settled], *, now: datetime) -> None:
        """Pauses the kinds that were snoozed, and opens those whose probe found the outside back.

        A probe that waits for itself alone has found nothing out: the next one goes. Call in the
        transaction that settles.
        """
        for one in settled:
            if one.snoozed_until is not None:
                self._barred[one.kind], _ = Kind.objects.update_or_create(
                    name=one.kind,
                    defaults={
                        "snoozed_until": one.snoozed_until,
                        "snooze_reason": one.reason[:300],
                    },
                )
                self._looked_at = -math.inf  # this process, too, sends no more than the one probe
            elif one.ended not in (None, AttemptEnd.SNOOZE) and self._is_snoozed(one.kind):
                Kind.objects.filter(name=one.kind).update(snoozed_until=None, snooze_reason="")
                self._barred.pop(one.kind, None)  # another slot may have looked, and not found it

    def _is_snoozed(self, kind: str) -> bool:
        row = self._barred.get(kind)
        return row is not None and row.snoozed_until is not None

    def _look(self, now: datetime) -> None:
        if time.monotonic() - self._looked_at < _LOOK_EVERY:
            return
        rows = Kind.objects.filter(Q(paused_at__isnull=False) | Q(snoozed_until__isnull=False))
        barred = {row.name: row for row in rows}
        shut = {kind for kind, row in barred.items() if _is_shut(row, now)}
        known = [kind for kind in HANDLERS if kind not in shut]
        guarded = {kind for kind in known if kind in barred or HANDLERS[kind].is_limited}
        self._barred, self._known, self._guarded = barred, known, guarded
        self._free = [kind for kind in known if kind not in guarded]
        self._has_suspects = Job.objects.filter(state=JobState.READY, crashes__gt=0).exists()
        self._must_choose = self._has_suspects or not kinds_with_backlog() <= set(self._free)
        self._looked_at = time.monotonic()


def kinds_with_backlog() -> set[str]:
    """The kinds of which some job is ready, from the counters."""
    counts = live_counts().by_kind
    return {kind for kind, states in counts.items() if states[JobState.READY.value] > 0}


def _is_shut(row: Kind, now: datetime) -> bool:
    return row.paused_at is not None or (row.snoozed_until is not None and now < row.snoozed_until)


def _allowance(handler: Handler, *, now: datetime) -> int:
    """How many jobs of this kind may start now. Holds the kind's row until the commit."""
    Kind.objects.bulk_create([Kind(name=handler.kind)], ignore_conflicts=True)
    row = Kind.objects.select_for_update().get(name=handler.kind)
    if _is_shut(row, now):
        return 0
    running = Job.objects.filter(state=JobState.RUNNING, kind=handler.kind).count()
    allowed = math.inf if handler.max_running is None else handler.max_running - running
    if row.snoozed_until is not None:
        allowed = 1 - running  # the one probe
    if handler.per_second is not None:
        allowed = min(allowed, _refill(row, handler.per_second, now=now))
    return int(min(allowed, _NO_LIMIT))


def _refill(row: Kind, per_second: float, *, now: datetime) -> int:
    """A token bucket that holds what a second gives, at least one."""
    room = max(1.0, per_second)
    since = row.tokens_at or now - timedelta(seconds=room / per_second)
    gained = max(0.0, (now - since).total_seconds()) * per_second
    row.tokens, row.tokens_at = min(room, row.tokens + gained), now
    row.save(update_fields=["tokens", "tokens_at"])
    return int(row.tokens)


def _spend_tokens(handler: Handler, count: int) -> None:
    if handler.per_second is not None and count:
        row = Kind.objects.get(name=handler.kind)
        row.tokens -= count
        row.save(update_fields=["tokens"])
