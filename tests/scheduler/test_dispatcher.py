"""When a dispatcher does what, and what it leaves alone."""

from datetime import timedelta

import pytest

from scheduler import clock, leader
from scheduler.counters import count_moves
from scheduler.dispatcher import Dispatcher
from scheduler.enqueue import enqueue
from scheduler.leases import LEASE, TERM
from scheduler.models import Delta, Job, LeaderLease, RecurringJob
from scheduler.recurring import set_recurring
from scheduler.wakeup import announce, listen_for_timers
from scheduler.workers import register

pytestmark = [pytest.mark.django_db, pytest.mark.portable]


def lost_job() -> Job:
    worker_id = register(slots=1, carrier="threads")
    job = enqueue("probe.noop", {})
    Job.objects.filter(pk=job.pk).update(
        state="running", attempt=1, worker_id=worker_id, started_at=clock.now()
    )
    return job


def test_nobody_is_declared_lost_before_all_could_report_after_the_database_was_away() -> None:
    job = lost_job()
    dispatcher = Dispatcher()
    later = clock.now() + LEASE + timedelta(seconds=1)  # no heartbeat could be written meanwhile
    dispatcher.turn(later)
    assert dispatcher.is_leading
    assert not dispatcher.may_rescue(later)
    assert Job.objects.get(pk=job.pk).state == "running"


def test_nobody_is_declared_lost_because_the_clock_was_set_ahead_or_all_have_slept() -> None:
    job = lost_job()
    dispatcher = Dispatcher()
    now = clock.now()
    dispatcher.turn(now)
    dispatcher._reaching_since = float("-inf")  # it has led for long
    dispatcher._duties["rescue"] = float("-inf")
    dispatcher.turn(now + timedelta(hours=1))
    assert Job.objects.get(pk=job.pk).state == "running"
    assert dispatcher.may_rescue(now), "the others, who have reported since, go on"
    dispatcher._reached_at -= timedelta(hours=1)
    dispatcher._renewed_at = float("-inf")  # its turn to renew has come
    dispatcher.turn(now)
    assert not dispatcher.may_rescue(now), "who lives gets the time to report"


def test_a_timer_announced_to_one_that_does_not_lead_lets_it_sleep() -> None:
    dispatcher = Dispatcher()
    dispatcher.turn(clock.now())
    stop_listening = listen_for_timers(dispatcher._hear)
    try:
        announce(7, clock.now() + timedelta(seconds=30))
    finally:
        stop_listening()
    assert dispatcher._announced
    LeaderLease.objects.update(holder="another", until=clock.now() + TERM)
    dispatcher._renewed_at = float("-inf")  # its turn to renew has come
    assert dispatcher.turn(clock.now()) > 0
    assert not dispatcher.is_leading
    assert not dispatcher._announced


@pytest.mark.parametrize("sooner_first", [True, False])
def test_of_two_recurring_jobs_the_sooner_is_looked_for_first(sooner_first: bool) -> None:
    now = clock.now()
    delays = (1.0, 50.0) if sooner_first else (50.0, 1.0)
    for name, delay in zip(("a", "b"), delays, strict=True):
        set_recurring(name=name, kind="probe.noop", payload={}, cron="0 3 1 1 *")
        RecurringJob.objects.filter(name=name).update(next_at=now + timedelta(seconds=delay))
    dispatcher = Dispatcher()
    began = clock.now()
    dispatcher.turn(began)
    soonest = {"a": delays[0], "b": delays[1]}
    sooner = min(soonest, key=soonest.__getitem__)
    while clock.now() - began < timedelta(seconds=4):
        dispatcher._sleep(dispatcher.turn(clock.now()))
        if Job.objects.filter(recurring=sooner).exists():
            break
    assert list(Job.objects.values_list("recurring", flat=True)) == [sooner]
    late = (Job.objects.get().created_at - now).total_seconds() - 1.0
    assert 0 <= late < 2


def test_a_wall_clock_set_back_an_hour_stops_no_duty() -> None:
    dispatcher = Dispatcher()
    now = clock.now()
    dispatcher.turn(now)
    count_moves([], now=now)
    enqueue("probe.noop", {})
    assert Delta.objects.exists()
    past = now - timedelta(hours=1)
    for _ in range(20):
        dispatcher._sleep(dispatcher.turn(past))
        if not Delta.objects.exists():
            return
    raise AssertionError("the counts were not folded")


def test_a_lease_from_before_the_clock_was_set_back_holds_up_nobody() -> None:
    now = clock.now()
    assert leader.lead(holder="one", now=now)
    assert leader.lead(holder="two", now=now - timedelta(hours=1))
