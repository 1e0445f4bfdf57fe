"""A job of a kind that nobody here knows is kept and shown, never discarded; who comes to know it runs it."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from scheduler import clock, housekeeping
from scheduler.enqueue import enqueue
from scheduler.handlers import HANDLERS, Handler, Run, handler
from scheduler.leases import LEASE
from scheduler.models import Job
from scheduler.testing import drain_jobs
from scheduler.workers import register
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.portable]

KIND = "probe.of_the_next_version"


@pytest.fixture
def newer() -> Iterator[Handler]:
    """The handler as the next version has it. That version enqueued the job; this one has no such handler."""
    handler(KIND)(of_the_next_version)
    enqueue(KIND, {})
    yield HANDLERS.pop(KIND)
    HANDLERS.pop(KIND, None)


def of_the_next_version(run: Run) -> None:
    """Does nothing."""


def test_it_waits_for_a_worker_that_knows_it(newer: Handler) -> None:
    enqueue("probe.noop", {})
    assert drain_jobs() == 1, "what came after it is run all the same"
    housekeeping.prune(now=clock.now() + timedelta(days=365))
    assert Job.objects.get(kind=KIND).state == "ready"
    HANDLERS[KIND] = newer
    assert drain_jobs() == 1
    assert Job.objects.get(kind=KIND).state == "done"


def test_one_that_its_own_worker_lost_is_rescued_by_who_does_not_know_it(newer: Handler) -> None:
    lost = register(slots=1, carrier="threads")
    Job.objects.update(state="running", attempt=1, worker_id=lost, started_at=clock.now())
    later = clock.now() + LEASE + timedelta(seconds=1)
    assert housekeeping.rescue(now=later) == 1
    assert drain_jobs() == 0
    assert Job.objects.get().state == "ready"
    HANDLERS[KIND] = newer
    assert drain_jobs() == 1


def test_page_api_and_terminal_show_that_nobody_knows_it(cast: Cast, newer: Handler) -> None:
    job, familiar = Job.objects.get(), enqueue("probe.noop", {})
    client = Client()
    client.force_login(cast.olga)

    def told() -> list[bool]:
        listed, words = client.get(f"/api/v1/jobs?kind={KIND}").json()["items"], StringIO()
        call_command("jobs", "list", stdout=words)
        pages = ("", "jobs/", f"jobs/?kind={KIND}", f"jobs/{job.pk}/")
        return [
            *("nobody here knows it" in page_at(client, page) for page in pages),
            *(not one["is_known"] for one in listed),
            f"{KIND} (unknown here)" in words.getvalue(),
        ]

    assert told() == [True] * 6
    assert "nobody here knows it" not in page_at(client, f"jobs/{familiar.pk}/")
    HANDLERS[KIND] = newer
    assert told() == [False] * 6


def page_at(client: Client, path: str) -> str:
    return client.get(f"/scheduler/{path}").content.decode()
