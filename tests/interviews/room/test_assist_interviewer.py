"""What helps a person who leads: suggestions with their reason, coverage, warnings, notes and marks."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from interviews.coverage import Planned, asked_in, is_same_idea
from interviews.hub import StoredWords
from interviews.models import AskedQuestion, Event, Interview, Moment, Note, Segment, Suggestion
from interviews.queries.panel import coverage_of, panel_plan
from interviews.services.assist_interviewer import answer_suggestion, look_at_words
from interviews.services.room_refusals import NoSuchSegment, NotYours
from interviews.services.take_notes import add_note, mark_moment
from interviews.states import InterviewState, Mode
from tests.cast import QUESTIONS, Cast
from tests.interviews.room.conftest import NOW, Tab, make_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(cast: Cast) -> Interview:
    """An interview that Ines leads."""
    return make_room(cast, InterviewState.LIVE, Mode.ASSISTED)


@pytest.fixture
def ines(cast: Cast, room: Interview) -> Tab:
    return Tab(room, cast.ines)


def test_a_planned_question_in_other_words_counts_as_asked(room: Interview, ines: Tab) -> None:
    ines.say("So, could you tell us about a service that you built and ran yourself?", seg_id="i1")
    assert coverage_of(room).competencies == ("Technical depth",)
    asked = AskedQuestion.objects.get()
    assert asked.question is not None
    assert (asked.question.text, asked.move) == (QUESTIONS[0], "member")
    assert Event.objects.get().member_payload["question_ref"] == str(asked.question_id)
    ines.say("Which service did you build and run yourself, you said?", seg_id="i2")
    assert AskedQuestion.objects.count() == 1, "a question is asked once"


def test_an_answer_belongs_to_the_question_a_person_asked(
    room: Interview, ines: Tab, cem: Tab
) -> None:
    ines.say(QUESTIONS[0], seg_id="i1")
    cem.say("Our billing.")
    assert Segment.objects.get(speaker="candidate").asked_question == AskedQuestion.objects.get()


@pytest.mark.parametrize(
    ("said", "is_asked"),
    [
        ("Describe an outage you handled. What did you do first?", True),
        ("What was the first thing you did in an outage you had to handle?", True),
        ("Thanks, that was a good first answer.", False),
        ("", False),
    ],
)
def test_small_talk_is_no_question_of_the_plan(said: str, is_asked: bool) -> None:
    planned = [Planned("q", "Describe an outage you handled. What did you do first?")]
    assert (asked_in(said, planned) == "q") is is_asked


def test_a_question_stands_at_its_time_on_the_clock_and_pauses_do_not_count(
    room: Interview, ines: Tab
) -> None:
    def minute(number: float) -> datetime:
        return NOW + timedelta(minutes=number)

    def ask(place: int, at: float) -> None:
        ines.say(QUESTIONS[place], seg_id=f"i{place}", now=minute(at))

    room = make_room_by_log(room, ines)
    ask(0, 1)
    ines.press("pause", now=minute(4))
    ines.press("resume", now=minute(14))
    ask(3, 15)
    found = coverage_of(room)
    assert found.asked_ms == (60_000, 5 * 60_000)
    assert found.competencies == ("Collaboration", "Technical depth")


def make_room_by_log(room: Interview, ines: Tab) -> Interview:
    """The same room, started as people start it, so that its log knows when."""
    Interview.objects.filter(id=room.id).update(
        state=InterviewState.WAITING, started_at=None, live_since=None
    )
    ines.press("start")
    return room


def test_the_time_of_a_section_is_stretched_as_the_interview_is(room: Interview) -> None:
    room.time_factor = Decimal("1.5")
    (section,) = panel_plan(room)
    assert section.planned_ms == 4 * 4 * 60_000 * 1.5


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("How many orders were lost?", "Could you say how many orders you lost?", True),
        (
            "What was your own part in the migration of the database?",
            "In that database migration, which part was your own?",
            True,
        ),
        ("How many orders were lost?", "Who told the customers about it?", False),
        ("What would you do differently?", "Who told the customers about it?", False),
    ],
)
def test_one_idea_in_two_wordings(one: str, other: str, is_same: bool) -> None:
    assert is_same_idea(one, other) is is_same
    assert is_same_idea(other, one) is is_same


def test_a_prohibited_topic_is_a_private_warning() -> None:
    words = StoredWords("i1", "interviewer", "Are you planning to have children soon?")
    (warned, *_) = look_at_words(words, mode=Mode.ASSISTED, state=InterviewState.LIVE).warnings
    assert (warned.seg_id, bool(warned.advice)) == ("i1", True)


def test_what_a_candidate_tells_unasked_must_not_count() -> None:
    words = StoredWords("c1", "candidate", "I am pregnant, by the way.")
    found = look_at_words(words, mode=Mode.ASSISTED, state=InterviewState.LIVE)
    assert "no part in your judgement" in found.warnings[0].advice


def test_a_note_is_kept_for_its_author_and_told_to_nobody(room: Interview, ines: Tab) -> None:
    by, key = ines.by, ines.key()
    for _ in range(2):
        add_note(by=by, text="Strong on queues.", seg_id=None, sender=key, now=NOW)
    note = Note.objects.get()
    assert note.member_id == by.member_id
    event = Event.objects.get()
    assert event.candidate_seq is None
    assert "queues" not in str(event.member_payload)


def test_a_moment_is_the_segment_that_was_said_last(room: Interview, ines: Tab, cem: Tab) -> None:
    with pytest.raises(NoSuchSegment):
        mark_moment(by=ines.by, label="", seg_id=None, sender=ines.key(), now=NOW)
    cem.say("We lost a day of orders.", seg_id="c1", now=NOW + timedelta(seconds=90))
    mark_moment(by=ines.by, label="Honest", seg_id=None, sender=ines.key(), now=NOW)
    assert (Moment.objects.get().segment.seg_id, Moment.objects.get().at_ms) == ("c1", 90_000)


def test_a_candidate_takes_no_notes(cem: Tab) -> None:
    with pytest.raises(NotYours):
        add_note(by=cem.by, text="Hm.", seg_id=None, sender=cem.key(), now=NOW)
    with pytest.raises(NotYours):
        mark_moment(by=cem.by, label="", seg_id=None, sender=cem.key(), now=NOW)


def test_a_suggestion_is_answered_once(room: Interview, ines: Tab) -> None:
    row = Suggestion.objects.create(interview=room, text="How many orders?", because=[])
    by, key = ines.by, ines.key()
    for _ in range(2):
        answer_suggestion(by=by, suggestion_id=row.id, answer="dismiss", sender=key, now=NOW)
    row.refresh_from_db()
    assert (row.answer, row.answered_by_id) == ("dismiss", by.member_id)
    assert Event.objects.count() == 1
