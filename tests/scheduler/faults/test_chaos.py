"""A random graph of jobs, while workers, the dispatcher and Redis are killed and started again at random."""

import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from scheduler.counters import live_counts
from scheduler.enqueue import start_workflow
from scheduler.models import Attempt, Edge, Job, WorkflowRun
from scheduler.states import OPEN
from scheduler.workflow import Step, Workflow
from tests.faults.fragile_redis import FragileRedis
from tests.scheduler.probe.jobs import RAN_TOO_SOON
from tests.scheduler.processes import Fleet, fleet, kill_group
from webapi.json import JsonValue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

# The nightly size is 100,000; this one shows the same in a minute.
JOBS = int(os.environ.get("CHAOS_JOBS", "800"))
PATIENCE = 60 + JOBS / 20
# Along the longest path of some graphs the ordinary waits before retries add up to more than the patience.
BACKOFF = {"SCHEDULER_BACKOFF": "0.1,0.5,1"}


def random_graph(chance: random.Random) -> Workflow:
    """Parents among the two hundred before; every way an edge can wait."""
    steps = []
    for number in range(JOBS):
        parents = chance.sample(
            range(max(0, number - 200), number), min(number, chance.randint(0, 3))
        )
        names = tuple(f"s{parent}" for parent in parents)
        payload: dict[str, JsonValue] = {
            "outcome": chance.choice(["retry", "fail", "raise"]),
            "succeed_at": 1,
        }
        if chance.random() < 0.1:
            payload["succeed_at"] = chance.choice([0, 2])
        if chance.random() < 0.5:
            steps.append(Step(f"s{number}", "probe.answer", settled=names, payload=payload))
        else:
            steps.append(Step(f"s{number}", "probe.answer", after=names, payload=payload))
    return Workflow("chaos", tuple(steps))


def do_harm(chance: random.Random, processes: Fleet, redis: FragileRedis) -> None:
    alive = [process for process in processes.running if process.poll() is None]
    match chance.choice(["worker", "worker", "redis"]):
        case "worker" if alive:
            kill_group(chance.choice(alive))
            processes.worker()
        case _:
            redis.kill()
            time.sleep(chance.uniform(0, 1))  # it is away for a moment, as in a restart
            redis.start()


@pytest.mark.timeout(int(PATIENCE) + 120)
def test_every_job_is_settled_once_and_every_counter_is_right(tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    chance, redis = random.Random(seed), FragileRedis()
    redis.start()
    try:
        with fleet(slots=3, redis_url=redis.url, settings=BACKOFF) as processes:
            run = start_workflow(random_graph(chance))
            for _ in range(2):
                processes.worker()
            processes.dispatcher()
            until = time.monotonic() + PATIENCE
            harm_until = time.monotonic() + PATIENCE / 3
            while Job.objects.filter(state__in=OPEN).exists():
                assert time.monotonic() < until, f"seed {seed}\n{processes.logs()[-4000:]}"
                time.sleep(chance.uniform(2, 4))
                if time.monotonic() < harm_until:
                    do_harm(chance, processes, redis)
    finally:
        redis.kill()
    table = Counter(Job.objects.values_list("state", flat=True))
    assert sum(table.values()) == JOBS
    assert live_counts().by_state() == dict(table)
    assert WorkflowRun.objects.get(pk=run.pk).state in {"done", "partly_failed"}
    assert not Attempt.objects.filter(reason=RAN_TOO_SOON).exists()
    assert not Edge.objects.filter(condition="succeeded", child__attempt__gt=0).exclude(
        parent__state="done"
    )
    done_twice = Counter(Attempt.objects.filter(ended="done").values_list("job_id", flat=True))
    assert set(done_twice.values()) <= {1}, "an attempt that lost its job must not count"
