"""Operators hear of jobs that failed for good, together, and only while there are some."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from scheduler.dead_letters import discard, tell_operators
from scheduler.enqueue import enqueue
from scheduler.models import Job
from scheduler.testing import drain_jobs
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
