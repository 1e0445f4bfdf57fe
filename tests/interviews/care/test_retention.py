"""Retention: conversations go when their time is over, as candidates were told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from ai_engine import ledger
from ai_engine.models import ModelCall
from interviews.access import Forbidden
from interviews.models import Answer, AuditEntry, Debrief, Event, Interview, Review, Segment
from interviews.services.answer_question import ask_question
from interviews.services.keep_no_longer import (
    keep_no_longer,
    keep_recordings_no_longer,
    prune_audit_trail,
)
from interviews.services.start_debrief import rerun_debrief
from interviews.states import DebriefStatus, InterviewState
from scheduler.models import Job, RecurringJob
from scheduler.recurring import enqueue_due, set_declared
from scheduler.testing import drain_jobs
from tests.ai_engine.test_ledger import record
from tests.cast import Cast
from tests.interviews.ai import without_ai
from tests.interviews.care.everything import make_everything
from tests.interviews.told import ENDED_AT, make_told_interview

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def no_provider() -> Iterator[None]:
    with without_ai():
        yield


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def told(cast: Cast) -> Interview:
    return make_everything(cast)


def _reload(told: Interview) -> Interview:
    return Interview.objects.get(id=told.id)


def test_a_conversation_goes_when_its_days_are_over_and_not_before(told: Interview) -> None:
    days = told.organisation.transcript_days * DAY
    assert keep_no_longer(now=ENDED_AT + days - DAY) == 0
    assert told.segments.exists()
    assert keep_no_longer(now=ENDED_AT + days + DAY) == 1
    for rows in (told.segments, told.events, told.debriefs, told.answers, told.transcript_versions):
        assert not rows.exists()
    assert keep_no_longer(now=ENDED_AT + days + DAY) == 0


def test_what_people_judged_and_the_candidate_stay(told: Interview, cast: Cast) -> None:
    keep_no_longer(now=ENDED_AT + 200 * DAY)
    assert Review.objects.get().note == "Good."
    cast.cem.refresh_from_db()
    assert cast.cem.name == "Cem Candidate"
    assert cast.cem.erased_at is None
    assert _reload(told).debrief_status == DebriefStatus.NONE
    entry = AuditEntry.objects.get(action="conversation.erased")
    assert (entry.actor, entry.subject_id) == ("clock", str(told.id))


@pytest.mark.parametrize("state", [InterviewState.LIVE, InterviewState.PAUSED])
def test_a_running_interview_is_never_touched(cast: Cast, state: InterviewState) -> None:
    told = make_told_interview(cast)
    Interview.objects.update(state=state, ended_at=None)
    assert keep_no_longer(now=ENDED_AT + 4000 * DAY) == 0
    assert told.segments.exists()


def test_each_organisation_has_its_own_days(told: Interview, cast: Cast) -> None:
    cast.acme.transcript_days = 30
    cast.acme.save()
    assert keep_no_longer(now=ENDED_AT + 31 * DAY) == 1


def test_recordings_go_before_the_conversation(told: Interview, cast: Cast) -> None:
    days = cast.acme.recording_days * DAY
    assert keep_recordings_no_longer(now=ENDED_AT + days - DAY) == 0
    assert keep_recordings_no_longer(now=ENDED_AT + days + DAY) == 1
    assert not told.recordings.exists()
    assert told.segments.exists()
    assert AuditEntry.objects.get(action="recording.erased").detail == {"recordings": 2}
    assert keep_recordings_no_longer(now=ENDED_AT + days + DAY) == 0


def test_nothing_is_written_of_it_afterwards(told: Interview, cast: Cast) -> None:
    keep_no_longer(now=ENDED_AT + 200 * DAY)
    now = datetime.now(UTC)
    with pytest.raises(Forbidden):
        ask_question(interview=_reload(told), asked_by=cast.rita, question="Who?", now=now)
    with pytest.raises(Forbidden):
        rerun_debrief(interview_id=told.id, asked_by=cast.rita, now=now)
    drain_jobs()
    for model in (Answer, Debrief, Segment):
        assert not model._default_manager.exists()
    assert not Event.objects.filter(interview=told).exists()


def test_the_report_says_so(told: Interview, cast: Cast, client: Client) -> None:
    keep_no_longer(now=ENDED_AT + 200 * DAY)
    client.force_login(cast.rita.user)
    page = client.get(f"/interviews/{told.id}/report/").content.decode()
    assert "The conversation was erased" in page
    assert "Too far away." in page  # the decision, with its reason
    assert "transcript.vtt" not in page


def test_it_recurs_by_itself_every_night(cast: Cast) -> None:
    told = make_told_interview(cast)
    Interview.objects.update(ended_at=datetime.now(UTC) - 200 * DAY)
    set_declared()
    retention = RecurringJob.objects.get(name="retention")
    assert retention.next_at - datetime.now(UTC) <= DAY
    enqueue_due(now=retention.next_at)
    assert Job.objects.filter(kind=retention.kind).count() == 1
    drain_jobs()
    assert not told.segments.exists()


def test_it_stays_paused_when_an_operator_paused_it(db: None) -> None:
    set_declared()
    RecurringJob.objects.filter(name="retention").update(is_paused=True)
    set_declared()
    assert RecurringJob.objects.get(name="retention").is_paused


def test_the_audit_trail_is_kept_longer_and_then_pruned(cast: Cast, settings: Settings) -> None:
    now = datetime.now(UTC)
    for days in (settings.RETENTION_AUDIT_DAYS - 1, settings.RETENTION_AUDIT_DAYS + 1):
        AuditEntry.objects.create(organisation=cast.acme, action="x", at=now - days * DAY)
    assert prune_audit_trail(now=now) == 1
    assert AuditEntry.objects.count() == 1


def test_the_calls_of_the_ai_are_kept_as_long(db: None, settings: Settings) -> None:
    now = datetime.now(UTC)
    ages = (settings.RETENTION_AUDIT_DAYS - 1, settings.RETENTION_AUDIT_DAYS + 1)
    ledger.store([record(days, at=now - days * DAY) for days in ages])
    set_declared()
    enqueue_due(now=RecurringJob.objects.get(name="retention").next_at)
    drain_jobs()
    assert [call.request_id for call in ModelCall.objects.all()] == [f"r{ages[0]}"]
