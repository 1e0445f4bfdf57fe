"""What may be asked for, and what asking twice means."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from scheduler.counters import fold, live_counts
from scheduler.enqueue import cancel_job, enqueue, enqueue_many
from scheduler.handlers import BadPayloadError, UnknownKindError
from scheduler.models import Delta, Job, Kind
from scheduler.priorities import Priority
from scheduler.testing import drain_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.portable]


def test_the_payload_arrives_as_the_handlers_types() -> None:
    job = enqueue("probe.typed", {"subject": uuid4(), "count": 3})
    drain_jobs()
    job.refresh_from_db()
    assert job.result == ["UUID", 3, ""]


@pytest.mark.parametrize(
    ("payload", "complaint"),
    [
        ({"count": 1}, "subject: Field required"),
        ({"subject": "x", "count": 1}, "subject: Input should be a valid UUID"),
        ({"subject": str(uuid4()), "count": "many"}, "count: Input should be a valid integer"),
        ({"subject": str(uuid4()), "count": 1, "more": 1}, "more: Extra inputs"),
        ({"subject": str(uuid4()), "count": 1, "note": "\x00"}, "the payload holds a NUL"),
        ({"subject": str(uuid4()), "count": 1, "note": "x" * 70_000}, "is longer than 65536"),
    ],
)
def test_a_payload_that_does_not_fit_is_refused_when_asked_for(
    payload: dict[str, object], complaint: str
) -> None:
    with pytest.raises(BadPayloadError, match=complaint):
        enqueue("probe.typed", payload)
    assert not Job.objects.exists()


def test_a_payload_may_speak_of_a_nul() -> None:
    say = r"In JSON it is \u0000, and here \\u0000."
    job = enqueue("probe.echo", {"say": say})
    drain_jobs()
    job.refresh_from_db()
    assert job.result == {"say": say, "heard": {}}


def test_the_longest_payload_arrives_whole() -> None:
    say = "x" * (65_536 - len('{"say": ""}'))
    job = enqueue("probe.echo", {"say": say})
    drain_jobs()
    job.refresh_from_db()
    assert job.result == {"say": say, "heard": {}}
    with pytest.raises(BadPayloadError):
        enqueue("probe.echo", {"say": say + "x"})


def test_an_unknown_kind_is_refused_when_asked_for_and_kept_when_found() -> None:
    with pytest.raises(UnknownKindError):
        enqueue("nobody.does_this", {})
    job = enqueue("probe.noop", {})
    Job.objects.update(kind="of.a.newer.release")
    assert drain_jobs() == 0
    job.refresh_from_db()
    assert job.state == "ready"


def test_what_is_rolled_back_was_never_asked_for() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        enqueue("probe.noop", {})
        raise RuntimeError
    assert drain_jobs() == 0


def test_a_unique_job_is_asked_for_once_while_it_is_open() -> None:
    first = enqueue("probe.noop", {}, unique_key="report 1")
    assert enqueue("probe.noop", {}, unique_key="report 1").pk == first.pk
    assert enqueue("probe.noop", {}, unique_key="report 2").pk != first.pk
    drain_jobs()
    assert enqueue("probe.noop", {}, unique_key="report 1").pk != first.pk


def test_an_idempotent_request_answers_its_first_job_even_when_that_is_done() -> None:
    first = enqueue("probe.noop", {}, scope="acme", idempotency_key="k")
    drain_jobs()
    assert enqueue("probe.noop", {}, scope="acme", idempotency_key="k").pk == first.pk
    assert enqueue("probe.noop", {}, scope="rival", idempotency_key="k").pk != first.pk


def test_the_urgent_goes_first_and_the_old_before_the_less_urgent() -> None:
    def ask(say: str, priority: Priority) -> Job:
        return enqueue("probe.echo", {"say": say}, priority=priority)

    jobs = [
        ask("low", Priority.LOW),
        ask("normal", Priority.NORMAL),
        ask("urgent", Priority.URGENT),
    ]
    drain_jobs()
    finished = Job.objects.order_by("finished_at").values_list("payload__say", flat=True)
    assert list(finished) == ["urgent", "normal", "low"]
    old = ask("old and low", Priority.LOW)
    Job.objects.filter(pk=old.pk).update(sort_key=old.sort_key - 120_000_000)
    fresh = ask("fresh", Priority.NORMAL)
    drain_jobs()
    old.refresh_from_db()
    fresh.refresh_from_db()
    assert old.finished_at < fresh.finished_at  # type: ignore[operator]
    assert len(jobs) == 3


def test_a_paused_kind_waits_and_lets_others_pass() -> None:
    Kind.objects.create(name="probe.noop", paused_at=datetime.now(UTC))
    enqueue("probe.noop", {})
    enqueue("probe.echo", {})
    assert drain_jobs() == 1
    Kind.objects.update(paused_at=None)
    assert drain_jobs() == 1


def test_a_rate_limit_lets_so_many_through_a_second() -> None:
    enqueue_many("probe.two_a_second", ({} for _ in range(5)))
    now = datetime.now(UTC)
    assert [drain_jobs(now + timedelta(seconds=s)) for s in (1, 1.1, 2, 3, 4)] == [2, 0, 2, 1, 0]


def test_a_cancelled_job_does_not_run() -> None:
    job = enqueue("probe.noop", {})
    assert cancel_job(job.pk, reason="changed my mind")
    assert drain_jobs() == 0
    assert not cancel_job(job.pk, reason="again")
    assert not cancel_job(0, reason="there is none")


def test_the_live_counts_agree_with_the_table_before_and_after_folding() -> None:
    enqueue_many("probe.echo", ({} for _ in range(3)), scope="acme")
    enqueue("probe.answer", {"outcome": "fail"}, scope="rival")
    enqueue("probe.noop", {}, run_at=datetime.now(UTC) + timedelta(hours=1))
    expected = {"done": 3, "dead": 1, "waiting": 1}
    drain_jobs()
    assert live_counts().by_state() == expected
    fold(now=datetime.now(UTC))
    assert not Delta.objects.exists()
    assert live_counts().by_state() == expected
    assert live_counts(scope="acme").by_state() == {"done": 3}
