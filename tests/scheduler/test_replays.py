"""Dead steps run again: what waits for what then, and that the workflow comes to its end."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from scheduler import clock
from scheduler.databases import database
from scheduler.dead_letters import replay, replay_many
from scheduler.enqueue import start_workflow
from scheduler.execute import Bench, finish_and_claim
from scheduler.finish import finish
from scheduler.models import Job, WorkflowRun
from scheduler.outcomes import Done, JsonValue, Outcome, Retry
from scheduler.runners import ThreadRunner
from scheduler.testing import drain_jobs
from scheduler.values import Claimed
from scheduler.verdict import Ending, settle
from scheduler.workflow import Step, Workflow

pytestmark = [pytest.mark.django_db, pytest.mark.portable]

FAILS_ONCE: dict[str, JsonValue] = {"outcome": "fail", "succeed_at": 2}
PAIR = Workflow(
    "pair",
    (
        Step("scorecard", "probe.answer", payload=FAILS_ONCE),
        Step("mail", "probe.answer", settled=("scorecard",), payload=FAILS_ONCE),
    ),
)


def step(run: WorkflowRun, name: str) -> Job:
    return Job.objects.get(workflow=run, step=name)


def states(run: WorkflowRun) -> dict[str, str]:
    return dict(Job.objects.filter(workflow=run).order_by("pk").values_list("step", "state"))


def died(workflow: Workflow) -> WorkflowRun:
    run = start_workflow(workflow)
    drain_jobs()
    return run


def held() -> Claimed:
    [claimed] = finish_and_claim(Bench(ThreadRunner()), [])
    return claimed


def end(claimed: Claimed, outcome: Outcome, *, at: datetime | None = None) -> None:
    at = at or clock.now()
    settled = settle(Ending(claimed, outcome, at), backoff=(1.0,), chance=0.5)
    with transaction.atomic():
        finish([settled], now=at)


def test_a_workflow_ends_when_a_replayed_step_is_the_last_of_it() -> None:
    mail = Step("mail", "probe.echo", settled=("scorecard",))
    run = died(Workflow("debrief", (PAIR.steps[0], mail)))
    assert states(run) == {"scorecard": "dead", "mail": "done"}
    replay(step(run, "scorecard").pk)
    slot = Bench(ThreadRunner())
    [claimed] = finish_and_claim(slot, [])
    done = settle(Ending(claimed, Done(), clock.now()), backoff=(), chance=0.5)
    finish_and_claim(slot, [done])  # as workers do it, the short way where it may be taken
    run.refresh_from_db()
    assert states(run) == {"scorecard": "done", "mail": "done"}
    assert (run.state, run.finished_at is None) == ("done", False)


@pytest.mark.parametrize("child_first", [False, True])
def test_a_dead_child_replayed_with_its_parent_waits_for_it_and_can_be_tried_again(
    child_first: bool,
) -> None:
    run = died(PAIR)
    assert set(states(run).values()) == {"dead"}
    ids = [step(run, "scorecard").pk, step(run, "mail").pk]
    replay_many(reversed(ids) if child_first else ids)
    assert states(run) == {"scorecard": "ready", "mail": "waiting"}
    assert step(run, "mail").unmet == 1
    end(held(), Done())
    mail = held()
    assert (mail.step, step(run, "mail").unmet) == ("mail", 0)
    end(mail, Retry("not yet"))
    assert drain_jobs(clock.now() + timedelta(seconds=5)) == 1
    run.refresh_from_db()
    assert (states(run)["mail"], run.state) == ("done", "done")


def test_a_child_that_runs_while_its_parent_is_replayed_waits_for_it_before_it_runs_again() -> None:
    run = died(PAIR)
    replay(step(run, "mail").pk)
    mail = held()
    replay(step(run, "scorecard").pk)
    end(mail, Retry("not yet"))
    later = clock.now() + timedelta(seconds=5)
    with transaction.atomic():
        database().release_due(now=later, limit=10)
    assert (step(run, "mail").state, step(run, "mail").unmet) == ("waiting", 1)
    assert drain_jobs(later) == 2
    run.refresh_from_db()
    assert (set(states(run).values()), run.state) == ({"done"}, "done")


def test_a_step_stays_cancelled_while_another_parent_it_needs_is_dead() -> None:
    steps = (
        Step("a", "probe.answer", payload=FAILS_ONCE),
        Step("b", "probe.answer", payload=FAILS_ONCE),
        Step("c", "probe.echo", after=("a", "b")),
        Step("d", "probe.echo", after=("c",)),
    )
    run = died(Workflow("both", steps))
    replay(step(run, "a").pk)
    assert states(run) == {"a": "ready", "b": "dead", "c": "cancelled", "d": "cancelled"}
    drain_jobs()
    run.refresh_from_db()
    assert (states(run)["c"], run.state) == ("cancelled", "failed")
    replay(step(run, "b").pk)
    drain_jobs()
    run.refresh_from_db()
    assert (set(states(run).values()), run.state) == ({"done"}, "done")
