"""Every attempt is in the ledger, costs add up by day, and a scope's rules are kept."""

import threading
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync

from ai_engine import ledger, prompts, usage
from ai_engine.call_log import (
    BatchedCallLog,
    CallRecord,
    EntryRefused,
    LogEntry,
    OutageRecord,
)
from ai_engine.engine import Engine
from ai_engine.errors import Overloaded, Unreachable
from ai_engine.inputs import ScopeRules
from ai_engine.models import DailyUse, ModelCall
from ai_engine.policy import CachedPolicy
from ai_engine.providers.scripted import Fail, Say, Scripted
from tests.ai_engine.vendors import hello

NOW = datetime.now(UTC)
PROMPTS = Path(prompts.__file__).parent


def record(number: int, **changes: object) -> CallRecord:
    given: dict[str, object] = {
        "request_id": f"r{number}", "attempt": 1, "at": NOW, "scope": "acme", "interview_ref": "i1",
        "skill": "any", "prompt_version": "any-1", "lane": "live", "operation": "complete",
        "provider": "groq", "model": "m", "model_served": "m", "outcome": "ok", "status": None,
        "first_token_ms": None, "total_ms": 100 + number, "tokens_in": 10, "tokens_out": 5,
        "cost": Decimal("0.01"),
    }  # fmt: skip
    return CallRecord(**(given | changes))  # type: ignore[arg-type] # the fields by name


@pytest.mark.django_db
@pytest.mark.portable
def test_failed_attempts_are_rows_too_and_days_add_up() -> None:
    log = BatchedCallLog(ledger.store, seconds=0)
    chain = [Scripted([Fail(Overloaded)], name="a"), Scripted([Say("Yes.")], name="b")]
    engine = Engine(chain, call_log=log)
    async_to_sync(engine.complete)(hello())
    assert ModelCall.objects.count() == 0, "nothing is written in the path of an answer"
    log.flush()
    rows = ModelCall.objects.order_by("attempt").values_list("provider", "outcome", "attempt")
    assert list(rows) == [("a", "overloaded", 1), ("b", "ok", 2)]
    assert DailyUse.objects.get(provider="a").failures == 1


@pytest.mark.django_db
@pytest.mark.portable
def test_a_batch_that_is_stored_twice_counts_its_rows_once() -> None:
    ledger.store([record(1)])
    ledger.store([record(1), record(2)])
    assert ModelCall.objects.count() == 2
    assert DailyUse.objects.get().calls == 2


@pytest.mark.django_db
@pytest.mark.portable
@pytest.mark.parametrize("name", sorted(file.stem for file in PROMPTS.glob("*.md")))
def test_the_calls_of_every_skill_fit(name: str) -> None:
    """A row that does not fit is left out, and its money with it."""
    ledger.store([record(1, skill=name, prompt_version=prompts.load(name).version + "00")])
    assert ModelCall.objects.get().skill == name


@pytest.mark.django_db
@pytest.mark.portable
def test_a_row_holds_what_the_record_says() -> None:
    given = record(1, status=503, first_token_ms=12, tokens_cached=3, tokens_thinking=4, audio_seconds=1.5,
                   cost_source="price_table", degraded=True, model_served="x\0" + "y" * 300)  # fmt: skip
    ledger.store([given])
    row = ModelCall.objects.get()
    for name in (field.name for field in fields(given) if field.name != "model_served"):
        assert getattr(row, name) == getattr(given, name), name
    assert row.model_served == "x" + "y" * 119, "a provider's own word, cut to fit"


@pytest.mark.django_db
@pytest.mark.portable
def test_figures_for_people() -> None:
    ledger.store([record(number) for number in range(20)])
    ledger.store([record(30, outcome="overloaded", cost=None), record(31, scope="rival")])
    day = usage.cost_by_day(scope="acme")[0]
    assert (day.calls, day.failures, day.cost) == (21, 1, Decimal("0.20"))
    assert usage.cost_by_day(scope=None)[0].calls == 22
    groq = usage.provider_records(scope="acme")[0]
    assert (groq.calls, groq.failures, groq.kinds) == (21, 1, (("overloaded", 1),))
    assert groq.slow_ms == 119


@pytest.mark.django_db
@pytest.mark.portable
def test_an_outage_has_a_beginning_and_an_end() -> None:
    log = BatchedCallLog(ledger.store, seconds=0)
    provider = Scripted([Fail(Unreachable)] * 2 + [Say("ready")])
    engine = Engine([provider, Scripted(name="other")], call_log=log)
    for _ in range(2):
        async_to_sync(engine.complete)(hello())
    log.flush()
    assert usage.last_outages()[0].ended is None
    log.note(
        OutageRecord(provider="scripted", model="scripted-1", operation="complete",
                     reason="unreachable", began=usage.last_outages()[0].began, ended=NOW)
    )  # fmt: skip
    log.flush()
    assert [outage.ended for outage in usage.last_outages()] == [NOW]


def began(hours: float) -> OutageRecord:
    at = NOW - timedelta(hours=hours)
    return OutageRecord(provider="groq", model="m", operation="complete", reason="timed_out",
                        began=at, ended=None)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.portable
@pytest.mark.parametrize(
    ("calls", "ended"),
    [
        ([], timedelta(hours=-3) + usage.LONGEST_SILENCE),
        ([(-2.5, "timed_out")], timedelta(hours=-2.5) + usage.LONGEST_SILENCE),
        ([(-2.5, "timed_out"), (-2.45, "ok"), (-1, "ok")], timedelta(hours=-2.45)),
        ([(-2.5, "timed_out"), (-0.01, "timed_out")], None),
    ],
    ids=["nobody tried again", "the last try is long ago", "it answered since", "it goes on"],
)
def test_the_end_of_an_outage_whose_process_died_is_seen_in_the_calls(
    calls: list[tuple[float, str]], ended: timedelta | None
) -> None:
    ledger.store([began(3)])
    ledger.store(
        [
            record(number, at=NOW + timedelta(hours=hours), outcome=outcome)
            for number, (hours, outcome) in enumerate(calls)
        ]
    )
    assert usage.last_outages(now=NOW)[0].ended == (None if ended is None else NOW + ended)


@pytest.mark.django_db
@pytest.mark.portable
def test_old_rows_are_pruned_and_the_figures_of_their_days_stay() -> None:
    old = NOW - timedelta(days=400)
    ledger.store([record(1, at=old), record(2), replace(began(3), began=old), began(3)])
    assert usage.prune_calls(before=NOW - timedelta(days=365)) == 2
    assert [row.request_id for row in ModelCall.objects.all()] == ["r2"]
    assert len(usage.last_outages()) == 1
    assert DailyUse.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.portable
def test_rules_of_a_scope() -> None:
    ledger.store([record(1), record(2, at=NOW - timedelta(days=40)), record(3, scope="rival")])
    usage.set_scope_rules(scope="acme", providers_off=["gemini"], monthly_budget=Decimal(3))
    rules = usage.scope_rules(scope="acme")
    assert rules.providers_off == {"gemini"}
    assert (rules.budget, rules.spent) == (Decimal(3), Decimal("0.01"))
    assert usage.scope_rules(scope="rival").budget is None


@pytest.mark.django_db
def test_an_erased_interview_leaves_figures_and_no_name() -> None:
    ledger.store([record(1)])
    assert usage.forget_interview(interview_ref="i1") == 1
    assert not ModelCall.objects.filter(interview_ref="i1").exists()
    assert DailyUse.objects.get().calls == 1


def test_a_thread_stores_batches_within_a_second() -> None:
    stored = threading.Event()
    batches: list[Sequence[LogEntry]] = []

    def store(entries: Sequence[LogEntry]) -> None:
        batches.append(list(entries))
        stored.set()

    log = BatchedCallLog(store, seconds=0.05)
    for number in range(10):
        log.note(record(number))
    assert stored.wait(1)
    assert sum(len(batch) for batch in batches) == 10


def test_what_cannot_be_stored_waits_for_the_next_time() -> None:
    stored: list[str] = []
    is_away = True

    def store_or_break(entries: Sequence[LogEntry]) -> None:
        if is_away:
            raise OSError("the database is away")
        stored.extend(names(entries))

    log = BatchedCallLog(store_or_break, seconds=0)
    for number in range(1, 1201):
        log.note(record(number))
    with pytest.raises(OSError, match="away"):
        log.flush()
    is_away = False
    log.flush()
    assert stored == [f"r{number}" for number in range(1, 1201)], "all of them, in their order"


@pytest.mark.parametrize(
    "bad", [{"r1"}, {"r7", "r8"}, {f"r{number}" for number in range(9)}, {"r999"}]
)
def test_an_entry_that_is_refused_holds_up_no_other(bad: set[str]) -> None:
    stored: set[str] = set()

    def store_unless_bad(entries: Sequence[LogEntry]) -> None:
        if bad & set(names(entries)):
            raise EntryRefused("out of range")
        stored.update(names(entries))

    log = BatchedCallLog(store_unless_bad, seconds=0)
    for number in range(1000):
        log.note(record(number))
    log.flush()
    assert stored == {f"r{number}" for number in range(1000)} - bad


@pytest.mark.django_db
@pytest.mark.portable
@pytest.mark.parametrize(
    "bad",
    [
        {"tokens_in": -(10**30)},
        {"cost": Decimal("NaN")},
        {"cost": Decimal(10**12)},
        {"skill": "x" * 400},
    ],
)
def test_what_no_table_takes_is_left_out_however_many_there_are(bad: dict[str, object]) -> None:
    log = BatchedCallLog(ledger.store, seconds=0)
    for number in range(4):
        log.note(record(number, **bad))
    log.note(record(4))
    log.flush()
    assert [row.request_id for row in ModelCall.objects.all()] == ["r4"]
    assert DailyUse.objects.get().calls == 1


def names(entries: Sequence[LogEntry]) -> list[str]:
    return [entry.request_id for entry in entries if isinstance(entry, CallRecord)]


async def test_rules_are_asked_for_once_a_second() -> None:
    asked: list[str] = []
    now = [0.0]

    async def load(scope: str) -> ScopeRules:
        asked.append(scope)
        return ScopeRules()

    policy = CachedPolicy(load, lambda: now[0])
    for _ in range(5):
        await policy.rules("acme")
    now[0] = 1.1
    await policy.rules("acme")
    assert asked == ["acme", "acme"]
