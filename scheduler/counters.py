"""The live counts and the history behind the dashboard, without ever counting the job table.

Each transaction that moves jobs appends what it changed; the leader folds those rows every second into
totals per kind and scope and into minutes. Waiting times are kept as a histogram whose buckets grow by √2.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F, Model, Sum

from scheduler.models import Delta, Minute, Total
from scheduler.states import JobState

STATES: Final = tuple(state.value for state in JobState)
_OF_A_MINUTE: Final = ("ended", "done", "dead", "failed", "ran_ms")
_FOLD_AT_ONCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Move:
    """One job went from a state (None: it is new) to another (None: it was pruned)."""

    kind: str
    scope: str
    before: JobState | None
    after: JobState | None


def bucket_of(waited_ms: int) -> int:
    """The histogram's bucket: 0 for less than a millisecond, then two for each doubling."""
    return 0 if waited_ms < 1 else 1 + int(2 * math.log2(waited_ms))


def upper_bound_ms(bucket: int) -> float:
    return float(2 ** (bucket / 2))


def count_moves(moves: Iterable[Move], *, now: datetime) -> None:
    """Appends the changes of the live counts. Call in the transaction that makes them."""
    rows: dict[tuple[str, str], Delta] = {}
    for move in moves:
        row = rows.setdefault(
            (move.kind, move.scope), Delta(at=now, kind=move.kind, scope=move.scope)
        )
        if move.before is not None:
            _add(row, move.before, -1)
        if move.after is not None:
            _add(row, move.after, 1)
    Delta.objects.bulk_create(rows.values())


def _add(row: Delta, state: JobState, change: int) -> None:
    setattr(row, state.value, getattr(row, state.value) + change)


def fold(*, now: datetime) -> int:
    """Adds the appended changes to the totals and to the minutes. Answers how many rows it folded.

    Locked rows are left to whoever folds them; so two dispatchers can do no harm.
    """
    with transaction.atomic():
        rows = list(
            Delta.objects.select_for_update(skip_locked=True).order_by("pk")[:_FOLD_AT_ONCE]
        )
        totals: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        minutes: dict[tuple[datetime, str, str, int], Counter[str]] = defaultdict(Counter)
        for row in rows:
            totals[row.kind, row.scope].update({name: getattr(row, name) for name in STATES})
            if row.ended:
                minute = row.at.replace(second=0, microsecond=0)
                minutes[minute, row.kind, row.scope, row.bucket].update(
                    {name: getattr(row, name) for name in _OF_A_MINUTE}
                )
        for (kind, scope), changes in sorted(totals.items()):
            _add_to(Total, {"kind": kind, "scope": scope}, changes)
        for (at, kind, scope, bucket), changes in sorted(minutes.items()):
            place = {"at": at, "kind": kind, "scope": scope, "bucket": bucket}
            _add_to(Minute, place, changes)
        Delta.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _add_to(table: type[Model], place: dict[str, object], changes: Mapping[str, int]) -> None:
    rows = table._default_manager.filter(**place)
    added = {name: F(name) + change for name, change in changes.items() if change}
    if added and not rows.update(**added):
        table._default_manager.bulk_create([table(**place)], ignore_conflicts=True)
        rows.update(**added)


@dataclass(frozen=True, slots=True)
class LiveCounts:
    """How many jobs are in each state, by kind."""

    by_kind: Mapping[str, Mapping[str, int]]

    def by_state(self) -> dict[str, int]:
        """Without the states that hold none."""
        summed: Counter[str] = Counter()
        for counts in self.by_kind.values():
            summed.update(counts)
        return {state: count for state, count in summed.items() if count}


def live_counts(*, scope: str | None = None) -> LiveCounts:
    """From the totals and what is not folded into them yet. All scopes, or one."""
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    chosen = {} if scope is None else {"scope": scope}
    sums = {f"sum_of_{name}": Sum(name) for name in STATES}
    folded, fresh = (
        table._default_manager.filter(**chosen).values_list("kind").annotate(**sums)
        for table in (Total, Delta)
    )
    # One question: between two, a fold would move what the first has not seen to where the second does not look.
    for kind, *counts in folded.union(fresh, all=True):
        by_kind[kind].update(dict(zip(STATES, counts, strict=True)))
    return LiveCounts(by_kind)
