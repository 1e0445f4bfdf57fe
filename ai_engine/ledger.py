"""Stores the ledger's records in batches, and reads the rules of a scope."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from operator import attrgetter

from asgiref.sync import sync_to_async
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import F, Sum

from ai_engine.call_log import CallRecord, EntryRefused, LogEntry, OutageRecord
from ai_engine.inputs import ScopeRules
from ai_engine.models import DailyUse, ModelCall, Outage, ScopeLimit

_COLUMNS = tuple(str(field.column) for field in ModelCall._meta.concrete_fields[1:])
_LONGEST_MODEL = 120
_REFUSALS = (DataError, IntegrityError, ValidationError, ValueError, TypeError, ArithmeticError)
_in_order = attrgetter(*_COLUMNS)


def store(entries: Sequence[LogEntry]) -> None:
    """One transaction for a batch. A record that is already there is not counted again.

    Raises EntryRefused where a value is at fault, and not the database.
    """
    try:
        _store(entries)
    except _REFUSALS as problem:
        raise EntryRefused(str(problem)[:500]) from problem


@transaction.atomic
def _store(entries: Sequence[LogEntry]) -> None:
    calls = _new(entry for entry in entries if isinstance(entry, CallRecord))
    if calls:
        _insert(calls)
        _add_to_days(calls)
    for entry in entries:
        if isinstance(entry, OutageRecord):
            Outage.objects.update_or_create(
                provider=entry.provider,
                model=entry.model,
                operation=entry.operation,
                began=entry.began,
                defaults={"reason": entry.reason, "ended": entry.ended},
            )


def _insert(calls: Sequence[CallRecord]) -> None:
    """On PostgreSQL as one JSON text: Django would prepare every value of every row by itself, and that
    costs more than making the call that is recorded."""
    if connection.vendor != "postgresql":
        rows = [ModelCall(**asdict(call)) for call in calls]
        for row in rows:  # SQLite takes whatever it is given, and then nobody can read it
            for field in ModelCall._meta.concrete_fields:
                field.run_validators(getattr(row, field.attname))
        ModelCall.objects.bulk_create(rows, ignore_conflicts=True)
        return
    table, columns = ModelCall._meta.db_table, ", ".join(_COLUMNS)
    text = json.dumps(
        [dict(zip(_COLUMNS, _in_order(call), strict=True)) for call in calls], default=str
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} "  # noqa: S608 # our own names
            f"FROM json_populate_recordset(NULL::{table}, %s::json) ON CONFLICT DO NOTHING",
            [text],
        )


def _new(calls: Iterable[CallRecord]) -> list[CallRecord]:
    """Without those that an earlier try had stored although it seemed to fail."""
    given = {(call.request_id, call.attempt): _fitting(call) for call in calls}
    rows = ModelCall.objects.filter(request_id__in={request_id for request_id, _ in given})
    for key in rows.values_list("request_id", "attempt"):
        given.pop(key, None)
    return list(given.values())


def _fitting(call: CallRecord) -> CallRecord:
    """The name of the model that answered is the provider's own word: it must not spoil a whole batch."""
    served = call.model_served.replace("\0", "")[:_LONGEST_MODEL]
    return call if served == call.model_served else replace(call, model_served=served)


@dataclass(slots=True)
class _Day:
    calls: int = 0
    failures: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: Decimal = Decimal(0)


def _add_to_days(calls: Sequence[CallRecord]) -> None:
    days: defaultdict[tuple[str, date, str], _Day] = defaultdict(_Day)
    for call in calls:
        day = days[call.scope, call.at.date(), call.provider]
        day.calls += 1
        day.failures += call.outcome not in {"ok", "cancelled"}
        day.tokens_in += call.tokens_in
        day.tokens_out += call.tokens_out + call.tokens_thinking
        day.cost += call.cost or Decimal(0)
    for key in sorted(days):  # in one order everywhere, or two batches could wait for each other
        scope, on, provider = key
        used = days[key]
        row, _ = DailyUse.objects.get_or_create(scope=scope, day=on, provider=provider)
        DailyUse.objects.filter(pk=row.pk).update(
            calls=F("calls") + used.calls,
            failures=F("failures") + used.failures,
            tokens_in=F("tokens_in") + used.tokens_in,
            tokens_out=F("tokens_out") + used.tokens_out,
            cost=F("cost") + used.cost,
        )


def rules_of(scope: str) -> ScopeRules:
    """What a call needs to know; sums are made only where there is a limit to compare them with."""
    limit = ScopeLimit.objects.filter(scope=scope).first()
    if limit is None:
        return ScopeRules()
    spent = Decimal(0) if limit.monthly_budget is None else spent_this_month(scope)
    return ScopeRules(frozenset(limit.providers_off), limit.monthly_budget, spent)


def spent_this_month(scope: str) -> Decimal:
    first = datetime.now(UTC).date().replace(day=1)
    days = DailyUse.objects.filter(scope=scope, day__gte=first)
    return days.aggregate(sum=Sum("cost"))["sum"] or Decimal(0)


async def load_rules(scope: str) -> ScopeRules:
    return await sync_to_async(_rules_over_a_live_connection)(scope)


def _rules_over_a_live_connection(scope: str) -> ScopeRules:
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()  # no request begins or ends on this thread
    return rules_of(scope)
