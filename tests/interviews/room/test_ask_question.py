"""The AI's turn belongs to one process at a time, and a broken one is asked anew."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from interviews.events import EventKind
from interviews.models import AskedQuestion, Event, Interview, Segment
from interviews.services.ask_question import (
    LEASE,
    Turn,
    Wording,
    WordsStillComing,
    begin_anew,
    claim_turn,
    finish_question,
    keep_turn,
)
from interviews.services.record_transcript import finish_turn
from interviews.services.room_log import append_event, lock_room
from interviews.states import InterviewState
from tests.cast import QUESTIONS, Cast
from tests.interviews.room.conftest import NOW, Tab

pytestmark = [pytest.mark.django_db, pytest.mark.portable]


def claim(room: Interview, owner: str = "a", now: datetime = NOW) -> Turn | None:
    return claim_turn(interview_id=room.id, owner=owner, silent_seconds=0, now=now)


def ask(room: Interview, now: datetime = NOW) -> Turn:
    """The next move, said in the plan's own words."""
    turn = claim(room, now=now)
    assert turn is not None
    assert finish_question(turn=turn, wording=Wording(turn.move.text), now=now)
    return turn


def answer(cem: Tab, text: str, now: datetime = NOW) -> None:
    cem.say(text, seg_id=f"s{cem.sent}", now=now)
    finish_turn(by=cem.by, seg_ids=[f"s{cem.sent - 1}"], sender=cem.key(), now=now)


def test_an_interview_goes_from_welcome_to_close(cem: Tab) -> None:
    room, now, moves = cem.interview, NOW, []
    while Interview.objects.get().state == InterviewState.LIVE:
        now += timedelta(seconds=30)
        turn = ask(room, now)
        moves.append(turn.move.kind)
        if turn.move.awaits_answer:
            answer(cem, "In 2021 I led the migration and it cut our costs by 30 percent.", now)
    assert moves[:2] == ["open", "ask"]
    assert moves.count("ask") == len(QUESTIONS)
    assert moves[-1] == "close"
    ended = Interview.objects.get()
    assert (ended.ended_by, ended.is_partial) == ("director", False)
    asked = list(AskedQuestion.objects.filter(move="ask").values_list("text", flat=True))
    assert asked == list(QUESTIONS)


def test_an_answer_belongs_to_the_question_it_answers(cem: Tab) -> None:
    ask(cem.interview)
    ask(cem.interview)
    answer(cem, "I ran our billing service.")
    said = Segment.objects.get(speaker="candidate")
    assert said.asked_question is not None
    assert said.asked_question.text == QUESTIONS[0]
    assert said.asked_question.answered_at == NOW


@pytest.mark.parametrize("words_came", ["in time", "with it"])
@pytest.mark.parametrize("presses_repeat", [False, True])
def test_a_turn_that_was_held_up_does_not_answer_the_next_question(
    cem: Tab, words_came: str, *, presses_repeat: bool
) -> None:
    room, later = cem.interview, NOW + timedelta(seconds=60)
    ask(room)
    ask(room)
    Interview.objects.update(live_since=NOW)
    came_at = (
        later + timedelta(seconds=5) if words_came == "with it" else NOW + timedelta(seconds=20)
    )

    def say_it() -> None:
        cem.say("I ran our billing service.", seg_id="held-up", ended_ms=20_000, now=came_at)

    if words_came == "in time":
        say_it()
    cem.press("skip", now=later)  # in another tab
    ask(room, later)
    if presses_repeat:
        cem.press("repeat", now=later)
        ask(room, later)
    later += timedelta(seconds=5)
    if words_came == "with it":
        say_it()
    finish_turn(by=cem.by, seg_ids=["held-up"], sender=cem.key(), now=later)
    open_question = AskedQuestion.objects.order_by("position").last()
    assert open_question is not None
    assert QUESTIONS[1] in open_question.text
    assert open_question.answered_at is None
    said = Segment.objects.get(seg_id="held-up")
    assert said.asked_question is not None
    assert said.asked_question.text == QUESTIONS[0]
    assert claim(room, now=later) is None  # the AI waits for the answer
    answer(cem, "We had four engineers and I led two of them through the change.", later)
    assert claim(room, now=later) is not None


def test_whoever_finishes_turns_faster_than_a_person_can_is_asked_in_the_plans_own_words(
    cem: Tab,
) -> None:
    """Each wording costs a provider's price, and a script may press on for hours."""
    room = cem.interview
    ask(room)
    hurried = []
    for number in range(25):
        turn = claim(room)
        assert turn is not None
        hurried.append(turn.is_hurried)
        answer(cem, f"Answer {number}.")  # before the question stands: it is taken back
    assert hurried[:10] == [False] * 10
    assert hurried[-1]
    later = claim(room, now=NOW + timedelta(minutes=2))
    assert later is not None
    assert not later.is_hurried


def test_words_before_an_explanation_answer_the_question_explained(cem: Tab) -> None:
    ask(cem.interview)
    ask(cem.interview)
    cem.say("In 2021 I ran our billing service, and it cut costs by half.", seg_id="s")
    cem.press("repeat")
    ask(cem.interview)
    finish_turn(by=cem.by, seg_ids=["s"], sender=cem.key(), now=NOW)
    assert claim(cem.interview) is not None


def test_while_one_process_asks_no_other_does(room: Interview) -> None:
    assert claim(room, "a") is not None
    assert claim(room, "b") is None


def test_a_dead_owners_question_is_taken_back_and_asked_anew(room: Interview) -> None:
    ask(room)
    dead = claim(room, "dead")
    later = NOW + LEASE
    heir = claim(room, "heir", later)
    assert dead is not None
    assert heir is not None
    assert heir.move == dead.move
    assert heir.question_id != dead.question_id
    assert not keep_turn(turn=dead, now=later)
    assert not finish_question(turn=dead, wording=Wording("Too late."), now=later)
    assert finish_question(turn=heir, wording=Wording("Asked once."), now=later)
    kinds = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["question.asked", "question.withdrawn", "question.asked"]


def test_a_living_owner_keeps_its_turn(room: Interview) -> None:
    turn = claim(room, "a")
    assert turn is not None
    assert keep_turn(turn=turn, now=NOW + LEASE / 2)
    assert claim(room, "b", NOW + LEASE) is None


def test_a_provider_that_breaks_off_starts_under_another_id(room: Interview) -> None:
    turn = claim(room)
    assert turn is not None
    anew = begin_anew(turn=turn, now=NOW)
    assert anew not in (None, turn.question_id)
    states = list(AskedQuestion.objects.order_by("position").values_list("state", flat=True))
    assert states == ["withdrawn", "asking"]


def test_nobody_asks_while_a_member_leads(rita: Tab) -> None:
    rita.press("take_over")
    assert claim(rita.interview) is None
    rita.press("hand_back")
    assert claim(rita.interview) is not None


def test_the_turn_waits_for_words_that_are_still_coming(cem: Tab) -> None:
    ask(cem.interview)
    ask(cem.interview)
    cem.say("The first half.", seg_id="heard")
    finish_turn(by=cem.by, seg_ids=["heard", "coming"], sender=cem.key(), now=NOW)
    with pytest.raises(WordsStillComing):
        claim(cem.interview)
    assert claim(cem.interview, now=NOW + timedelta(seconds=4)) is not None


def test_the_turn_waits_for_each_piece_of_speech_it_named(cem: Tab) -> None:
    ask(cem.interview)
    ask(cem.interview)
    finish_turn(by=cem.by, seg_ids=["first", "second"], sender=cem.key(), now=NOW)
    cem.say("The first half", seg_id="first")
    with pytest.raises(WordsStillComing):
        claim(cem.interview)
    cem.say("and the second.", seg_id="second")
    turn = claim(cem.interview)
    assert turn is not None
    assert turn.last_answer == "The first half and the second."


@pytest.mark.parametrize("kind", [EventKind.SEGMENT_EMPTY, EventKind.SEGMENT_FAILED])
def test_the_turn_does_not_wait_for_speech_known_to_have_no_words(
    cem: Tab, kind: EventKind
) -> None:
    ask(cem.interview)
    ask(cem.interview)
    cem.say("My answer.", seg_id="said")
    finish_turn(by=cem.by, seg_ids=["said", "cough"], sender=cem.key(), now=NOW)
    with transaction.atomic():
        room = lock_room(cem.interview.id)
        append_event(room, kind=kind, at=NOW, payload={"seg_id": "cough"}, for_candidate=True)
    assert claim(cem.interview) is not None


def test_an_answer_takes_back_the_clarification_that_is_being_said(cem: Tab) -> None:
    ask(cem.interview)
    ask(cem.interview)
    cem.press("clarify")
    clarifying = claim(cem.interview)
    assert clarifying is not None
    assert clarifying.move.kind == "clarify"
    answer(cem, "In 2021 I led the migration and it cut our costs by 30 percent.")
    assert not finish_question(turn=clarifying, wording=Wording("It means…"), now=NOW)
    assert Event.objects.filter(kind=EventKind.QUESTION_WITHDRAWN).count() == 1
    following = claim(cem.interview, "another process")
    assert following is not None
    assert following.move.kind == "ask"


@pytest.mark.parametrize(("off", "on"), [("pause", "resume"), ("take_over", "hand_back")])
def test_after_an_interruption_any_process_asks_at_once(
    cem: Tab, off: str, on: str, cast: Cast
) -> None:
    member = Tab(cem.interview, cast.rita)
    assert claim(cem.interview, "a") is not None
    member.press(off)
    member.press(on)
    assert claim(cem.interview, "b") is not None


@pytest.mark.parametrize(("said", "state"), [("", "skipped"), ("Only a beginning", "asked")])
def test_a_question_without_any_answer_counts_as_skipped(cem: Tab, said: str, state: str) -> None:
    ask(cem.interview)
    ask(cem.interview)
    if said:
        cem.say(said)
    cem.press("skip")
    assert AskedQuestion.objects.get(move="ask").state == state


def test_what_a_member_asked_in_other_words_is_not_asked_again(cem: Tab, rita: Tab) -> None:
    ask(cem.interview)
    rita.press("take_over")
    rita.say("So, could you tell us about a service that you built and ran yourself?")
    answer(cem, "In 2021 I led the migration and it cut our costs by 30 percent.")
    rita.press("hand_back")
    turn = claim(cem.interview)
    assert turn is not None
    assert (turn.move.kind, turn.move.text) == ("ask", QUESTIONS[1])


def test_a_whisper_is_asked_next(cem: Tab, rita: Tab) -> None:
    ask(cem.interview)
    ask(cem.interview)
    rita.press("whisper", "How large was that team?")
    answer(cem, "In 2021 I led the migration and it cut our costs by 30 percent.")
    turn = claim(cem.interview)
    assert turn is not None
    assert (turn.move.text, turn.move.reason) == ("How large was that team?", "whispered")


def test_what_is_told_of_a_question_holds_nothing_of_the_plan(room: Interview) -> None:
    ask(room)
    ask(room)
    told = str(list(Event.objects.values_list("payload", flat=True)))
    assert not any(text in told for text in QUESTIONS[1:])
    for secret in ("next_in_plan", "question_ref", "reason", "must"):
        assert secret not in told
