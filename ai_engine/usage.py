"""Figures for people: what the AI cost, how the providers fared, and what a scope may use."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Avg, Count, Max, Min, Sum
from django.db.models.functions import TruncHour

from ai_engine.errors import remedy_for
from ai_engine.inputs import ScopeRules
from ai_engine.ledger import rules_of, spent_this_month
from ai_engine.models import DailyUse, ModelCall, Outage, ScopeLimit
from ai_engine.resilience.health import TRIPPED_REST

_LOOKED_AT = 200
LONGEST_SILENCE = timedelta(seconds=TRIPPED_REST * 1.2)
"""The longest rest of a breaker, its jitter included."""


@dataclass(frozen=True, slots=True)
class DayCost:
    day: date
    provider: str
    calls: int
    failures: int
    tokens_in: int
    tokens_out: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class ProviderRecord:
    """How one provider fared lately. `slow_ms`: nineteen of twenty answers came sooner."""

    provider: str
    calls: int
    failures: int
    average_ms: int
    slow_ms: int
    kinds: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class HourOfAnswers:
    """The good answers of one provider in one hour."""

    provider: str
    hour: datetime
    answers: int
    average_ms: int


@dataclass(frozen=True, slots=True)
class OutageSeen:
    provider: str
    operation: str
    reason: str
    began: datetime
    ended: datetime | None

    @property
    def remedy(self) -> str:
        """What a person has to do, while it goes on."""
        return "" if self.ended else remedy_for(self.provider, self.reason)


def cost_by_day(*, scope: str | None, days: int = 30) -> tuple[DayCost, ...]:
    """The days of one scope, or of all (None), oldest first."""
    first = datetime.now(UTC).date() - timedelta(days=days - 1)
    used = DailyUse.objects.filter(day__gte=first)
    if scope is not None:
        used = used.filter(scope=scope)
    rows = (
        used.values("day", "provider")
        .annotate(
            all_calls=Sum("calls"),
            all_failures=Sum("failures"),
            read=Sum("tokens_in"),
            written=Sum("tokens_out"),
            spent=Sum("cost"),
        )
        .order_by("day", "provider")
    )
    return tuple(
        DayCost(
            row["day"], row["provider"], row["all_calls"], row["all_failures"],
            row["read"], row["written"], row["spent"],
        )
        for row in rows
    )  # fmt: skip


def provider_records(*, hours: int = 24, scope: str | None = None) -> tuple[ProviderRecord, ...]:
    """Every provider that was asked in the last hours."""
    since = datetime.now(UTC) - timedelta(hours=hours)
    calls = ModelCall.objects.filter(at__gte=since).exclude(provider="offline")
    if scope is not None:
        calls = calls.filter(scope=scope)
    kinds: dict[str, list[tuple[str, int]]] = {}
    totals: dict[str, int] = {}
    counted = calls.values("provider", "outcome").annotate(number=Count("id")).order_by("-number")
    for row in counted:
        totals[row["provider"]] = totals.get(row["provider"], 0) + row["number"]
        if row["outcome"] not in {"ok", "cancelled"}:
            kinds.setdefault(row["provider"], []).append((row["outcome"], row["number"]))
    records = []
    for provider, total in sorted(totals.items()):
        good = calls.filter(provider=provider, outcome="ok")
        average = good.aggregate(average=Avg("total_ms"))["average"] or 0
        at = int(good.count() * 0.95)
        slow = good.order_by("total_ms").values_list("total_ms", flat=True)[at : at + 1]
        failed = kinds.get(provider, [])
        records.append(
            ProviderRecord(
                provider, total, sum(number for _, number in failed), round(average),
                next(iter(slow), 0), tuple(failed),
            )
        )  # fmt: skip
    return tuple(records)


def answers_by_hour(*, hours: int = 24) -> tuple[HourOfAnswers, ...]:
    """How long good answers took, by provider and then by hour, everybody's."""
    since = datetime.now(UTC) - timedelta(hours=hours)
    good = ModelCall.objects.filter(at__gte=since, outcome="ok").exclude(provider="offline")
    rows = (
        good.annotate(hour=TruncHour("at", tzinfo=UTC))
        .values("provider", "hour")
        .annotate(answers=Count("id"), average=Avg("total_ms"))
        .order_by("provider", "hour")
    )
    return tuple(
        HourOfAnswers(row["provider"], row["hour"], row["answers"], round(row["average"]))
        for row in rows
    )


def last_outages(*, most: int = 30, now: datetime | None = None) -> tuple[OutageSeen, ...]:
    """Newest first; `ended` is empty only for one that goes on."""
    now = now or datetime.now(UTC)
    return tuple(
        OutageSeen(
            row.provider, row.operation, row.reason, row.began, row.ended or _seen_to_end(row, now)
        )
        for row in Outage.objects.order_by("-began")[:most]
    )


def outages_that_need_a_person(*, now: datetime | None = None) -> tuple[OutageSeen, ...]:
    """Those that go on and that no waiting cures, one for each provider and reason: every process sees its own."""
    found: dict[tuple[str, str], OutageSeen] = {}
    for outage in last_outages(most=_LOOKED_AT, now=now):
        if outage.remedy:
            found[outage.provider, outage.reason] = outage
    return tuple(found.values())


def tell_of_outages(tell: Callable[[tuple[OutageSeen, ...]], None], *, now: datetime) -> int:
    """Hands over those that need a person and that nobody was told of; of one provider's trouble once, until
    it is over. `tell` is called in the transaction that notes it. Answers how many."""
    with transaction.atomic():
        open_ones = outages_that_need_a_person(now=now)
        untold = []
        for outage in open_ones:
            rows = Outage.objects.select_for_update(no_key=True).filter(
                provider=outage.provider, reason=outage.reason, began__gte=outage.began
            )
            if not any(row.told_at for row in rows):
                untold.append(outage)
            rows.filter(told_at__isnull=True).update(told_at=now)
        if untold:
            tell(tuple(untold))
    return len(untold)


def _seen_to_end(outage: Outage, now: datetime) -> datetime | None:
    """A process that dies cannot write down the end. But whoever is still in an outage tries again after its
    longest rest at the latest, and that is a row: without a failure for so long, or with an answer, it is over.
    """
    calls = ModelCall.objects.filter(
        provider=outage.provider, model=outage.model, operation=outage.operation
    )
    failures = calls.filter(at__gte=outage.began).exclude(outcome__in=("ok", "cancelled"))
    last = failures.aggregate(at=Max("at"))["at"] or outage.began
    answered = calls.filter(at__gt=last, outcome="ok").aggregate(at=Min("at"))["at"]
    end: datetime = min(filter(None, (last + LONGEST_SILENCE, answered)))
    return end if end <= now else None


def prune_calls(*, before: datetime) -> int:
    """Deletes the rows of calls and outages from before then; the figures by day stay. Answers how many."""
    calls, _ = ModelCall.objects.filter(at__lt=before).delete()
    outages, _ = Outage.objects.filter(began__lt=before).delete()
    return calls + outages


def scope_rules(*, scope: str) -> ScopeRules:
    """Its rules, and what it spent this month."""
    return replace(rules_of(scope), spent=spent_this_month(scope))


def set_scope_rules(
    *, scope: str, providers_off: Iterable[str], monthly_budget: Decimal | None
) -> ScopeRules:
    """What a scope may use from now on; every process knows within a second."""
    ScopeLimit.objects.update_or_create(
        scope=scope,
        defaults={"providers_off": sorted(providers_off), "monthly_budget": monthly_budget},
    )
    return scope_rules(scope=scope)


def forget_interview(*, interview_ref: str) -> int:
    """Takes the interview's name out of the ledger (erasure); the figures stay."""
    return ModelCall.objects.filter(interview_ref=interview_ref).update(interview_ref="")
