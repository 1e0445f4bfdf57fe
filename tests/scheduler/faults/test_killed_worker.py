"""A worker is killed with jobs in its hands: all are done in time, each effect once."""

import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from scheduler.counters import live_counts
from scheduler.enqueue import enqueue, enqueue_many
from scheduler.models import Attempt, Job, Worker
from tests.scheduler.processes import fleet, kill_group, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

# Who is silent for so long is taken for dead; all that is waited for here follows from it.
IMPATIENT = {"SCHEDULER_LEASE": "4"}


@pytest.fixture
def effects(transactional_db: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("create table probe_effect (job_id bigint primary key, attempt int)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("drop table probe_effect")


def effects_by_job() -> Counter[int]:
    with connection.cursor() as cursor:
        cursor.execute("select job_id from probe_effect")
        return Counter(job_id for (job_id,) in cursor.fetchall())


def started(log: Path) -> int:
    return len(log.read_text().splitlines()) if log.exists() else 0


def done() -> int:
    return Job.objects.filter(state="done").count()


@pytest.mark.timeout(180)
def test_all_50_jobs_are_done_within_30_s_of_kill_9_each_effect_once(
    effects: None, tmp_path: Path
) -> None:
    """Half of them on the worker's threads, half on its event loop."""
    log = tmp_path / "started"
    with fleet(slots=4, settings=IMPATIENT) as processes:
        first = processes.worker()
        for _ in range(25):
            for kind in ("probe.effect", "probe.async_effect"):
                enqueue(kind, {"seconds": 0.2, "log": str(log)})
        wait_until(lambda: done() >= 12, seconds=40, what="12 jobs done")
        kill_group(first)
        processes.worker()
        took = wait_until(lambda: done() == 50, seconds=30, what=processes.logs())
    assert took < 30
    assert effects_by_job() == Counter(Job.objects.values_list("pk", flat=True))
    lost = Worker.objects.get(was_lost=True, pid=first.pid)
    assert Attempt.objects.filter(ended="crashed", worker_id=lost.pk).count() > 0
    assert live_counts().by_state() == Counter(Job.objects.values_list("state", flat=True))


@pytest.mark.timeout(180)
def test_a_job_that_kills_its_worker_three_times_is_a_dead_letter_and_takes_nobody_along(
    effects: None, tmp_path: Path
) -> None:
    with fleet(slots=2, settings=IMPATIENT) as processes:
        enqueue("probe.kills_its_worker", {})
        enqueue_many("probe.effect", ({"seconds": 0.3, "log": ""} for _ in range(6)))

        def all_settled() -> bool:
            if all(process.poll() is not None for process in processes.running):
                processes.worker()  # what supervises it does that in real life
            return not Job.objects.exclude(state__in=("done", "dead")).exists()

        wait_until(all_settled, seconds=120, what="everything settled")
    poison = Job.objects.get(kind="probe.kills_its_worker")
    assert (poison.state, poison.crashes) == ("dead", 3)
    assert done() == 6


@pytest.mark.timeout(120)
def test_a_worker_told_to_stop_hands_back_what_it_cannot_finish(effects: None) -> None:
    with fleet(slots=2) as processes:
        worker = processes.worker()
        long = enqueue("probe.async_effect", {"seconds": 25, "log": ""})
        short = enqueue("probe.effect", {"seconds": 1, "log": ""})
        wait_until(
            lambda: Job.objects.filter(state="running").count() == 2, seconds=40, what="both run"
        )
        worker.send_signal(signal.SIGTERM)
        wait_until(lambda: worker.poll() is not None, seconds=15, what="it left")
    long.refresh_from_db()
    short.refresh_from_db()
    assert (long.state, long.failures, long.crashes) == ("ready", 0, 0)
    assert short.state == "done"
    assert Attempt.objects.get(job_id=long.pk).ended == "handed_back"
    assert not Worker.objects.filter(stopped_at__isnull=True).exists()
