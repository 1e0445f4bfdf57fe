"""The scheduler inside one process: threads, an event, no Celery."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.enqueue import cancel_job, enqueue, enqueue_many, start_workflow
from scheduler.leases import GRACE
from scheduler.models import Attempt, Job, Worker, WorkflowRun
from scheduler.one_process import Parts
from scheduler.states import FINAL
from scheduler.workflow import Step, Workflow
from tests.scheduler.probe.jobs import BLOCKED, RELEASED
from tests.scheduler.processes import rest_what_recurs, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.portable]


@contextmanager
def running(slots: int = 3) -> Iterator[Parts]:
    rest_what_recurs()
    parts = Parts(slots=slots)
    parts.start()
    try:
        yield parts
    finally:
        parts.stop(grace=2)


def settled(*jobs: Job) -> Callable[[], bool]:
    ids = [job.pk for job in jobs]
    return lambda: Job.objects.filter(pk__in=ids, state__in=FINAL).count() == len(ids)


def test_a_job_starts_within_moments_of_the_commit() -> None:
    with running():
        warm = enqueue("probe.noop", {})
        wait_until(settled(warm), seconds=10, what="the first job")
        jobs = []
        for _ in range(5):
            jobs.append(enqueue("probe.noop", {}))
            wait_until(settled(jobs[-1]), seconds=5, what="an idle scheduler took a job")
    waits = sorted(Attempt.objects.exclude(job_id=warm.pk).values_list("waited_ms", flat=True))
    assert waits[2] < 500, "half of them; the benchmark is stricter, on a quiet machine"


def test_sync_and_async_jobs_and_a_workflow_all_get_done() -> None:
    with running():
        enqueue_many("probe.echo", ({"say": str(n)} for n in range(40)))
        enqueue_many("probe.batched", ({"n": n} for n in range(60)))
        enqueue_many("probe.async_echo", ({"say": str(n), "seconds": 0.01} for n in range(20)))
        run = start_workflow(
            Workflow(
                "diamond",
                (
                    Step("top", "probe.async_echo", payload={"say": "top"}),
                    Step("left", "probe.echo", after=("top",)),
                    Step("right", "probe.async_echo", after=("top",), payload={"say": "r"}),
                    Step(
                        "bottom", "probe.async_echo", after=("left", "right"), payload={"say": "b"}
                    ),
                ),
            )
        )
        wait_until(
            lambda: Job.objects.filter(state="done").count() == 124, seconds=40, what="124 jobs"
        )
        wait_until(
            lambda: WorkflowRun.objects.get(pk=run.pk).state == "done", seconds=5, what="its state"
        )
    assert Attempt.objects.count() == 124
    assert Job.objects.get(step="bottom").result == {"say": "b", "heard": ["left", "right"]}


def test_a_job_for_later_and_a_retry_come_on_time() -> None:
    with running():
        due = datetime.now(UTC) + timedelta(seconds=0.6)
        later = enqueue("probe.noop", {}, run_at=due)
        retried = enqueue("probe.answer", {"outcome": "retry", "succeed_at": 2})
        wait_until(settled(later, retried), seconds=15, what="both")
    later.refresh_from_db()
    retried.refresh_from_db()
    assert later.started_at is not None
    assert timedelta() <= later.started_at - due < timedelta(seconds=1)
    assert (retried.state, retried.attempt) == ("done", 2)


def test_a_running_job_is_cancelled_within_two_seconds() -> None:
    with running():
        sync = enqueue("probe.slow", {"seconds": 20})
        asynchronous = enqueue("probe.async_effect", {"seconds": 20, "log": ""})
        wait_until(
            lambda: Job.objects.filter(state="running").count() == 2, seconds=10, what="both run"
        )
        for job in (sync, asynchronous):
            assert cancel_job(job.pk, reason="not wanted")
        took = wait_until(settled(sync, asynchronous), seconds=10, what="both stopped")
    assert took < 5, "two seconds, and what a busy machine adds"
    assert set(Job.objects.values_list("state", flat=True)) == {"cancelled"}


def test_an_async_job_that_takes_too_long_is_stopped_and_tried_again() -> None:
    with running():
        job = enqueue("probe.async_slow", {"seconds": 20})
        wait_until(
            lambda: Attempt.objects.filter(job_id=job.pk).exists(), seconds=15, what="an attempt"
        )
    attempt = Attempt.objects.get(job_id=job.pk)
    assert (attempt.ended, attempt.reason) == ("retry", "It took longer than 1 s.")


def test_what_is_told_to_stop_is_over_when_it_has_tidied_up(tmp_path: Path) -> None:
    log = tmp_path / "tidied"
    with running():
        job = enqueue("probe.async_tidy", {"seconds": 0.6, "log": str(log)})
        wait_until(lambda: Job.objects.filter(state="running").exists(), seconds=10, what="it runs")
        cancel_job(job.pk, reason="not wanted")
        wait_until(settled(job), seconds=15, what="it stopped")
        assert log.exists()
    job.refresh_from_db()
    assert job.state == "cancelled"


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("what", ["transaction", "block", "connection", "fork"])
def test_what_a_handler_leaves_behind_reaches_no_other_job(what: str) -> None:
    with running(slots=1):
        careless = enqueue("probe.leaves_open", {"what": what})
        others = enqueue_many("probe.echo", ({} for _ in range(3)))
        wait_until(settled(careless, *others), seconds=15, what="all of them")
    careless.refresh_from_db()
    assert careless.state == ("done" if what in ("connection", "fork") else "dead")
    assert set(Job.objects.exclude(pk=careless.pk).values_list("state", flat=True)) == {"done"}
    assert Attempt.objects.count() == 4


def test_an_async_handler_that_exits_takes_no_other_along() -> None:
    with running():
        exits = enqueue("probe.async_exit", {})
        wait_until(settled(exits), seconds=10, what="its end")
        other = enqueue("probe.async_echo", {"say": "x"})
        wait_until(settled(other), seconds=10, what="the other's")
    assert [Job.objects.get(pk=job.pk).state for job in (exits, other)] == ["dead", "done"]


def test_an_async_handler_that_blocks_the_loop_holds_up_no_later_job() -> None:
    with running() as parts:
        blocks = enqueue("probe.async_blocks", {})
        try:
            assert BLOCKED.wait(10)
            [holding] = parts.worker.bench.holdings.values()
            holding.deadline -= GRACE  # it had all the time it gets
            wait_until(settled(blocks), seconds=10, what="it was given up")
            other = enqueue("probe.async_echo", {"say": "x"})
            wait_until(settled(other), seconds=10, what="the other's end")
        finally:
            RELEASED.set()
    assert [Job.objects.get(pk=job.pk).state for job in (blocks, other)] == ["dead", "done"]


def test_progress_shows_while_the_job_runs() -> None:
    with running():
        job = enqueue("probe.async_slow", {"seconds": 0.95})
        wait_until(
            lambda: Job.objects.get(pk=job.pk).progress == 0.5 or settled(job)(),
            seconds=10,
            what="its progress, or its end on a busy machine",
        )


def test_a_stop_hands_back_what_cannot_finish_and_leaves_no_thread() -> None:
    before = threading.active_count()
    with running() as parts:
        job = enqueue("probe.async_effect", {"seconds": 30, "log": ""})
        wait_until(lambda: Job.objects.filter(state="running").exists(), seconds=10, what="it runs")
        began = time.monotonic()
        parts.stop(grace=0.2)
        assert time.monotonic() - began < 8
    job.refresh_from_db()
    assert (job.state, job.failures) == ("ready", 0)
    assert not Worker.objects.filter(stopped_at__isnull=True).exists()
    wait_until(lambda: threading.active_count() <= before + 1, seconds=10, what="threads ended")


def test_one_at_a_time_is_one_at_a_time() -> None:
    with running(slots=4):
        jobs = enqueue_many("probe.one_at_a_time", ({} for _ in range(12)))
        wait_until(settled(*jobs), seconds=30, what="all of them")
    spans = sorted(Attempt.objects.values_list("started_at", "finished_at"))
    assert all(earlier[1] <= later[0] for earlier, later in itertools.pairwise(spans))
