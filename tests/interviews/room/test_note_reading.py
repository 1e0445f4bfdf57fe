"""What was not spoken is not in the record as said: reading a question aloud may break off."""

import uuid

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from interviews.models import AskedQuestion, Interview, Segment
from interviews.queries.transcript import whole
from interviews.services.note_reading import note_reading
from interviews.services.room_refusals import NoSuchSegment, NotYours
from interviews.states import SegmentSource, Speaker
from tests.interviews.room.conftest import Tab

pytestmark = pytest.mark.django_db
TEXT = "Please describe a system that you designed, and what went wrong with it afterwards."


@pytest.fixture
def question(room: Interview) -> AskedQuestion:
    asked = AskedQuestion.objects.create(
        interview=room, position=1, move="ask", text=TEXT, state=AskedQuestion.State.ASKED
    )
    Segment.objects.create(
        interview=room,
        seg_id=asked.id.hex,
        position=room.member_seq + 1,
        speaker=Speaker.AI,
        speaker_name="AI interviewer",
        text=TEXT,
        source=SegmentSource.AI,
        asked_question=asked,
    )
    return asked


def hear(tab: Tab, question_id: uuid.UUID, characters: int) -> bool:
    noted = note_reading(
        by=tab.by,
        question_id=question_id,
        heard_chars=characters,
        sender=tab.key(),
        now=timezone.now(),
    )
    return noted.duplicate


def test_the_transcript_shows_the_whole_text_and_how_far_it_was_heard(
    room: Interview, cem: Tab, question: AskedQuestion
) -> None:
    hear(cem, question.id, TEXT.index(", and"))
    (moment,) = whole(room).moments
    assert moment.text == TEXT
    assert moment.read_until == "describe a system that you designed"


def test_the_report_says_up_to_where(room: Interview, cem: Tab, question: AskedQuestion) -> None:
    hear(cem, question.id, TEXT.index(", and"))
    page = render_to_string(
        "interviews/_transcript.html", {"window": whole(room), "interview": room}
    )
    assert TEXT in page
    assert "read aloud up to “describe a system that you designed”, shown in full" in page


def test_a_reading_that_was_stopped_before_its_first_word_was_not_heard(
    room: Interview, cem: Tab, question: AskedQuestion
) -> None:
    hear(cem, question.id, 0)
    assert whole(room).moments[0].read_until == ""


def test_a_question_that_was_read_to_its_end_carries_no_mark(
    room: Interview, question: AskedQuestion
) -> None:
    assert whole(room).moments[0].read_until is None


def test_the_candidate_is_not_told_of_it_and_counts_no_gap(
    room: Interview, cem: Tab, question: AskedQuestion
) -> None:
    room.refresh_from_db()
    before = room.candidate_seq
    hear(cem, question.id, 10)
    room.refresh_from_db()
    assert room.candidate_seq == before
    assert room.events.get(kind="question.heard").payload["heard_chars"] == 10


def test_only_the_candidate_hears_and_only_what_was_asked(
    cem: Tab, rita: Tab, question: AskedQuestion
) -> None:
    with pytest.raises(NotYours):
        hear(rita, question.id, 3)
    with pytest.raises(NoSuchSegment):
        hear(cem, uuid.uuid4(), 3)
