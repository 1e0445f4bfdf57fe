"""Which job goes first, how many at once, and what a cancellation still reaches."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler import clock, housekeeping
from scheduler.databases import database
from scheduler.enqueue import cancel_job, enqueue, enqueue_many, start_workflow
from scheduler.execute import Bench, finish_and_claim
from scheduler.finish import finish
from scheduler.gate import Gate
from scheduler.leases import LEASE
from scheduler.models import Attempt, Job, Kind
from scheduler.outcomes import Done, Outcome, Retry, Snooze
from scheduler.priorities import OVERTAKEN_AT_MOST, Priority
from scheduler.runners import ThreadRunner
from scheduler.values import Claimed, Settled
from scheduler.verdict import Ending, hand_back, settle
from scheduler.wakeup import bell
from scheduler.workers import register
from scheduler.workflow import Step, Workflow

pytestmark = [pytest.mark.django_db, pytest.mark.portable]


def bench() -> Bench:
    return Bench(ThreadRunner(), worker_id=register(slots=1, carrier="threads"))


def ended(claimed: Claimed, outcome: Outcome) -> Settled:
    return settle(Ending(claimed, outcome, clock.now()), backoff=(1.0,), chance=0.5)


def write(*settled: Settled, now: datetime | None = None) -> None:
    at = now or clock.now()
    with transaction.atomic():
        finish(settled, now=at)


@pytest.mark.parametrize("waiting", [0, 1, 2])
def test_a_slot_wakes_another_only_when_it_leaves_something_behind(waiting: int) -> None:
    enqueue_many("probe.noop", [{}] * waiting)
    bell.wait(0)
    assert len(finish_and_claim(bench(), [])) == min(1, waiting)
    assert bell.wait(0) == (waiting > 1), "or idle slots would wake each other for ever"


@pytest.mark.parametrize("answer", ["retry", "snooze", "handed back"])
def test_a_job_somebody_cancelled_does_not_go_back_to_wait(answer: str) -> None:
    enqueue("probe.noop", {})
    [claimed] = finish_and_claim(bench(), [])
    assert cancel_job(claimed.id, reason="the candidate withdrew")
    match answer:
        case "retry":
            write(ended(claimed, Retry("not now")))
        case "snooze":
            write(ended(claimed, Snooze("nobody is there", seconds=30)))
        case _:
            write(hand_back(claimed, now=clock.now(), reason="The worker stopped.", began=True))
    job = Job.objects.get()
    assert (job.state, job.reason) == ("cancelled", "the candidate withdrew")
    assert job.finished_at is not None
    assert Attempt.objects.get().ended == "cancelled"


def test_a_cancelled_step_takes_along_what_needs_it_though_its_handler_wanted_to_try_again() -> (
    None
):
    run = start_workflow(
        Workflow("pair", (Step("a", "probe.noop"), Step("b", "probe.noop", after=("a",))))
    )
    [claimed] = finish_and_claim(bench(), [])
    cancel_job(claimed.id, reason="not wanted")
    write(ended(claimed, Retry("not now")))
    run.refresh_from_db()
    assert set(Job.objects.values_list("state", flat=True)) == {"cancelled"}
    assert run.state == "cancelled"


def test_the_batch_of_one_kind_is_not_taken_of_another() -> None:
    slot = bench()
    enqueue_many("probe.batched", ({"n": n} for n in range(40)))
    [first] = finish_and_claim(slot, [])
    slot.learn("probe.batched", 0.0001)
    batch = finish_and_claim(slot, [ended(first, Done())])
    assert len(batch) == 20
    Job.objects.filter(state="ready").delete()
    enqueue_many("probe.noop", ({} for _ in range(20)))
    assert len(finish_and_claim(slot, [ended(one, Done()) for one in batch])) == 1


def test_nor_is_it_while_another_slot_begins_that_other() -> None:
    class Meanwhile(dict[str, float]):
        def get(self, kind: str, default: float | None = None) -> float | None:  # type: ignore[override]
            slot.last_kind = "probe.noop"
            return super().get(kind, default)

    slot = Bench(ThreadRunner(), seconds=Meanwhile({"probe.batched": 0.0001}))
    slot.last_kind = "probe.batched"
    wanted = slot.wanted(clock.now())
    assert (wanted.limit, wanted.batch_of) == (20, "probe.batched")


def test_a_step_queues_up_from_when_it_may_run_not_from_when_its_workflow_began() -> None:
    start_workflow(
        Workflow(
            "pair",
            (
                Step("a", "probe.noop"),
                Step("b", "probe.noop", after=("a",)),
                Step("c", "probe.noop", settled=("a",), priority=Priority.HIGH),
            ),
        )
    )
    slot = bench()
    [first] = finish_and_claim(slot, [])
    now = clock.now()
    write(ended(first, Done()), now=now + timedelta(hours=1))
    keys = {job.step: job.sort_key for job in Job.objects.filter(step__in=("b", "c"))}
    waited = enqueue("probe.echo", {})
    assert waited.sort_key < keys["c"] < keys["b"]


def test_a_date_in_the_past_buys_no_precedence() -> None:
    first = enqueue("probe.noop", {})
    assert (
        enqueue("probe.noop", {}, run_at=clock.now() - timedelta(days=9)).sort_key > first.sort_key
    )


ARRIVALS = st.lists(
    st.tuples(st.integers(0, 600), st.sampled_from(Priority)), min_size=1, max_size=12
)


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(arrivals=ARRIVALS)
def test_nothing_starves(arrivals: list[tuple[int, Priority]]) -> None:
    """A job is overtaken only by those that fall due within the handicap after it."""
    Job.objects.all().delete()
    began = clock.now()
    for second, priority in arrivals:
        at = began + timedelta(seconds=second)
        enqueue("probe.noop", {}, priority=priority, run_at=at)
    end = began + timedelta(hours=1)
    with transaction.atomic():
        database().release_due(now=end, limit=1_000)
    due = dict(Job.objects.values_list("pk", "due_at"))
    waiting = set(due)
    slot = bench()
    for _ in arrivals:
        [claimed] = finish_and_claim(slot, [])
        waiting.remove(claimed.id)
        for passed in waiting:
            assert due[claimed.id] - due[passed] <= OVERTAKEN_AT_MOST
    assert not waiting


def lost(kind: str, count: int) -> None:
    """So many jobs of the kind that were in a worker's hands when it died."""
    enqueue_many(kind, ({} for _ in range(count)))
    worker_id = register(slots=count, carrier="threads")
    for job in Job.objects.filter(kind=kind, state="ready"):
        Job.objects.filter(pk=job.pk).update(
            state="running", attempt=1, worker_id=worker_id, started_at=clock.now()
        )
    housekeeping.rescue(now=clock.now() + LEASE + timedelta(seconds=1))
    assert Job.objects.filter(kind=kind, state="ready", crashes=1).count() == count


def test_a_job_that_waits_for_itself_alone_holds_up_no_other_of_its_kind() -> None:
    enqueue_many("probe.noop", ({} for _ in range(2)))
    slot = bench()
    [first] = finish_and_claim(slot, [])
    alone = Snooze("their own provider is away", seconds=30, pauses_kind=False)
    [second] = finish_and_claim(slot, [ended(first, alone)])
    assert (first.id, Job.objects.get(id=first.id).state) != (second.id, "ready")
    assert not Kind.objects.filter(snoozed_until__isnull=False).exists()


def test_a_probe_that_waits_for_itself_alone_neither_opens_its_kind_nor_shuts_it() -> None:
    enqueue_many("probe.noop", ({} for _ in range(4)))
    slot = bench()
    [first] = finish_and_claim(slot, [])
    assert finish_and_claim(slot, [ended(first, Snooze("nobody is there", seconds=30))]) == []
    Kind.objects.update(snoozed_until=clock.now() - timedelta(seconds=1))
    slot.gate = Gate()  # a second later
    [probe] = finish_and_claim(slot, [])
    alone = Snooze("their own provider is away", seconds=30, pauses_kind=False)
    [next_probe] = finish_and_claim(slot, [ended(probe, alone)])
    assert finish_and_claim(slot, []) == [], "still one at a time"
    assert len(finish_and_claim(slot, [ended(next_probe, Done())])) == 1
    assert Kind.objects.get().snoozed_until is None


def test_a_suspect_keeps_to_the_limit_of_its_kind() -> None:
    lost("probe.one_at_a_time", 1)
    enqueue("probe.one_at_a_time", {})
    slot = bench()
    Job.objects.filter(crashes=0).update(state="running", worker_id=slot.worker_id)
    assert finish_and_claim(slot, []) == []


def test_suspects_keep_to_the_rate_of_their_kind() -> None:
    lost("probe.two_a_second", 3)
    slot = bench()
    for _ in range(2):
        [claimed] = finish_and_claim(slot, [])
        write(ended(claimed, Done()))
    assert finish_and_claim(slot, []) == []


def test_a_snooze_lets_one_probe_through_at_once_in_the_process_that_noted_it() -> None:
    enqueue_many("probe.noop", ({} for _ in range(3)))
    slot = bench()
    [first] = finish_and_claim(slot, [])
    assert finish_and_claim(slot, [ended(first, Snooze("nobody is there", seconds=30))]) == []
    assert Kind.objects.get().snoozed_until is not None


def test_a_suspect_waits_while_another_job_is_the_probe_of_its_kind() -> None:
    lost("probe.noop", 1)
    enqueue("probe.noop", {})
    Kind.objects.create(name="probe.noop", snoozed_until=clock.now() - timedelta(seconds=1))
    slot = bench()
    Job.objects.filter(crashes=0).update(state="running", worker_id=slot.worker_id)
    assert finish_and_claim(slot, []) == []
    Job.objects.filter(crashes=0).delete()
    [probe] = finish_and_claim(slot, [])
    assert probe.crashes == 1
