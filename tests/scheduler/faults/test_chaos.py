"""A random graph of jobs, while workers, dispatchers, Redis and PostgreSQL are killed and started at random."""

import logging
import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection

from scheduler.counters import live_counts
from scheduler.enqueue import start_workflow
from scheduler.models import Attempt, Edge, Job, WorkflowRun
from scheduler.states import OPEN
from scheduler.workflow import Step, Workflow
from tests.faults.fragile_postgres import FragilePostgres, fragile_database
from tests.faults.fragile_redis import FragileRedis
from tests.scheduler.probe.jobs import RAN_TOO_SOON
from tests.scheduler.processes import Fleet, fleet, kill_group
from webapi.json import JsonValue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

logger = logging.getLogger(__name__)

# The nightly size is 100,000; this one shows the same in a minute.
JOBS = int(os.environ.get("CHAOS_JOBS", "800"))
PATIENCE = 60 + JOBS / 20
# Along the longest path of some graphs the ordinary waits before retries add up to more than the patience.
IMPATIENT = {"SCHEDULER_BACKOFF": "0.1,0.5,1", "SCHEDULER_LEASE": "4"}


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


class Harm:
    """What goes wrong. Each thing comes back at once, or after a moment, as where somebody restarts it."""

    def __init__(
        self,
        chance: random.Random,
        processes: Fleet,
        redis: FragileRedis,
        database: FragilePostgres,
    ) -> None:
        self.chance, self.processes, self.redis, self.database = chance, processes, redis, database
        self.workers = [processes.worker() for _ in range(2)]
        self.dispatchers = [processes.dispatcher()]
        self.done: Counter[str] = Counter()

    def do(self) -> None:
        kind = self.chance.choice(["worker", "worker", "dispatcher", "redis", "database"])
        self.done[kind] += 1
        match kind:
            case "worker":
                self._replace(self.workers, self.processes.worker)
            case "dispatcher":
                self._replace(self.dispatchers, self.processes.dispatcher)
            case "redis":
                self.redis.kill()
                time.sleep(self.chance.uniform(0, 1))
                self.redis.start()
            case _:
                self.database.crash()
                connection.close()
                time.sleep(self.chance.uniform(0, 1))
                self.database.start()

    def _replace(
        self, kept: list[subprocess.Popen[bytes]], start: Callable[[], subprocess.Popen[bytes]]
    ) -> None:
        place = self.chance.randrange(len(kept))
        kill_group(kept[place])
        kept[place] = start()


@pytest.mark.timeout(int(PATIENCE) + 120)
def test_every_job_is_settled_once_and_every_counter_is_right() -> None:
    seed = random.randrange(10**6)
    chance, redis = random.Random(seed), FragileRedis()
    redis.start()
    try:
        with (
            fragile_database() as database,
            fleet(slots=3, redis_url=redis.url, settings=IMPATIENT) as processes,
        ):
            run = start_workflow(random_graph(chance))
            harm = Harm(chance, processes, redis, database)
            began = time.monotonic()
            while Job.objects.filter(state__in=OPEN).exists():
                took = time.monotonic() - began
                assert took < PATIENCE, f"seed {seed}\n{processes.logs()[-4000:]}"
                time.sleep(chance.uniform(2, 4))
                if took < PATIENCE / 3:
                    harm.do()
            took = time.monotonic() - began
            logger.info("%d jobs in %.0f s, through %s", JOBS, took, dict(harm.done))
            look_at_the_tables(run)
    finally:
        redis.kill()


def look_at_the_tables(run: WorkflowRun) -> None:
    assert Job.objects.filter(workflow=run).count() == JOBS
    table = Counter(Job.objects.values_list("state", flat=True))
    assert live_counts().by_state() == dict(table)
    assert WorkflowRun.objects.get(pk=run.pk).state in {"done", "partly_failed"}
    assert not Attempt.objects.filter(reason=RAN_TOO_SOON).exists()
    assert not Edge.objects.filter(condition="succeeded", child__attempt__gt=0).exclude(
        parent__state="done"
    )
    done_twice = Counter(Attempt.objects.filter(ended="done").values_list("job_id", flat=True))
    assert set(done_twice.values()) <= {1}, "an attempt that lost its job must not count"
