"""The transcript that a debrief is written from is frozen once all speech is in it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from interviews.events import EventKind
from interviews.models import Debrief, Event, Interview, Segment
from interviews.queries.transcript import window_from
from interviews.services.room_log import append_event, lock_room
from interviews.states import DebriefStatus, SegmentSource
from scheduler.testing import drain_jobs
from tests.cast import Cast
from tests.interviews.ai import without_ai
from tests.interviews.told import make_debrief, make_told_interview

pytestmark = pytest.mark.portable


@pytest.fixture(autouse=True)
def no_provider() -> Iterator[None]:
    with without_ai():
        yield


@pytest.fixture
def told(cast: Cast) -> Interview:
    """Its last turn names a piece of speech whose words have not come yet."""
    interview = make_told_interview(cast)
    with transaction.atomic():
        room = lock_room(interview.id)
        append_event(
            room,
            kind=EventKind.TURN_FINISHED,
            at=timezone.now(),
            payload={"seg_ids": ["s1", "late"]},
            for_candidate=True,
        )
    return interview


def _version(debrief: Debrief) -> list[str] | None:
    debrief.refresh_from_db()
    version = debrief.transcript_version
    return None if version is None else [text for _, text in version.segments]


def test_it_waits_for_words_that_are_still_being_transcribed(told: Interview) -> None:
    debrief = make_debrief(told)
    drain_jobs()
    assert _version(debrief) is None
    Segment.objects.create(
        interview=told,
        seg_id="late",
        position=6,
        speaker="candidate",
        text="Here they are.",
        source=SegmentSource.PROVIDER,
    )
    drain_jobs(now=timezone.now() + timedelta(minutes=5))
    assert (_version(debrief) or [])[-1] == "Here they are."
    assert debrief.status == DebriefStatus.READY


def test_nobody_else_waits_for_them(cast: Cast, told: Interview) -> None:
    waiting, other = make_debrief(told), make_debrief(make_told_interview(cast))
    drain_jobs()
    assert _version(waiting) is None
    assert _version(other) is not None


def test_after_a_minute_what_is_missing_is_marked_as_a_gap(told: Interview) -> None:
    debrief = make_debrief(told)
    drain_jobs()
    Debrief.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    drain_jobs(now=timezone.now() + timedelta(minutes=5))
    assert len(_version(debrief) or []) == 6
    assert debrief.transcript_version is not None
    assert [gap["seg_id"] for gap in debrief.transcript_version.gaps] == ["late"]
    marked = Event.objects.get(interview=told, kind=EventKind.GAP_MARKED)
    assert marked.payload["seg_id"] == "late"
    assert debrief.status == DebriefStatus.READY


def test_it_waits_for_speech_that_a_server_received_and_no_turn_named(cast: Cast) -> None:
    interview = make_told_interview(cast)
    _note(interview, EventKind.SPEECH_RECEIVED)
    debrief = make_debrief(interview)
    drain_jobs()
    assert _version(debrief) is None
    _note(interview, EventKind.SEGMENT_EMPTY)
    drain_jobs(now=timezone.now() + timedelta(minutes=5))
    assert len(_version(debrief) or []) == 6
    assert debrief.transcript_version is not None
    assert debrief.transcript_version.gaps == [], "a cough is no gap"


def test_speech_whose_server_died_is_a_gap(cast: Cast) -> None:
    interview = make_told_interview(cast)
    _note(interview, EventKind.SPEECH_RECEIVED)
    debrief = make_debrief(interview)
    drain_jobs()
    Debrief.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    drain_jobs(now=timezone.now() + timedelta(minutes=5))
    assert _version(debrief) is not None
    assert debrief.transcript_version is not None
    assert [gap["seg_id"] for gap in debrief.transcript_version.gaps] == ["late"]


def _note(interview: Interview, kind: EventKind) -> None:
    with transaction.atomic():
        room, at = lock_room(interview.id), timezone.now()
        append_event(room, kind=kind, at=at, payload={"seg_id": "late"}, for_candidate=False)


def test_a_gap_stands_in_its_place_in_the_transcript(told: Interview) -> None:
    with transaction.atomic():
        append_event(
            lock_room(told.id),
            kind=EventKind.GAP_MARKED,
            at=timezone.now(),
            payload={"seg_id": "late", "at_ms": 70_000},
            for_candidate=True,
        )
    moments = window_from(told).moments
    assert [moment.gaps_before for moment in moments] == [0, 0, 1, 0, 0, 0]
