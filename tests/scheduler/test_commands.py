"""Jobs in the terminal, and for Prometheus."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from scheduler.enqueue import enqueue
from scheduler.models import Job
from scheduler.testing import drain_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.portable]


def jobs(*words: str) -> str:
    out = StringIO()
    call_command("jobs", *words, stdout=out)
    return out.getvalue()


def test_a_dead_letter_is_found_shown_and_replayed() -> None:
    job = enqueue("probe.answer", {"outcome": "fail"})
    drain_jobs()
    assert str(job.pk) in jobs("list", "--state", "dead")
    assert "Failed for good. never" in jobs("show", str(job.pk))
    assert "runs again" in jobs("replay", str(job.pk))
    with pytest.raises(CommandError, match="is not a dead letter"):
        jobs("replay", str(job.pk))


def test_a_job_is_asked_for_and_cancelled() -> None:
    jobs("enqueue", "probe.echo", '{"say": "x"}')
    job = Job.objects.get()
    assert "probe.echo: 1 ready" in jobs("status")
    assert "cancelled" in jobs("cancel", str(job.pk))
    for words in (("cancel", "0"), ("enqueue", "probe.echo", "{"), ("enqueue", "nobody")):
        with pytest.raises(CommandError):
            jobs(*words)


def test_a_kind_is_paused_and_resumed() -> None:
    enqueue("probe.noop", {})
    jobs("pause", "probe.noop")
    assert (drain_jobs(), "(paused)" in jobs("status")) == (0, True)
    jobs("resume", "probe.noop")
    assert drain_jobs() == 1


def test_prometheus_reads_the_counts() -> None:
    enqueue("probe.noop", {})
    text = Client().get("/metrics").content.decode()
    assert 'scheduler_jobs{kind="probe.noop",state="ready"} 1.0' in text
    assert "scheduler_oldest_ready_seconds" in text
