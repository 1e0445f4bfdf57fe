"""Erasing a candidate: no word of theirs is left anywhere, and nothing brings one back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import ValidationError
from pytest_django import Settings

from interviews import access
from interviews.access import Missing
from interviews.candidate_link import UnknownLink, interview_of_token, token_of
from interviews.models import (
    AuditEntry,
    Candidate,
    Consent,
    Debrief,
    Decision,
    ErasureReceipt,
    Event,
    Interview,
    Segment,
)
from interviews.queries.held_about import TABLES
from interviews.services.answer_question import answer_question, ask_question
from interviews.services.erase_candidate import NOBODY, request_erasure
from interviews.services.participants import admit_member, enter_room
from interviews.services.room_refusals import RightsChanged
from interviews.services.write_summary import write_summary
from interviews.states import DebriefStatus, InterviewState
from notifications.models import Email, MailboxMessage
from scheduler.models import Job
from scheduler.outcomes import Cancel
from scheduler.states import JobState
from scheduler.testing import detached_run, drain_jobs, enqueued
from tests.cast import Cast, make_interview
from tests.interviews.ai import without_ai
from tests.interviews.care.everything import (
    make_everything,
    plant_canaries,
    store_an_answer_about,
    tables_about_candidates,
    where_canaries_are,
)
from tests.interviews.told import make_debrief, make_told_interview

pytestmark = pytest.mark.portable
NAME = "Cem Candidate"


@pytest.fixture(autouse=True)
def no_provider() -> Iterator[None]:
    with without_ai():
        yield


@pytest.fixture(autouse=True)
def kept_mail(settings: Settings, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"
    settings.MEDIA_ROOT = tmp_path


def erase(cast: Cast, *, name: str = NAME) -> ErasureReceipt:
    return request_erasure(
        candidate=Candidate.objects.get(id=cast.cem.id),
        confirmed_name=name,
        by=cast.rita,
        now=datetime.now(UTC),
    )


def test_erasure_knows_every_table_with_a_path_to_candidates() -> None:
    known = {table.model for table in TABLES} | {Candidate}
    assert known == tables_about_candidates()


def test_no_word_is_left_in_any_column_of_the_database(cast: Cast) -> None:
    make_everything(cast)
    store_an_answer_about(cast.cem)
    for model in tables_about_candidates():
        assert model._default_manager.exists(), f"make_everything has no row of {model.__name__}"
    plant_canaries()
    assert len(where_canaries_are()) > 50
    name = Candidate.objects.get(id=cast.cem.id).name
    erase(cast, name=name)
    assert where_canaries_are() == []


def test_the_resume_is_deleted_from_the_disk(
    cast: Cast, tmp_path: Path, django_capture_on_commit_callbacks: pytest.FixtureRequest
) -> None:
    make_everything(cast)
    assert list(tmp_path.rglob("*.txt"))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # a function
        erase(cast)
    assert not list(tmp_path.rglob("*.txt"))


def test_recordings_are_deleted_from_the_disk(
    cast: Cast, tmp_path: Path, django_capture_on_commit_callbacks: pytest.FixtureRequest
) -> None:
    make_everything(cast)
    assert len(list((tmp_path / "recordings").rglob("*.*"))) == 2
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # a function
        receipt = erase(cast)
    assert list((tmp_path / "recordings").iterdir()) == []
    assert (receipt.counts["recordings"], receipt.counts["recording chunks"]) == (2, 1)


def test_what_the_law_wants_kept_stays_without_words(cast: Cast) -> None:
    told = make_everything(cast)
    receipt = erase(cast)
    consent, decision = Consent.objects.get(), Decision.objects.get()
    assert (consent.interview_id, consent.answer, consent.notice_text) == (told.id, "given", "")
    assert (decision.decided_by, decision.outcome, decision.reason) == (cast.theo, "reject", "")
    row = Candidate.objects.get(id=cast.cem.id)
    assert (row.name, row.email, row.erased_at) == (NOBODY, "", receipt.erased_at)


def test_the_receipt_counts_and_the_audit_trail_names_nobody(cast: Cast) -> None:
    told = make_everything(cast)
    spoken = told.segments.count()
    receipt = erase(cast)
    assert receipt.counts["segments"] == spoken
    assert receipt.counts["kept mail"] == 2  # the invitation, and that a debrief is ready
    assert receipt.asked_by == cast.rita
    entry = AuditEntry.objects.get(action="candidate.erased")
    assert (entry.subject_id, entry.detail) == (str(cast.cem.id), {"receipt": str(receipt.id)})


def test_another_candidate_of_the_same_position_loses_nothing(cast: Cast) -> None:
    told = make_everything(cast)
    bea = Candidate.objects.create(organisation=cast.acme, name="Bea", email="bea@mail.example")
    hers = make_interview(cast, plan=told.plan_version, state=InterviewState.ENDED)
    hers.candidate = bea
    hers.save()
    Segment.objects.create(
        interview=hers, seg_id="s", position=1, speaker="candidate", text="Hello.", source="typed"
    )
    make_debrief(hers)
    erase(cast)
    assert Segment.objects.get().text == "Hello."
    assert (
        Job.objects.filter(
            state=JobState.CANCELLED, payload__debrief_id=str(hers.debriefs.get().id)
        ).count()
        == 0
    )
    drain_jobs()
    assert hers.debriefs.get().status == DebriefStatus.READY


def test_only_the_candidates_name_confirms_it(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        erase(cast, name="Cem")
    erase(cast, name="  cem   CANDIDATE ")
    with pytest.raises(Missing):
        erase(cast, name=NOBODY)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (InterviewState.DRAFT, InterviewState.CANCELLED),
        (InterviewState.SCHEDULED, InterviewState.CANCELLED),
        (InterviewState.WAITING, InterviewState.CANCELLED),
        (InterviewState.LIVE, InterviewState.ENDED),
        (InterviewState.PAUSED, InterviewState.ENDED),
        (InterviewState.ENDED, InterviewState.ENDED),
    ],
)
def test_whoever_is_in_the_room_is_put_out(cast: Cast, before: str, after: str) -> None:
    room = make_interview(cast, state=InterviewState(before))
    link = token_of(room)
    inside = admit_member(interview_id=room.id, user=cast.ines.user)
    erase(cast)
    room.refresh_from_db()
    assert room.state == after
    assert room.access_generation > inside.rights  # every hub checks its sockets again
    with pytest.raises(UnknownLink):
        interview_of_token(link, now=datetime.now(UTC))
    with pytest.raises(Missing):
        admit_member(interview_id=room.id, user=cast.ines.user)
    with pytest.raises(Missing):
        access.interview(cast.rita, room.id)
    with pytest.raises(RightsChanged):
        enter_room(inside)  # not even late words of the last seconds


def test_no_debrief_is_written_of_a_running_interview_that_was_erased(cast: Cast) -> None:
    make_interview(cast, state=InterviewState.LIVE)
    erase(cast)
    assert not Debrief.objects.exists()
    assert [event.kind for event in Event.objects.all()] == ["state.changed"]


def test_erased_while_a_job_runs_nothing_is_written(cast: Cast) -> None:
    told = make_told_interview(cast)
    debrief = make_debrief(told)
    answer = ask_question(
        interview=told, asked_by=cast.rita, question="How big?", now=datetime.now(UTC)
    )
    erase(cast)
    run = detached_run()
    summary = async_to_sync(write_summary)(run=run, debrief_id=debrief.id)
    said = async_to_sync(answer_question)(run=run, answer_id=answer.id)
    assert isinstance(summary, Cancel)
    assert isinstance(said, Cancel)
    drain_jobs()
    assert not Debrief.objects.exists()
    assert not told.answers.exists()


def test_what_waits_is_cancelled(cast: Cast) -> None:
    make_debrief(make_told_interview(cast))
    assert enqueued("interviews.settle_transcript")
    erase(cast)
    open_jobs = {job.kind for job in Job.objects.filter(state__in=("waiting", "ready"))}
    assert open_jobs == {"interviews.sweep_erased"}


def test_an_email_that_was_being_sent_is_swept_up(cast: Cast) -> None:
    make_everything(cast)
    erase(cast)
    (email,) = Email.objects.filter(kind="invitation")
    email.address = "cem@mail.example"  # as its job writes it while we erase
    email.save()
    MailboxMessage.objects.create(message_id=f"<{email.id}@here>", to="cem@mail.example", text="x")
    Candidate.objects.filter(id=cast.cem.id).update(name=NAME)  # a form that was saved just then
    drain_jobs(datetime.now(UTC) + timedelta(minutes=6))
    email.refresh_from_db()
    assert email.address == ""
    assert not MailboxMessage.objects.exists()
    assert Candidate.objects.get(id=cast.cem.id).name == NOBODY


def test_a_repeated_api_call_is_not_told_the_name_again(cast: Cast) -> None:
    store_an_answer_about(cast.cem)
    erase(cast)
    assert not Interview.objects.exists()
    assert where_canaries_are() == []
