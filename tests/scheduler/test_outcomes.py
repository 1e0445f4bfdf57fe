"""What becomes of a job, by what its handler answered."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduler.dead_letters import replay
from scheduler.enqueue import enqueue
from scheduler.models import Attempt, Job, Kind
from scheduler.testing import drain_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.portable]


def later(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def attempts(job: Job) -> list[str]:
    rows = Attempt.objects.filter(job_id=job.pk).order_by("number")
    return list(rows.values_list("ended", flat=True))


def test_a_job_that_answers_is_done_and_its_answer_kept() -> None:
    job = enqueue("probe.echo", {"say": "hello"})
    assert drain_jobs() == 1
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"say": "hello", "heard": {}})
    assert attempts(job) == ["done"]


def test_an_async_handler_is_run_too() -> None:
    job = enqueue("probe.async_echo", {"say": "hello"})
    assert drain_jobs() == 1
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"say": "hello", "heard": []})


def test_a_failed_job_is_tried_after_1_5_and_25_seconds_and_then_is_a_dead_letter() -> None:
    job = enqueue("probe.answer", {"outcome": "retry"})
    now = datetime.now(UTC)
    for waited in (1, 5, 25):
        drain_jobs(now)
        job.refresh_from_db()
        assert job.state == "waiting"
        assert waited * 0.79 < (job.due_at - now).total_seconds() < waited * 1.21
        assert drain_jobs(job.due_at - timedelta(milliseconds=1)) == 0
        now = job.due_at
    drain_jobs(now)
    job.refresh_from_db()
    assert (job.state, job.failures, job.reason) == ("dead", 4, "not now")
    assert attempts(job) == ["retry", "retry", "retry", "dead"]


def test_a_handler_that_raises_is_tried_again_and_its_traceback_kept() -> None:
    job = enqueue("probe.answer", {"outcome": "raise"})
    drain_jobs()
    attempt = Attempt.objects.get(job_id=job.pk)
    assert attempt.ended == "retry"
    assert attempt.reason == "RuntimeError: a handler broke\N{REPLACEMENT CHARACTER}"
    assert "in answer" in attempt.traceback


def test_the_delay_a_handler_asks_for_is_kept() -> None:
    job = enqueue("probe.answer", {"outcome": "retry_after"})
    drain_jobs()
    job.refresh_from_db()
    assert 89 < (job.due_at - datetime.now(UTC)).total_seconds() <= 90


def test_what_cannot_succeed_is_a_dead_letter_at_once() -> None:
    job = enqueue("probe.answer", {"outcome": "fail"})
    assert drain_jobs(later(3600)) == 1
    job.refresh_from_db()
    assert (job.state, job.reason) == ("dead", "never")


def test_what_is_no_longer_wanted_is_cancelled() -> None:
    job = enqueue("probe.answer", {"outcome": "cancel"})
    drain_jobs()
    job.refresh_from_db()
    assert (job.state, job.reason, attempts(job)) == ("cancelled", "not wanted", ["cancelled"])


@pytest.mark.parametrize("outcome", ["nul", "surrogate"])
def test_a_result_no_database_can_store_is_a_dead_letter_that_says_so(outcome: str) -> None:
    job = enqueue("probe.answer", {"outcome": outcome})
    drain_jobs()
    job.refresh_from_db()
    assert job.state == "dead"
    assert job.reason.startswith("The result")


@pytest.mark.parametrize("outcome", ["endless", "no text"])
def test_an_answer_that_makes_no_sense_is_a_dead_letter_that_says_so(outcome: str) -> None:
    job = enqueue("probe.answer", {"outcome": outcome})
    drain_jobs()
    job.refresh_from_db()
    assert job.state == "dead"
    assert job.reason.startswith("Its answer cannot be used")


def test_progress_may_be_noted_in_any_characters() -> None:
    job = enqueue("probe.async_slow", {"seconds": 0})
    drain_jobs()
    job.refresh_from_db()
    assert job.progress_note == "half way\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("outcome", ["exit", "interrupted"])
def test_a_handler_that_exits_is_tried_again(outcome: str) -> None:
    job = enqueue("probe.answer", {"outcome": outcome, "succeed_at": 2})
    drain_jobs()
    drain_jobs(later(5))
    job.refresh_from_db()
    assert (job.state, attempts(job)) == ("done", ["retry", "done"])


def test_a_snooze_spends_no_attempt_and_pauses_its_kind_behind_one_probe() -> None:
    for _ in range(5):
        enqueue("probe.answer", {"outcome": "snooze"})
    assert drain_jobs() == 1, "the others wait behind the one that found nobody there"
    assert Kind.objects.get(name="probe.answer").snooze_reason == "nobody is there"
    assert drain_jobs(later(31)) == 1, "one probe goes first"
    Job.objects.update(payload={"outcome": "snooze", "succeed_at": 1})
    assert drain_jobs(later(62)) == 5, "the probe came through, and the others after it"


def test_a_job_snoozed_for_a_day_is_a_dead_letter() -> None:
    job = enqueue("probe.answer", {"outcome": "snooze"})
    drain_jobs()
    drain_jobs(later(3600 * 25))
    job.refresh_from_db()
    assert (job.state, job.failures) == ("dead", 0)


def test_a_replayed_dead_letter_has_all_its_attempts_again() -> None:
    job = enqueue("probe.answer", {"outcome": "fail"})
    drain_jobs()
    replay(job.pk, payload={"outcome": "retry", "succeed_at": 2})
    drain_jobs()
    job.refresh_from_db()
    assert (job.state, job.failures, job.result) == ("done", 0, 2)
    assert attempts(job) == ["dead", "done"]


def test_a_job_for_later_waits_for_its_time() -> None:
    job = enqueue("probe.noop", {}, run_at=later(60))
    assert (job.state, drain_jobs()) == ("waiting", 0)
    assert drain_jobs(later(61)) == 1
