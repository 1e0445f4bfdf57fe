"""A workflow as a person sees it: what runs after what, and how it ended."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.core.checks import run_checks
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from scheduler import clock
from scheduler.dead_letters import replay
from scheduler.enqueue import cancel_job, cancel_workflow, start_workflow
from scheduler.execute import Bench, finish_and_claim
from scheduler.finish import finish
from scheduler.models import Job, WorkflowRun
from scheduler.outcomes import Done, Fail, JsonValue, Outcome
from scheduler.progress import workflow_progress
from scheduler.runners import ThreadRunner
from scheduler.states import WorkflowState
from scheduler.testing import drain_jobs
from scheduler.verdict import Ending, settle
from scheduler.workflow import BadWorkflowError, Step, Workflow

pytestmark = [pytest.mark.django_db, pytest.mark.portable]

WELL: dict[str, JsonValue] = {"outcome": "retry", "succeed_at": 1}
FAILS: dict[str, JsonValue] = {"outcome": "fail", "succeed_at": 0}

DEBRIEF = Workflow(
    "debrief",
    steps=(
        Step("settle", "probe.answer", payload=WELL),
        Step("summary", "probe.answer", after=("settle",), payload=WELL),
        Step("scorecard", "probe.answer", after=("settle",), payload=WELL),
        Step("email", "probe.echo", settled=("summary", "scorecard")),
        Step("alarm", "probe.echo", dead=("scorecard",)),
    ),
)


def started(workflow: Workflow = DEBRIEF, **payload: Mapping[str, object]) -> WorkflowRun:
    return start_workflow(workflow, payload=payload)


def states(run: WorkflowRun) -> dict[str, str]:
    return {step.name: step.state.value for step in workflow_progress(run.pk).steps}


def state(run: WorkflowRun) -> WorkflowState:
    return workflow_progress(run.pk).state


def step(run: WorkflowRun, name: str) -> Job:
    return Job.objects.get(workflow=run, step=name)


def end_the_next(outcome: Outcome) -> None:
    [claimed] = finish_and_claim(Bench(ThreadRunner()), [])
    settled = settle(Ending(claimed, outcome, clock.now()), backoff=(), chance=0.5)
    with transaction.atomic():
        finish([settled], now=clock.now())


def test_children_run_when_all_their_parents_have_ended_and_hear_how() -> None:
    run = started()
    assert states(run)["email"] == "waiting"
    drain_jobs()
    expected = dict.fromkeys(("settle", "summary", "scorecard", "email"), "done")
    assert states(run) == expected | {"alarm": "cancelled"}
    assert state(run) is WorkflowState.DONE
    heard = {"summary": ["done", 1], "scorecard": ["done", 1]}
    assert step(run, "email").result == {"say": "", "heard": heard}


def test_a_dead_step_still_lets_those_run_that_wait_for_it_to_settle() -> None:
    run = started(scorecard=FAILS)
    drain_jobs()
    assert states(run) == {
        "settle": "done",
        "summary": "done",
        "scorecard": "dead",
        "email": "done",
        "alarm": "done",
    }
    assert state(run) is WorkflowState.PARTLY_FAILED


def test_what_needs_a_dead_step_is_cancelled_down_the_line_and_says_why() -> None:
    run = started(settle=FAILS)
    drain_jobs()
    assert states(run) == {
        "settle": "dead",
        "summary": "cancelled",
        "scorecard": "cancelled",
        "email": "done",
        "alarm": "cancelled",
    }
    assert step(run, "summary").reason == "settle is dead."
    assert state(run) is WorkflowState.PARTLY_FAILED


def test_a_step_ends_and_is_replayed_at_the_same_cost_however_many_wait_for_it() -> None:
    """All follows in the transaction in which it ended; on SQLite everybody waits for that."""

    def statements(width: int) -> list[int]:
        clock.synchronise()  # else it may fall into one of the counts
        after = (Step(f"a{n}", "probe.noop", after=("first",)) for n in range(width))
        settled = (Step(f"s{n}", "probe.noop", settled=("first",)) for n in range(width))
        first = Step("first", "probe.answer", payload=FAILS)
        run = started(Workflow("wide", (first, *after, *settled)))
        with CaptureQueriesContext(connection) as died:
            end_the_next(Fail("no"))
        assert Job.objects.filter(workflow=run, state="cancelled").count() == width
        assert Job.objects.filter(workflow=run, state="ready").count() == width
        with CaptureQueriesContext(connection) as replayed:
            replay(step(run, "first").pk, payload=WELL)
        assert Job.objects.filter(workflow=run, state="waiting").count() == 2 * width
        with CaptureQueriesContext(connection) as succeeded:
            end_the_next(Done())
        assert Job.objects.filter(workflow=run, state="ready").count() == 2 * width
        Job.objects.all().delete()
        return [len(died), len(replayed), len(succeeded)]

    assert statements(3) == statements(300)


def test_a_chain_is_settled_at_the_same_cost_however_long_it_is() -> None:
    def statements(length: int) -> int:
        clock.synchronise()  # else it may fall into one of the counts
        links = (Step(f"s{n}", "probe.noop", after=(f"s{n - 1}",)) for n in range(1, length))
        run = started(Workflow("chain", (Step("s0", "probe.noop"), *links)))
        with CaptureQueriesContext(connection) as died:
            end_the_next(Fail("no"))
        assert Job.objects.filter(workflow=run, state="cancelled").count() == length - 1
        assert step(run, "s1").reason == "s0 is dead."
        assert step(run, f"s{length - 1}").reason == f"s{length - 2} is cancelled."
        assert state(run) is WorkflowState.FAILED
        return len(died)

    assert statements(3) == statements(300)


def test_a_replayed_step_revives_what_was_cancelled_because_of_it() -> None:
    run = started(settle=FAILS)
    drain_jobs()
    replay(step(run, "settle").pk, payload={"outcome": "fail", "succeed_at": 2})
    assert state(run) is WorkflowState.RUNNING
    assert states(run)["summary"] == "waiting"
    drain_jobs()
    assert states(run)["summary"] == states(run)["scorecard"] == "done"
    assert step(run, "email").attempt == 1, "it went out the first time; once is enough"
    assert state(run) is WorkflowState.DONE


def test_a_replay_before_the_other_parents_end_counts_parents_rightly() -> None:
    run = started(scorecard=FAILS)
    drain_jobs(limit=10)
    for name in ("email", "summary"):
        Job.objects.filter(workflow=run, step=name).update(state="waiting", unmet=1)
    replay(step(run, "scorecard").pk, payload={"outcome": "fail", "succeed_at": 2})
    assert step(run, "email").unmet == 2


def test_a_workflow_of_which_every_end_died_has_failed() -> None:
    run = started(Workflow("short", (Step("only", "probe.answer", payload=FAILS),)))
    drain_jobs()
    assert state(run) is WorkflowState.FAILED


def test_a_cancelled_workflow_runs_nothing_more() -> None:
    run = started()
    assert cancel_workflow(run.pk, reason="the candidate withdrew")
    assert set(states(run).values()) == {"cancelled"}
    assert (drain_jobs(), state(run)) == (0, WorkflowState.CANCELLED)
    assert not cancel_workflow(run.pk, reason="again")


def test_a_cancelled_step_takes_along_what_needs_it_only() -> None:
    run = started()
    cancel_job(step(run, "summary").pk, reason="by hand")
    drain_jobs()
    assert states(run)["email"] == "done"
    assert not cancel_job(step(run, "summary").pk, reason="by hand")


def test_a_workflow_is_started_once_for_one_key() -> None:
    first = start_workflow(DEBRIEF, scope="acme", idempotency_key="interview 7")
    assert start_workflow(DEBRIEF, scope="acme", idempotency_key="interview 7").pk == first.pk
    assert start_workflow(DEBRIEF, scope="rival", idempotency_key="interview 7").pk != first.pk
    assert Job.objects.filter(workflow=first).count() == 5


def test_a_common_payload_gives_each_step_what_its_handler_takes() -> None:
    workflow = Workflow("mixed", (Step("a", "probe.noop"), Step("b", "probe.echo", after=("a",))))
    run = start_workflow(workflow, payload={"say": "hello"})
    assert step(run, "a").payload == {}
    assert step(run, "b").payload == {"say": "hello"}


@pytest.mark.parametrize(
    ("steps", "complaint"),
    [
        ((), "has no steps"),
        ((Step("a", "probe.noop"), Step("a", "probe.noop")), "two steps named 'a'"),
        ((Step("a", "probe.noop", after=("b",)),), "waits for unknown 'b'"),
        (
            (Step("a", "probe.noop"), Step("b", "probe.noop", after=("a",), settled=("a",))),
            "names one parent twice",
        ),
        (
            (
                Step("a", "probe.noop", after=("c",)),
                Step("b", "probe.noop", after=("a",)),
                Step("c", "probe.noop", after=("b",)),
            ),
            r"has a cycle: (a → b → c → a|b → c → a → b|c → a → b → c)",
        ),
    ],
)
def test_a_workflow_that_is_no_graph_is_refused(steps: tuple[Step, ...], complaint: str) -> None:
    with pytest.raises(BadWorkflowError, match=complaint):
        Workflow("bad", steps)


def test_the_last_parent_releases_its_child_though_it_looked_at_the_clock_first() -> None:
    """Two that end at once: the second waits for the first one's lock, with a time from before that."""
    pair = (Step("a", "probe.noop"), Step("b", "probe.noop"))
    run = started(Workflow("pair", (*pair, Step("both", "probe.noop", after=("a", "b")))))
    slot = Bench(ThreadRunner())
    looked_at = clock.now()
    for moment in (looked_at + timedelta(seconds=1), looked_at):
        [claimed] = finish_and_claim(slot, [])
        settled = settle(Ending(claimed, Done(), moment), backoff=(), chance=0.5)
        with transaction.atomic():
            finish([settled], now=moment)
    assert step(run, "both").state == "ready", "and needs no timer"


@pytest.mark.parametrize("outcome", [Done(), Fail("no")])
def test_a_step_waits_for_its_parents_alone_though_the_clock_is_set_back(outcome: Outcome) -> None:
    first = Step("first", "probe.noop")
    run = started(Workflow("late", (first, Step("second", "probe.noop", settled=("first",)))))
    [claimed] = finish_and_claim(Bench(ThreadRunner()), [])
    an_hour_ago = clock.now() - timedelta(hours=1)
    settled = settle(Ending(claimed, outcome, an_hour_ago), backoff=(), chance=0.5)
    with transaction.atomic():
        finish([settled], now=an_hour_ago)
    assert step(run, "second").state == "ready"


def test_a_step_without_a_handler_stops_the_start() -> None:
    workflow = Workflow("orphan", (Step("a", "nobody.does_this"),))
    messages = [message for message in run_checks() if message.id == "scheduler.E001"]
    assert len(messages) == 1
    assert "nobody.does_this" in messages[0].msg
    del workflow
