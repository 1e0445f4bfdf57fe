"""Times a claim and the dashboard's figures with more and more in the table. Prints JSON, in milliseconds."""

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import django

RUNS = 100


def main(depth: int) -> None:
    django.setup()
    from django.core.management import call_command

    from scheduler import clock
    from scheduler.databases import database
    from scheduler.models import Kind

    call_command("migrate", verbosity=0)
    found = {"empty": _timed()}
    _fill(depth, "bench.batched", later=timedelta(days=1))
    database().look_again()
    found[f"{depth:,} not yet due"] = _timed()
    Kind.objects.update_or_create(name="bench.work", defaults={"paused_at": clock.now()})
    _fill(depth, "bench.work", later=timedelta(0))
    database().look_again()
    found[f"{depth:,} ready, of a paused kind"] = _timed()
    print(json.dumps(found))


def _fill(count: int, kind: str, *, later: timedelta) -> None:
    """By one statement: enqueueing a million by the front door would take longer than what is measured."""
    from django.db import connection

    from scheduler import clock
    from scheduler.counters import Move, count_moves
    from scheduler.enqueue import enqueue
    from scheduler.models import Job
    from scheduler.states import JobState

    now = clock.now()
    first = enqueue(kind, {}, run_at=now + later if later else None)
    columns = [field.column for field in Job._meta.concrete_fields if field.column != "id"]
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into scheduler_job ({names}) select {names} from scheduler_job, "
            "generate_series(1, %s) where id = %s",
            [count - 1, first.pk],
        )
    state = JobState(Job.objects.get(pk=first.pk).state)
    count_moves([Move(kind, "", None, state)] * (count - 1), now=now)


def _timed() -> dict[str, float]:
    from scheduler import clock, figures
    from scheduler.enqueue import enqueue_many
    from scheduler.execute import Bench, drain
    from scheduler.runners import InlineRunner

    enqueue_many("bench.noop", ({} for _ in range(RUNS)))
    bench = Bench(InlineRunner())
    began = time.perf_counter()
    ran = drain(bench)
    assert ran == RUNS, f"{ran} of {RUNS} ran"
    each = (time.perf_counter() - began) * 1000 / RUNS
    return {
        "claim and finish one job": each,
        "the dashboard's figures": _median(lambda: figures.look(now=clock.now())),
    }


def _median(look: Callable[[], object]) -> float:
    taken = []
    for _ in range(20):
        began = time.perf_counter()
        look()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


if __name__ == "__main__":
    main(int(sys.argv[1]))
