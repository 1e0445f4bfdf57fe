"""The job machine against a model that fits on a page: whatever is asked, in whatever order."""

import os
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from scheduler import clock, housekeeping
from scheduler.counters import fold, live_counts
from scheduler.databases import database
from scheduler.dead_letters import NotReplayableError, replay, replay_many
from scheduler.enqueue import cancel_job, cancel_workflow, enqueue, start_workflow
from scheduler.execute import Bench, finish_and_claim
from scheduler.finish import finish
from scheduler.leases import LEASE
from scheduler.models import Edge, Job, WorkflowRun
from scheduler.outcomes import Cancel, Done, Fail, Outcome, Retry
from scheduler.runners import ThreadRunner
from scheduler.states import FINAL, OPEN, EdgeCondition, JobState
from scheduler.values import Claimed
from scheduler.verdict import Ending, hand_back, settle
from scheduler.workers import register
from scheduler.workflow import Step, Workflow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.portable]

OUTCOMES = st.sampled_from(
    [Done("x"), Done("x"), Retry("again"), Fail("never"), Cancel("unwanted")]
)
STEPS = st.lists(
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from(EdgeCondition)), min_size=1, max_size=3),
    min_size=2,
    max_size=5,
)


class JobMachine(RuleBasedStateMachine):
    """Two workers claim and settle, are lost and come back; people cancel and replay; time passes."""

    workflows = Bundle("workflows")

    def __init__(self) -> None:
        super().__init__()
        for table in ("attempt", "edge", "job", "workflowrun", "delta", "total", "worker", "kind"):
            with connection.cursor() as cursor:
                cursor.execute(f"delete from scheduler_{table}")
        self.held: list[Claimed] = []
        self.final: dict[int, str] = {}
        self.ahead = timedelta()
        self.bench = self._new_bench()

    @rule()
    def ask_for_a_job(self) -> None:
        enqueue("probe.echo", {"say": "x"})

    @rule(target=workflows, shape=STEPS)
    def start_a_workflow(self, shape: list[list[tuple[int, EdgeCondition]]]) -> int:
        steps = []
        for place, edges in enumerate(shape):
            parents = {parent: how for parent, how in edges if parent < place}
            named = {
                how: tuple(f"s{parent}" for parent, wanted in parents.items() if wanted is how)
                for how in EdgeCondition
            }
            steps.append(
                Step(
                    f"s{place}",
                    "probe.echo",
                    after=named[EdgeCondition.SUCCEEDED],
                    settled=named[EdgeCondition.SETTLED],
                    dead=named[EdgeCondition.DIED],
                )
            )
        return start_workflow(Workflow("random", tuple(steps))).pk

    @rule()
    def claim(self) -> None:
        self.held += finish_and_claim(self.bench, [])

    @rule(data=st.data(), outcome=OUTCOMES)
    def settle_one_and_claim_the_next(self, data: st.DataObject, outcome: Outcome) -> None:
        if self.held:
            claimed = data.draw(st.sampled_from(self.held))
            self.held.remove(claimed)
            settled = settle(Ending(claimed, outcome, self.now), backoff=(1.0,), chance=0.5)
            self.held += finish_and_claim(self.bench, [settled])

    @rule(outcomes=st.lists(OUTCOMES, min_size=3, max_size=8))
    def work_for_a_while(self, outcomes: list[Outcome]) -> None:
        """Without this, workflows of several generations would rarely get to their end."""
        for outcome in outcomes:
            if not self.held:
                self.held += finish_and_claim(self.bench, [])
            if not self.held:
                return
            claimed = self.held.pop(0)
            settled = settle(Ending(claimed, outcome, self.now), backoff=(1.0,), chance=0.5)
            self.held += finish_and_claim(self.bench, [settled])

    @rule(data=st.data())
    def settle_the_same_twice(self, data: st.DataObject) -> None:
        if self.held:
            claimed = data.draw(st.sampled_from(self.held))
            self.held.remove(claimed)
            settled = settle(Ending(claimed, Done("x"), self.now), backoff=(), chance=0.5)
            for _ in range(2):
                with transaction.atomic():
                    finish([settled], now=self.now)

    @rule()
    def hand_back_everything(self) -> None:
        settled = [
            hand_back(claimed, now=self.now, reason="stop", began=False) for claimed in self.held
        ]
        self.held = []
        if settled:
            with transaction.atomic():
                finish(settled, now=self.now)

    @rule()
    def lose_the_worker_and_rescue(self) -> None:
        housekeeping.rescue(now=self.now + LEASE + timedelta(seconds=1))
        self.bench = self._new_bench()

    @rule(seconds=st.sampled_from([0.5, 2, 60]))
    def let_time_pass(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)
        with transaction.atomic():
            database().release_due(now=self.now, limit=100)

    @rule(data=st.data())
    def cancel_a_job(self, data: st.DataObject) -> None:
        ids = list(Job.objects.order_by("pk").values_list("pk", flat=True))
        if ids:
            cancel_job(data.draw(st.sampled_from(ids)), reason="by hand")

    @rule(run=workflows)
    def cancel_a_workflow(self, run: int) -> None:
        cancel_workflow(run, reason="by hand")

    @rule(data=st.data())
    def replay_a_dead_letter(self, data: st.DataObject) -> None:
        ids = list(Job.objects.filter(state="dead").order_by("pk").values_list("pk", flat=True))
        if ids:
            job_id = data.draw(st.sampled_from(ids))
            try:
                replay(job_id)
            except NotReplayableError:
                raise AssertionError("a dead letter must be replayable") from None
            for job in Job.objects.filter(state__in=OPEN):
                self.final.pop(job.pk, None)

    @rule()
    def replay_all(self) -> None:
        """In any order: here, children first."""
        replay_many(Job.objects.filter(state="dead").order_by("-pk").values_list("pk", flat=True))
        for job in Job.objects.filter(state__in=OPEN):
            self.final.pop(job.pk, None)

    @rule()
    def fold_the_counts(self) -> None:
        fold(now=self.now)

    @invariant()
    def what_ended_stays_as_it_ended(self) -> None:
        for job_id, state in Job.objects.filter(state__in=FINAL).values_list("pk", "state"):
            assert self.final.setdefault(job_id, state) == state

    @invariant()
    def the_live_counts_agree_with_the_table(self) -> None:
        table: dict[str, int] = {}
        for state in Job.objects.values_list("state", flat=True):
            table[state] = table.get(state, 0) + 1
        assert live_counts().by_state() == table

    @invariant()
    def children_wait_exactly_as_long_as_their_parents_are_open(self) -> None:
        for job in Job.objects.filter(state__in=OPEN):
            edges = edges_to(job)
            still_open = [parent for parent, _ in edges if not parent.is_final]
            assert job.unmet == len(still_open)
            assert job.state != JobState.READY or not still_open
            if job.attempt == 0:  # a step that ran may see a parent replayed
                assert all(how.is_met_by(parent) for parent, how in edges if parent.is_final)

    @invariant()
    def what_is_kept_from_running_is_kept_by_a_parent(self) -> None:
        for job in Job.objects.filter(is_blocked=True):
            assert job.state == JobState.CANCELLED
            assert any(
                parent.is_final and not how.is_met_by(parent) for parent, how in edges_to(job)
            )

    @invariant()
    def what_somebody_cancelled_does_not_wait_to_run(self) -> None:
        assert not Job.objects.filter(state__in=("waiting", "ready"), cancel_requested=True)

    @invariant()
    def a_workflow_runs_as_long_as_one_of_its_jobs_is_open(self) -> None:
        for run in WorkflowRun.objects.all():
            is_open = Job.objects.filter(workflow=run, state__in=OPEN).exists()
            assert (run.state == "running") == is_open

    @property
    def now(self) -> datetime:
        return clock.now() + self.ahead

    def _new_bench(self) -> Bench:
        return Bench(ThreadRunner(), worker_id=register(slots=1, carrier="threads"))


def edges_to(job: Job) -> list[tuple[JobState, EdgeCondition]]:
    """How each of its parents stands, and what of that it waits for."""
    edges = Edge.objects.filter(child=job).select_related("parent")
    return [(JobState(edge.parent.state), EdgeCondition(edge.condition)) for edge in edges]


def test_the_job_machine_keeps_its_promises() -> None:
    run_state_machine_as_test(JobMachine, settings=EXAMPLES)


EXAMPLES = settings(
    max_examples=int(os.environ.get("JOB_MACHINE_EXAMPLES", "25")),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
