"""What the leading dispatcher does for all: rescue, alarms, pruning, recurring jobs, leading itself."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from scheduler import clock, housekeeping, leader
from scheduler.counters import fold, live_counts
from scheduler.dead_letters import DeadLetter, tell_operators, tell_operators_with
from scheduler.dispatcher import Dispatcher
from scheduler.enqueue import enqueue, enqueue_many, start_workflow
from scheduler.execute import Bench, finish_and_claim
from scheduler.leases import LEASE
from scheduler.models import Attempt, Edge, Job, LeaderLease, RecurringJob, Worker
from scheduler.outcomes import Done
from scheduler.recurring import BadScheduleError, enqueue_due, next_time, set_recurring
from scheduler.runners import ThreadRunner
from scheduler.testing import drain_jobs
from scheduler.verdict import Ending, settle
from scheduler.workers import beat, register
from scheduler.workflow import Step, Workflow

pytestmark = [pytest.mark.django_db, pytest.mark.portable]

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def claimed_by_a_worker(*jobs: Job) -> tuple[Bench, int]:
    worker_id = register(slots=1, carrier="threads")
    bench = Bench(ThreadRunner(), worker_id=worker_id)
    for _ in jobs:
        assert finish_and_claim(bench, [])
    return bench, worker_id


def after_the_lease() -> datetime:
    return clock.now() + LEASE + timedelta(seconds=1)


def test_the_jobs_of_a_silent_worker_are_taken_back_and_its_late_answer_is_refused() -> None:
    job = enqueue("probe.noop", {})
    bench, worker_id = claimed_by_a_worker(job)
    assert housekeeping.rescue(now=clock.now()) == 0, "its lease still runs"
    assert housekeeping.rescue(now=after_the_lease()) == 1
    job.refresh_from_db()
    assert (job.state, job.crashes, job.failures) == ("ready", 1, 0)
    assert Attempt.objects.get(job_id=job.pk).ended == "crashed"
    assert Worker.objects.get(pk=worker_id).was_lost
    assert not beat(worker_id), "it must find out that it was declared lost"
    [holding] = bench.holdings.values()
    late = settle(Ending(holding.claimed, Done("late"), clock.now()), backoff=(), chance=0.5)
    bench.stopping.set()
    finish_and_claim(bench, [late])
    job.refresh_from_db()
    assert (job.state, job.result) == ("ready", None)
    assert live_counts().by_state() == {"ready": 1}


def test_two_rescuers_take_a_job_back_once() -> None:
    job = enqueue("probe.noop", {})
    claimed_by_a_worker(job)
    assert [housekeeping.rescue(now=after_the_lease()) for _ in range(2)] == [1, 0]


def test_the_third_crash_is_a_dead_letter() -> None:
    job = enqueue("probe.noop", {})
    for _ in range(3):
        claimed_by_a_worker(job)
        housekeeping.rescue(now=after_the_lease())
    job.refresh_from_db()
    assert (job.state, job.crashes) == ("dead", 3)
    assert "3 of 3" in job.reason


def test_a_suspect_runs_beside_no_other_suspect() -> None:
    jobs = enqueue_many("probe.noop", ({} for _ in range(3)))
    claimed_by_a_worker(*jobs)
    housekeeping.rescue(now=after_the_lease())
    bench = Bench(ThreadRunner(), worker_id=register(slots=3, carrier="threads"))
    assert [len(finish_and_claim(bench, [])) for _ in range(3)] == [1, 0, 0]


def test_a_lost_job_that_somebody_cancelled_stays_cancelled() -> None:
    job = enqueue("probe.noop", {})
    claimed_by_a_worker(job)
    Job.objects.update(cancel_requested=True, reason="not wanted")
    housekeeping.rescue(now=after_the_lease())
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_a_job_that_waits_past_its_bound_raises_an_alarm() -> None:
    job = enqueue("probe.noop", {})
    assert housekeeping.starving(now=clock.now()) == []
    late = clock.now() + housekeeping.WAITED_TOO_LONG + timedelta(seconds=1)
    assert [one.job_id for one in housekeeping.starving(now=late)] == [job.pk]


def test_what_ended_long_ago_is_removed_with_all_that_hangs_on_it() -> None:
    run = start_workflow(
        Workflow("pair", (Step("a", "probe.echo"), Step("b", "probe.echo", after=("a",))))
    )
    dead = enqueue("probe.answer", {"outcome": "fail"})
    open_job = enqueue("probe.noop", {}, run_at=clock.now() + timedelta(days=300))
    drain_jobs()
    assert housekeeping.prune(now=clock.now()) == 0
    assert housekeeping.prune(now=clock.now() + timedelta(days=3)) == 2
    assert set(Job.objects.values_list("pk", flat=True)) == {dead.pk, open_job.pk}
    assert not Edge.objects.exists()
    assert set(Attempt.objects.values_list("job_id", flat=True)) == {dead.pk}
    housekeeping.prune(now=clock.now() + timedelta(days=100))
    assert not type(run).objects.exists()
    fold(now=clock.now())
    assert live_counts().by_state() == {"waiting": 1}


def test_a_recurring_job_makes_one_job_for_each_time() -> None:
    set_recurring(name="nightly", kind="probe.noop", payload={}, cron="0 3 * * *")
    RecurringJob.objects.update(next_at=NOW)
    assert [enqueue_due(now=NOW), enqueue_due(now=NOW)] == [1, 0]
    row = RecurringJob.objects.get()
    assert (row.last_at, row.next_at) == (NOW, datetime(2026, 11, 25, 3, tzinfo=UTC))
    RecurringJob.objects.update(next_at=NOW)  # as if the dispatcher had died before it noted it
    enqueue_due(now=NOW)
    assert Job.objects.filter(recurring="nightly").count() == 1


@pytest.mark.parametrize(
    ("catch_up", "expected"),
    [
        (RecurringJob.CatchUp.SKIP, 0),
        (RecurringJob.CatchUp.ONCE, 1),
        (RecurringJob.CatchUp.ALL, 3),
    ],
)
def test_missed_times_are_caught_up_as_was_asked(
    catch_up: RecurringJob.CatchUp, expected: int
) -> None:
    set_recurring(name="hourly", kind="probe.noop", payload={}, cron="0 * * * *", catch_up=catch_up)
    RecurringJob.objects.update(next_at=NOW - timedelta(hours=2, minutes=30))
    RecurringJob.objects.update(next_at=datetime(2026, 11, 24, 9, tzinfo=UTC))
    enqueue_due(now=datetime(2026, 11, 24, 11, 30, tzinfo=UTC))
    assert Job.objects.count() == expected
    assert RecurringJob.objects.get().next_at == NOW


def test_a_recurring_job_keeps_its_hour_when_the_clocks_change() -> None:
    evening = datetime(2026, 3, 28, 20, tzinfo=UTC)
    first = next_time("30 8 * * *", "Europe/Berlin", after=evening)
    assert first == datetime(2026, 3, 29, 6, 30, tzinfo=UTC), "summer time now"


def test_an_hour_that_the_clocks_leave_out_is_made_up_and_of_two_the_first_counts() -> None:
    def in_berlin(after: datetime) -> datetime:
        return next_time("30 2 * * *", "Europe/Berlin", after=after)

    assert in_berlin(datetime(2026, 3, 28, 12, tzinfo=UTC)) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert in_berlin(datetime(2026, 10, 24, 12, tzinfo=UTC)) == first
    for minute in (1, 31):  # before and after what would be the second
        assert in_berlin(datetime(2026, 10, 25, 1, minute, tzinfo=UTC)) == datetime(
            2026, 10, 26, 1, 30, tzinfo=UTC
        )


@pytest.mark.parametrize(
    ("cron", "zone"), [("* * *", "UTC"), ("0 0 31 2 *", "UTC"), ("* * * * *", "Mars/Base")]
)
def test_a_time_that_never_comes_is_refused(cron: str, zone: str) -> None:
    with pytest.raises(BadScheduleError):
        next_time(cron, zone, after=NOW)


def test_setting_a_recurring_job_again_does_not_put_it_off() -> None:
    set_recurring(name="n", kind="probe.noop", payload={}, cron="0 3 * * *")
    RecurringJob.objects.update(next_at=NOW)
    set_recurring(name="n", kind="probe.noop", payload={}, cron="0 3 * * *")
    assert RecurringJob.objects.get().next_at == NOW
    set_recurring(name="n", kind="probe.noop", payload={}, cron="0 4 * * *")
    assert RecurringJob.objects.get().next_at != NOW


def test_one_leads_until_its_lease_runs_out_or_it_steps_down() -> None:
    assert leader.lead(holder="one", now=NOW)
    assert not leader.lead(holder="two", now=NOW + timedelta(seconds=5))
    assert leader.lead(holder="one", now=NOW + timedelta(seconds=5))
    assert leader.lead(holder="two", now=NOW + timedelta(seconds=12))
    assert not leader.lead(holder="one", now=NOW + timedelta(seconds=12))
    leader.step_down(holder="two", now=NOW + timedelta(seconds=13))
    assert leader.lead(holder="one", now=NOW + timedelta(seconds=13.1))
    assert LeaderLease.objects.get().term == 3


@pytest.mark.parametrize("queue", ["heap", "wheel"])
def test_the_dispatcher_makes_a_job_ready_at_its_time(
    queue: str, settings: pytest.FixtureRequest
) -> None:
    settings.SCHEDULER_QUEUE = queue  # type: ignore[attr-defined]
    due = clock.now() + timedelta(seconds=1.5)
    job = enqueue("probe.noop", {}, run_at=due)
    dispatcher = Dispatcher()
    slept = dispatcher.turn(clock.now())
    assert dispatcher.is_leading
    while clock.now() < due - timedelta(seconds=0.3):
        assert Job.objects.get(pk=job.pk).state == "waiting"
        time.sleep(min(max(slept, 0.01), 0.2))  # the dispatcher's own sleep, which is under test
        slept = dispatcher.turn(clock.now())
    dispatcher.turn(due + timedelta(milliseconds=10))
    assert Job.objects.get(pk=job.pk).state == "ready"


def test_operators_are_told_of_dead_letters_together_and_once() -> None:
    told: list[list[DeadLetter]] = []
    tell_operators_with(told.append)
    jobs = [enqueue("probe.answer", {"outcome": "fail"}) for _ in range(3)]
    drain_jobs()
    assert tell_operators(now=clock.now()) == 0, "they are collected for some minutes"
    later = clock.now() + timedelta(minutes=6)
    assert [tell_operators(now=later), tell_operators(now=later)] == [3, 0]
    assert [[letter.job_id for letter in letters] for letters in told] == [[job.pk for job in jobs]]


@pytest.mark.parametrize("worker", ["stopped", "pruned"])
def test_a_job_left_running_under_no_worker_is_taken_back_after_a_lease(worker: str) -> None:
    job = enqueue("probe.noop", {})
    _, worker_id = claimed_by_a_worker(job)
    if worker == "stopped":
        Worker.objects.filter(pk=worker_id).update(stopped_at=clock.now())
    else:
        Worker.objects.filter(pk=worker_id).delete()
    assert housekeeping.rescue(now=clock.now() + timedelta(seconds=5)) == 0
    assert housekeeping.rescue(now=after_the_lease()) == 1
    job.refresh_from_db()
    assert (job.state, job.crashes, job.failures) == ("ready", 0, 0)


def test_a_workflow_is_removed_as_a_whole_when_its_own_time_has_come() -> None:
    run = start_workflow(
        Workflow(
            "three",
            (
                Step("a", "probe.echo"),
                Step("b", "probe.answer", after=("a",), payload={"outcome": "fail"}),
                Step("c", "probe.echo", after=("b",)),
            ),
        )
    )
    drain_jobs()
    assert housekeeping.prune(now=clock.now() + timedelta(days=80)) == 0
    assert Job.objects.filter(workflow=run).count() == 3
    assert housekeeping.prune(now=clock.now() + timedelta(days=91)) == 3
    assert not type(run).objects.exists()
    assert live_counts().by_state() == {}
