"""Two transactions at once: who finishes, cancels, releases, prunes or counts what another has in hand."""

import math
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from itertools import pairwise
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction

from scheduler import clock, graph, housekeeping
from scheduler.counters import fold, live_counts
from scheduler.databases import database
from scheduler.dead_letters import replay
from scheduler.enqueue import cancel_workflow, enqueue, enqueue_many, start_workflow
from scheduler.execute import Bench, finish_and_claim
from scheduler.finish import finish
from scheduler.gate import Gate
from scheduler.models import Delta, Job, Kind, WorkflowRun
from scheduler.outcomes import Done, Fail, Outcome, Snooze
from scheduler.priorities import Priority
from scheduler.runners import ThreadRunner
from scheduler.testing import drain_jobs
from scheduler.values import Wanted
from scheduler.verdict import Ending, settle
from scheduler.workflow import Step, Workflow
from tests.at_once import meanwhile

pytestmark = pytest.mark.django_db(transaction=True)

FAN = Workflow(
    "fan",
    (
        Step("first", "probe.noop"),
        *(Step(f"child {n}", "probe.noop", after=("first",)) for n in range(8)),
    ),
)
CHAIN = Workflow(
    "chain",
    (
        Step("a", "probe.noop"),
        Step("b", "probe.noop", after=("a",)),
        Step("c", "probe.noop", after=("b",)),
    ),
)
BOTH = Workflow(
    "both",
    (
        Step("a", "probe.noop"),
        Step("b", "probe.noop"),
        Step("c", "probe.noop", after=("a", "b")),
        Step("d", "probe.noop", after=("c",)),
    ),
)


def children_of(run: WorkflowRun) -> list[int]:
    """In id order; the first was written last, so that the table's own order is another."""
    children = list(
        Job.objects.filter(workflow=run, step__startswith="child")
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    Job.objects.filter(pk=children[0]).update(priority=0)
    return children


def parent_ends(outcome: Outcome) -> Callable[[], object]:
    [claimed] = finish_and_claim(Bench(ThreadRunner()), [])
    settled = settle(Ending(claimed, outcome, clock.now()), backoff=(), chance=0.5)

    def write() -> None:
        with transaction.atomic():
            finish([settled], now=clock.now())

    return write


def cancel_of(jobs: list[int]) -> Callable[[], object]:
    def cancel() -> None:
        with transaction.atomic():
            graph.cancel_jobs(reversed(jobs), reason="not wanted", now=clock.now())

    return cancel


@pytest.mark.parametrize("what", ["parent done", "parent dead", "cancelled"])
def test_whoever_locks_several_jobs_begins_with_the_first(what: str) -> None:
    """Two that lock the same jobs in different orders wait for each other for ever."""
    run = start_workflow(FAN)
    children = children_of(run)
    match what:
        case "parent done":
            act = parent_ends(Done())
        case "parent dead":
            act = parent_ends(Fail("no"))
        case _:
            act = cancel_of(children)
    with ExitStack() as joined, transaction.atomic():
        Job.objects.select_for_update(no_key=True).get(pk=children[0])
        result = joined.enter_context(meanwhile(act))
        assert not result.done(), "it waits for the first"
        others = Job.objects.select_for_update(no_key=True, nowait=True)
        assert len(others.filter(pk__in=children[1:])) == 7, "and holds no other"
    result.result()
    state = "ready" if what == "parent done" else "cancelled"
    assert set(Job.objects.filter(pk__in=children).values_list("state", flat=True)) == {state}


def ids_of(run: WorkflowRun) -> dict[str, int]:
    return dict(Job.objects.filter(workflow=run).values_list("step", "pk"))


def held(job: int) -> None:
    Job.objects.select_for_update(no_key=True).get(pk=job)


def test_a_step_is_cancelled_while_the_one_before_it_ends() -> None:
    run = start_workflow(CHAIN)
    steps = ids_of(run)
    ends = parent_ends(Done())
    with ExitStack() as joined, transaction.atomic():
        held(steps["b"])
        cancelled = joined.enter_context(meanwhile(cancel_of([steps["b"]])))
        ended = joined.enter_context(meanwhile(ends))
    assert [cancelled.result(), ended.result()] == [None, None], "neither waited for the other"
    states = dict(Job.objects.filter(workflow=run).values_list("step", "state"))
    assert states == {"a": "done", "b": "cancelled", "c": "cancelled"}
    run.refresh_from_db()
    assert run.state == "cancelled"


def planner_expects_many_running_jobs() -> None:
    """More than a batch has: then it goes through them in the table's order, and looks for each in the batch."""
    enqueue_many("probe.batched", [{} for _ in range(200)])
    Job.objects.update(state="running")
    database().look_again()
    Job.objects.all().delete()


@pytest.mark.parametrize("expects", [lambda: None, planner_expects_many_running_jobs])
def test_a_batch_ends_beginning_with_the_first(expects: Callable[[], None]) -> None:
    expects()
    first = enqueue("probe.batched", {})
    enqueue("probe.batched", {}, priority=Priority.HIGH)
    wanted = Wanted(2, None, clock.now(), batch_of="probe.batched")
    batch = database().claim(wanted, ["probe.batched"])
    assert [one.id for one in batch] != sorted(one.id for one in batch)
    settled = [settle(Ending(one, Done(), clock.now()), backoff=(), chance=0.5) for one in batch]
    with ExitStack() as joined, transaction.atomic():
        held(first.pk)
        ended = joined.enter_context(
            meanwhile(lambda: finish_and_claim(Bench(ThreadRunner()), settled))
        )
        assert not ended.done(), "it waits for the first"
        others = Job.objects.select_for_update(no_key=True, nowait=True)
        assert others.exclude(pk=first.pk).get().state == "running", "and holds no other"
    ended.result()


def test_two_steps_die_at_once_before_one_that_needs_both() -> None:
    run = start_workflow(BOTH)
    one, other = parent_ends(Fail("no")), parent_ends(Fail("no"))
    with ExitStack() as joined, transaction.atomic():
        held(ids_of(run)["c"])
        died = [joined.enter_context(meanwhile(act)) for act in (one, other)]
    assert [death.result() for death in died] == [None, None], "neither waited for the other"
    run.refresh_from_db()
    assert run.state == "failed"


def test_last_steps_do_not_queue_up_for_their_workflow_while_one_is_still_to_begin() -> None:
    run = start_workflow(Workflow("wide", tuple(Step(f"s{n}", "probe.noop") for n in range(3))))
    one, other = parent_ends(Done()), parent_ends(Done())
    with transaction.atomic():
        one()
        with meanwhile(other) as ended:
            assert ended.done(), "neither waited for the other"
        with meanwhile(lambda: finish_and_claim(Bench(ThreadRunner()), [])) as claimed:
            assert claimed.done()
        assert claimed.result() == [], "who ends it must see what is written here"
    ended.result()
    run.refresh_from_db()
    assert run.state == "running"
    parent_ends(Done())()
    run.refresh_from_db()
    assert run.state == "done"


def test_neighbours_that_become_ready_one_by_one_are_not_run_side_by_side() -> None:
    """Their own children they have in common, and two slots would wait for each other's commit."""
    above = tuple(Step(f"above {n}", "probe.noop") for n in range(8))
    below = tuple(Step(f"below {n}", "probe.noop", after=(f"above {n}",)) for n in range(8))
    start_workflow(Workflow("layers", above + below))
    now = clock.now()
    for _ in above:
        [claimed] = finish_and_claim(Bench(ThreadRunner()), [])
        settled = settle(Ending(claimed, Done(), now), backoff=(), chance=0.5)
        with transaction.atomic():
            finish([settled], now=now)
    below_jobs = Job.objects.filter(step__startswith="below").order_by("pk")
    keys = list(below_jobs.values_list("sort_key", flat=True))
    assert min(abs(key - after) for key, after in pairwise(keys)) > 20_000
    assert max(keys) - min(keys) < 64_000, "microseconds: nobody is overtaken for long"


def test_a_dead_step_is_replayed_while_what_came_after_it_is_cancelled() -> None:
    """Of those it revives, one that comes twice as far after it was made before a nearer one."""
    run = start_workflow(
        Workflow("loop", (*CHAIN.steps, Step("d", "probe.noop", after=("a", "c"))))
    )
    parent_ends(Fail("no"))()
    steps = ids_of(run)
    with ExitStack() as joined, transaction.atomic():
        held(steps["c"])
        cancelled = joined.enter_context(meanwhile(cancel_of([steps["d"], steps["c"]])))
        replayed = joined.enter_context(meanwhile(lambda: replay(steps["a"])))
    cancelled.result()
    replayed.result()
    states = dict(Job.objects.filter(workflow=run).values_list("step", "state"))
    assert states == {"a": "ready", "b": "waiting", "c": "waiting", "d": "waiting"}


def test_who_finds_a_kind_at_its_limit_holds_up_no_other() -> None:
    """Two that come to the limited kinds in different order would wait for each other for ever."""
    enqueue_many("probe.one_at_a_time", ({} for _ in range(2)))
    assert finish_and_claim(Bench(ThreadRunner()), [])
    with transaction.atomic():
        assert Gate().claim(Wanted(1, None, clock.now())) == []
        with meanwhile(lambda: finish_and_claim(Bench(ThreadRunner()), [])) as claimed:
            assert claimed.done()
    assert claimed.result() == []


def test_what_is_noted_of_a_kind_is_committed_before_another_kind_is_waited_for() -> None:
    enqueue("probe.noop", {})
    slot = Bench(ThreadRunner())
    [probe] = finish_and_claim(slot, [])
    away = Snooze("nobody is there", seconds=30)
    settled = settle(Ending(probe, away, clock.now()), backoff=(), chance=0.5)
    enqueue("probe.one_at_a_time", {})
    limited = Kind.objects.create(name="probe.one_at_a_time")
    with ExitStack() as joined, transaction.atomic():
        Kind.objects.select_for_update().get(pk=limited.pk)
        ended = joined.enter_context(meanwhile(lambda: finish_and_claim(slot, [settled])))
        assert not ended.done(), "it waits for the limited kind"
        held = Kind.objects.select_for_update(nowait=True)
        assert held.get(name="probe.noop").snoozed_until is not None, "and holds no other"


def test_a_step_dies_while_another_is_replayed_and_with_it_what_both_led_to() -> None:
    """It waits for the replay to commit, and cancels what that has opened: all of it, or it would wait for ever."""
    run = start_workflow(BOTH)
    steps = ids_of(run)
    a_dies, b_dies = parent_ends(Fail("no")), parent_ends(Fail("no"))
    a_dies()
    with ExitStack() as joined, transaction.atomic():
        replay(steps["a"])
        died = joined.enter_context(meanwhile(b_dies))
        assert not died.done()
    died.result()
    states = dict(Job.objects.filter(workflow=run).values_list("step", "state"))
    assert states == {"a": "ready", "b": "dead"} | dict.fromkeys("cd", "cancelled")


@pytest.mark.parametrize("what", ["another step dies", "the workflow is cancelled"])
def test_what_a_replay_may_open_is_held_in_its_order(what: str) -> None:
    late = Step("late", "probe.noop", after=("b",), settled=("c",))
    run = start_workflow(Workflow("both and later", (*BOTH.steps, late)))
    steps = ids_of(run)
    parent_ends(Fail("no"))()
    act: Callable[[], object]
    match what:
        case "another step dies":
            act = parent_ends(Fail("no"))
        case _:
            act = partial(cancel_workflow, run.pk, reason="not wanted")
    with ExitStack() as joined, transaction.atomic():
        held(steps["c"])
        ended = joined.enter_context(meanwhile(act))
        assert not ended.done(), "it waits for what was cancelled"
        others = Job.objects.select_for_update(no_key=True, nowait=True)
        assert others.get(pk=steps["late"]).state == "waiting", "and holds nothing after it"
    ended.result()
    run.refresh_from_db()
    assert run.state == "failed"


def test_two_slots_find_a_kind_open_again_at_once() -> None:
    enqueue_many("probe.noop", ({} for _ in range(2)))
    slot = Bench(ThreadRunner())
    [one], [other] = finish_and_claim(slot, []), finish_and_claim(slot, [])
    away = settle(
        Ending(one, Snooze("nobody is there", seconds=30), clock.now()), backoff=(), chance=0.5
    )
    assert finish_and_claim(slot, [away]) == []
    done = settle(Ending(other, Done(), clock.now()), backoff=(), chance=0.5)
    with ExitStack() as joined, transaction.atomic():
        Kind.objects.update(snoozed_until=None)
        ended = joined.enter_context(meanwhile(lambda: finish_and_claim(slot, [done])))
        assert not ended.done(), "it waits for the row of its kind"
        slot.gate._looked_at = -math.inf  # a second later
        slot.gate.free_kinds(clock.now())
    assert ended.result() == []
    assert Job.objects.get(pk=other.id).state == "done"


@pytest.mark.parametrize("key", ["unique", "idempotency"])
def test_two_ask_at_once_with_one_key_and_get_one_job(key: str) -> None:
    def ask() -> int:
        if key == "unique":
            return enqueue("probe.noop", {}, unique_key="report 1").pk
        return enqueue("probe.noop", {}, idempotency_key="report 1").pk

    with ExitStack() as joined, transaction.atomic():
        first = ask()
        other = joined.enter_context(meanwhile(ask))
        assert not other.done(), "it waits to see whether the first commits"
    assert other.result() == first
    assert Job.objects.count() == 1


def test_a_result_that_cannot_be_serialised_is_written_again() -> None:
    steps = ids_of(start_workflow(CHAIN))
    slot = Bench(ThreadRunner())
    [claimed] = finish_and_claim(slot, [])
    settled = settle(Ending(claimed, Done(), clock.now()), backoff=(), chance=0.5)

    def end() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("set default_transaction_isolation = 'serializable'")
        return [job.id for job in finish_and_claim(slot, [settled])]

    with ExitStack() as joined, transaction.atomic():
        Job.objects.filter(pk=steps["b"]).update(priority=0)
        ended = joined.enter_context(meanwhile(end))
        assert not ended.done()
    assert ended.result() == [steps["b"]]
    assert Job.objects.get(pk=steps["a"]).state == "done"


def test_what_is_due_becomes_ready_though_somebody_holds_one_of_it() -> None:
    jobs = [enqueue("probe.noop", {}, run_at=clock.now() + timedelta(hours=1)) for _ in range(3)]
    later = clock.now() + timedelta(hours=2)
    with transaction.atomic():
        Job.objects.select_for_update(no_key=True).get(pk=jobs[1].pk)
        with meanwhile(lambda: database().release_due(now=later, limit=10)) as released:
            assert released.done()
    assert released.result() == 2
    assert live_counts().by_state() == {"ready": 2, "waiting": 1}


def test_two_leaders_prune_at_once_and_each_job_is_counted_off_once() -> None:
    enqueue_many("probe.noop", ({} for _ in range(3)))
    drain_jobs()
    late = clock.now() + timedelta(days=3)
    with ExitStack() as joined, transaction.atomic():
        assert housekeeping.prune(now=late) == 3
        other = joined.enter_context(meanwhile(lambda: housekeeping.prune(now=late)))
    assert other.result() == 0
    assert live_counts().by_state() == {}


def test_the_counts_do_not_dip_while_they_are_folded() -> None:
    """Whatever is asked between two folds of a second, the dashboard shows every job."""
    enqueue_many("probe.noop", ({} for _ in range(3)))

    def fold_behind(execute: Callable[..., Any], *asked: Any) -> Any:
        answer = execute(*asked)
        folded: Future[int] = Future()

        def elsewhere() -> None:
            try:
                folded.set_result(fold(now=clock.now()))
            finally:
                connection.close()

        thread = Thread(target=elsewhere)
        thread.start()
        thread.join()
        assert folded.done()
        return answer

    with connection.execute_wrapper(fold_behind):
        assert live_counts().by_state() == {"ready": 3}
    assert not Delta.objects.exists()
    assert live_counts().by_state() == {"ready": 3}
