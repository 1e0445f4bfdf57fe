"""However many rows have ended, each question that is asked all the time is answered from an index."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

FILL = """
insert into scheduler_job (kind, payload, scope, priority, sort_key, state, due_at, unmet, fan_in, is_leaf,
    is_plain, attempt, failures, crashes, progress_note, cancel_requested, reason, is_blocked, step,
    recurring, unique_key, idempotency_key, created_at, finished_at)
select 'probe.noop', '{}', '', 0, n, 'done', now(), 0, 0, true, true, 1, 0, 0, '', false, '', false, '', '',
    '', '', now(), now() from generate_series(1, 30000) n
"""
QUESTIONS = {
    "claim": (
        (
            "select id from scheduler_job where state = 'ready' and kind = any(array['a', 'b']) "
            "and crashes = 0 order by sort_key, id limit 1"
        ),
        "scheduler_job_ready",
    ),
    "the head of one kind": (
        (
            "select sort_key from scheduler_job where state = 'ready' and kind = 'a' "
            "order by sort_key limit 1"
        ),
        "scheduler_job_ready",
    ),
    "timers": (
        (
            "select id from scheduler_job where state = 'waiting' and unmet = 0 and due_at <= now() "
            "order by due_at limit 1000"
        ),
        "scheduler_job_timers",
    ),
    "what a lost worker held": (
        "select id from scheduler_job where state = 'running' and worker_id = 7",
        "scheduler_job_running",
    ),
    "what may be removed": (
        (
            "select id from scheduler_job where state = 'done' "
            "and finished_at < now() - interval '2 days' order by finished_at limit 1000"
        ),
        "scheduler_job_finished",
    ),
    "dead letters": (
        "select id from scheduler_job where state = 'dead' order by id desc limit 50",
        "scheduler_job_dead",
    ),
    "suspects": (
        "select 1 from scheduler_job where state = 'ready' and crashes > 0 limit 1",
        "scheduler_job_",
    ),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_reads_the_table(question: str) -> None:
    sql, index = QUESTIONS[question]
    with connection.cursor() as cursor:
        cursor.execute(FILL)
        cursor.execute("analyze scheduler_job")
        cursor.execute(f"explain {sql}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan" not in plan
    assert index in plan
