"""However many rows have ended, what is asked all the time is answered from an index.

The plans are those of the statements themselves, as the server tells them while it carries them out.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client

from scheduler import clock, housekeeping
from scheduler.dispatcher import Dispatcher
from scheduler.enqueue import cancel_job, enqueue, enqueue_many, start_workflow
from scheduler.execute import Bench, finish_and_claim
from scheduler.figures import look
from scheduler.outcomes import Done, Fail, Outcome
from scheduler.pulse import Pulse
from scheduler.runners import ThreadRunner
from scheduler.verdict import Ending, settle
from scheduler.workers import register
from scheduler.workflow import Step, Workflow
from tests.cast import Cast

pytestmark = pytest.mark.django_db

FINISHED = int(os.environ.get("FINISHED_JOBS", "20000"))
FILL = """
insert into scheduler_job (kind, payload, scope, priority, sort_key, state, due_at, unmet, fan_in, is_leaf,
    is_plain, attempt, failures, crashes, progress_note, cancel_requested, reason, is_blocked, step,
    recurring, unique_key, idempotency_key, created_at, finished_at)
select 'probe.noop', '{}', 'scope ' || n %% 50, 0, n, 'done', now(), 0, 0, true, true, 1, 0, 0, '', false, '',
    false, '', '', '', '', now(), now() from generate_series(1, %s) n;
insert into scheduler_attempt (job_id, number, ended, reason, traceback, started_at, finished_at, waited_ms)
select id, 1, 'done', '', '', now(), now(), 1 from scheduler_job;
insert into scheduler_edge (parent_id, child_id, condition)
select id - 1, id, 'succeeded' from scheduler_job where id > (select min(id) from scheduler_job);
analyze scheduler_job, scheduler_attempt, scheduler_edge;
"""
LARGE = ("scheduler_job", "scheduler_attempt", "scheduler_edge")
PAIR = Workflow("pair", (Step("a", "probe.noop"), Step("b", "probe.noop", after=("a",))))


@contextmanager
def plans() -> Iterator[list[str]]:
    """Of every statement inside the block."""
    told: list[str] = []

    def hear(notice: psycopg.errors.Diagnostic) -> None:
        told.append(notice.message_primary or "")

    raw: psycopg.Connection[object] = connection.connection
    with connection.cursor() as cursor:
        cursor.execute("load 'auto_explain'")
        cursor.execute("set auto_explain.log_level = notice")
        cursor.execute("set auto_explain.log_min_duration = 0")
    raw.add_notice_handler(hear)
    try:
        yield told
    finally:
        raw.remove_notice_handler(hear)
        with connection.cursor() as cursor:
            cursor.execute("set auto_explain.log_min_duration = -1")


def work(slot: Bench, outcomes: list[Outcome]) -> None:
    """As a slot does: finish this and claim the next, the short way where it may be taken."""
    claimed = finish_and_claim(slot, [])
    for outcome in outcomes:
        [one] = claimed
        ended = settle(Ending(one, outcome, clock.now()), backoff=(), chance=0.5)
        claimed = finish_and_claim(slot, [ended])


def everything_that_is_asked_all_the_time(cast: Cast) -> None:
    now = clock.now()
    slot = Bench(ThreadRunner(), worker_id=register(slots=1, carrier="threads"))
    start_workflow(PAIR)
    start_workflow(PAIR)
    enqueue_many("probe.noop", ({} for _ in range(3)))
    enqueue("probe.noop", {}, run_at=now + timedelta(seconds=1))
    enqueue("probe.one_at_a_time", {}, unique_key="x", idempotency_key="x")
    work(slot, [Done(), Done(), Fail("no"), Done()])
    cancel_job(enqueue("probe.noop", {}, run_at=now + timedelta(hours=1)).pk, reason="no")
    Pulse(slot, 1, "threads", on_stuck=lambda: None, when_mute=lambda: None)._beat()
    Dispatcher().turn(now + timedelta(seconds=2))
    housekeeping.rescue(now=now + timedelta(hours=1))
    housekeeping.prune(now=now + timedelta(minutes=1))
    look(now=now)
    look(now=now, scope="scope 7")
    client = Client()
    client.force_login(cast.olga)
    run = start_workflow(PAIR)
    pages = ("jobs/", "workflows/", "dead-letters/", f"workflows/{run.pk}/")
    for page in ("", *pages, f"jobs/{run.jobs.get(step='b').pk}/"):
        assert client.get(f"/scheduler/{page}").status_code == 200


def test_nothing_that_is_asked_all_the_time_reads_a_whole_table(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILL, [FINISHED])
    with plans() as told, transaction.atomic():
        everything_that_is_asked_all_the_time(cast)
    assert len(told) > 50
    read = [plan for plan in told for table in LARGE if f"Seq Scan on {table} " in plan]
    assert read == []
    indexes = "\n".join(told)
    for index in ("ready", "timers", "running", "dead", "workflow", "finished"):
        assert f"scheduler_job_{index}" in indexes
