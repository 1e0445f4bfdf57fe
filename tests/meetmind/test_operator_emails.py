"""Operators hear of what does not mend itself, together, and only while there is some: jobs that failed for
good, and AI providers that refuse their key or miss their model."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from ai_engine import ledger
from ai_engine.call_log import BatchedCallLog, OutageRecord
from ai_engine.engine import Engine, engine
from ai_engine.errors import KeyRejected, ModelMissing
from ai_engine.providers.scripted import Fail, Say, Scripted
from meetmind.emails import tell_of_ai_outages
from scheduler.dead_letters import discard, tell_operators
from scheduler.enqueue import enqueue
from scheduler.models import Job
from scheduler.testing import drain_jobs
from tests.ai_engine.vendors import hello, live
from tests.cast import Cast
from tests.scheduler.probe import jobs as probe_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.portable]


def later() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=6)


def die(count: int) -> list[Job]:
    assert probe_jobs
    jobs = [enqueue("probe.answer", {"outcome": "fail"}) for _ in range(count)]
    drain_jobs()
    return jobs


def test_olga_gets_one_email_for_three_dead_letters(cast: Cast) -> None:
    die(3)
    tell_operators(now=later())
    drain_jobs()
    [letter] = mail.outbox
    assert letter.to == ["Olga <olga@host.example>"] or "olga@host.example" in letter.to[0]
    assert letter.subject == "3 jobs failed for good"
    assert "/scheduler/dead-letters/" in letter.body
    tell_operators(now=later())
    drain_jobs()
    assert len(mail.outbox) == 1


def test_nobody_is_written_to_once_they_were_discarded(cast: Cast) -> None:
    [job] = die(1)
    tell_operators(now=later())
    discard(job.pk, reason="a test")
    drain_jobs()
    assert mail.outbox == []


def test_olga_hears_once_of_a_key_that_is_rejected_and_of_a_model_that_is_gone(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    chain = [
        Scripted([Fail(KeyRejected), Say("ready")], name="gemini"),
        Scripted([Fail(ModelMissing)], name="groq"),
        Scripted(name="openrouter"),
    ]
    log = BatchedCallLog(ledger.store, seconds=0)
    with engine.replaced_by(Engine(chain, call_log=log)):
        for _ in range(3):
            engine.run(engine.complete(hello(live())))
        log.flush()
        assert [entry.levelname for entry in caplog.records] == ["ERROR"] * 2, (
            "once for each outage"
        )
        assert "GEMINI_API_KEY" in caplog.text

        for _ in range(2):
            tell_of_ai_outages(now=datetime.now(UTC))
            drain_jobs()
        another_process_sees_it_too()
        tell_of_ai_outages(now=datetime.now(UTC))
        drain_jobs()
        [letter] = mail.outbox
        assert letter.subject == "2 AI providers need you"
        assert "GEMINI_API_KEY" in letter.body
        assert "GROQ_MODEL" in letter.body
        assert "/ai/providers/" in letter.body


def another_process_sees_it_too() -> None:
    ledger.store([OutageRecord(provider="gemini", model="scripted-1", operation="complete", ended=None,
                               reason="key_rejected", began=datetime.now(UTC))])  # fmt: skip


def test_nobody_is_written_to_once_the_key_works_again(cast: Cast) -> None:
    log = BatchedCallLog(ledger.store, seconds=0)
    provider = Scripted([Fail(KeyRejected), Say("ready")], name="gemini")
    with engine.replaced_by(Engine([provider, Scripted(name="groq")], call_log=log)):
        engine.run(engine.complete(hello(live())))
        log.flush()
        assert tell_of_ai_outages(now=datetime.now(UTC)) == 1
        engine.run(engine.test_call("gemini", scope="operator"))
        log.flush()
        drain_jobs()
    assert mail.outbox == []
