"""A broker that never comes, a leader that is killed, a worker with a stuck job: work goes on."""

import subprocess

import pytest

from scheduler import clock
from scheduler.enqueue import enqueue, enqueue_many
from scheduler.models import Attempt, Job, LeaderLease, Worker
from tests.scheduler.processes import fleet, free_port, kill_group, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]


def leader() -> str:
    lease = LeaderLease.objects.filter(name="dispatcher", until__gt=clock.now()).first()
    return "" if lease is None else lease.holder


def pid_of(holder: str) -> int:
    return int(holder.split(":")[1])


@pytest.mark.timeout(120)
def test_workers_that_start_without_a_broker_work_though_another_leads() -> None:
    with fleet(slots=2, redis_url=f"redis://127.0.0.1:{free_port()}/0") as processes:
        dispatcher = processes.dispatcher()
        wait_until(lambda: bool(leader()), seconds=40, what="a leader")
        processes.worker()
        wait_until(
            lambda: Worker.objects.exists(), seconds=40, what="a worker though Redis is away"
        )
        enqueue_many("probe.noop", ({} for _ in range(20)))
        wait_until(
            lambda: Job.objects.filter(state="done").count() == 20,
            seconds=20,
            what=processes.logs(),
        )
        assert pid_of(leader()) == dispatcher.pid


@pytest.mark.timeout(120)
def test_another_dispatcher_leads_within_10_s_of_kill_9() -> None:
    with fleet() as processes:
        first = processes.dispatcher()
        wait_until(lambda: bool(leader()), seconds=40, what="a leader")
        second = processes.dispatcher()
        later = enqueue("probe.noop", {}, run_at=clock.after(8))
        kill_group(first)

        def second_leads() -> bool:
            holder = leader()
            return bool(holder) and pid_of(holder) == second.pid

        took = wait_until(second_leads, seconds=30, what=processes.logs())
        wait_until(
            lambda: Job.objects.get(pk=later.pk).state == "ready", seconds=20, what="its timer"
        )
    assert took < 10


@pytest.mark.timeout(120)
def test_a_worker_with_a_stuck_job_leaves_and_hands_back_the_others() -> None:
    with fleet(slots=2, settings={"SCHEDULER_LEASE": "4"}) as processes:
        worker = processes.worker()
        stuck = enqueue("probe.stuck", {"seconds": 90})
        other = enqueue("probe.async_effect", {"seconds": 90, "log": ""})
        wait_until(
            lambda: Job.objects.filter(state="running").count() == 2, seconds=40, what="both run"
        )
        assert wait_for_exit(worker) == 75
    stuck.refresh_from_db()
    other.refresh_from_db()
    assert stuck.state in {"waiting", "ready"}, "to be tried again; its time may have come by now"
    assert stuck.failures == 1
    assert (other.state, other.failures, other.crashes) == ("ready", 0, 0)
    assert Attempt.objects.get(job_id=other.pk).ended == "handed_back"
    assert not Worker.objects.filter(stopped_at__isnull=True).exists()


def wait_for_exit(process: subprocess.Popen[bytes]) -> int:
    wait_until(lambda: process.poll() is not None, seconds=60, what="it left")
    return process.wait()
