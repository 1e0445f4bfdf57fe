"""Every control, by everybody, in every state: what the table of the contract allows, and nothing else."""

from datetime import timedelta
from typing import get_args

import pytest

from interviews.events import CandidateAction, MemberAction
from interviews.models import AskedQuestion, Event, Interview
from interviews.services.ask_question import claim_turn
from interviews.services.end_interview import end_interview
from interviews.services.room_control import use_control
from interviews.services.room_refusals import NotNow, NotYours
from interviews.states import Actor, InterviewState, Mode
from tests.cast import Cast, make_plan
from tests.interviews.room.conftest import NOW, Tab, make_room

pytestmark = [pytest.mark.django_db, pytest.mark.portable]

S = InterviewState
RUNNING = {S.LIVE, S.PAUSED}
EVERYBODY = ("candidate", "interviewer", "recruiter", "observer")
# Who may use it in an AI-led interview, and in which state.
TABLE: dict[str, tuple[set[str], set[InterviewState]]] = {
    "start": ({"candidate"}, {S.WAITING}),
    "pause": ({"candidate", "interviewer", "recruiter"}, {S.LIVE}),
    "resume": ({"candidate", "interviewer", "recruiter"}, {S.PAUSED}),
    "end": ({"candidate", "interviewer", "recruiter"}, RUNNING),
    **dict.fromkeys(get_args(CandidateAction), ({"candidate"}, {S.LIVE})),
    **dict.fromkeys(get_args(MemberAction), ({"interviewer", "recruiter"}, RUNNING)),
}


def tab_of(who: str, room: Interview, cast: Cast) -> Tab:
    members = {"interviewer": cast.ines, "recruiter": cast.rita, "observer": cast.otto}
    return Tab(room, members.get(who))


@pytest.mark.parametrize("action", TABLE)
@pytest.mark.parametrize("who", EVERYBODY)
def test_a_control_works_exactly_where_the_table_allows_it(
    action: str, who: str, cast: Cast
) -> None:
    allowed, states = TABLE[action]
    plan = make_plan(cast.acme)
    for state in S:
        if state == S.DRAFT:
            continue
        room = make_room(cast, state, plan=plan)
        if action == "hand_back":
            Interview.objects.filter(id=room.id).update(leading_member=cast.ines)
        tab = tab_of(who, room, cast)
        if who in allowed and state in states:
            assert not tab.press(action, "What about the team?").recorded.duplicate
            continue
        with pytest.raises((NotNow, NotYours)):
            tab.press(action, "What about the team?")
        room.refresh_from_db()
        assert (room.state, room.member_seq) == (state, 0), "a refusal changes nothing"


def test_an_assisted_interview_is_started_by_its_interviewer(cast: Cast) -> None:
    room = make_room(cast, S.WAITING, Mode.ASSISTED)
    with pytest.raises(NotYours):
        Tab(room).press("start")
    Tab(room, cast.ines).press("start")
    room.refresh_from_db()
    assert (room.state, room.live_since) == (S.LIVE, NOW)


def test_nothing_starts_without_consent(cast: Cast) -> None:
    room = make_room(cast, S.WAITING)
    Interview.objects.update(consent="asked")
    with pytest.raises(NotNow):
        Tab(room).press("start")


def test_a_resent_control_is_carried_out_once(cem: Tab) -> None:
    by, key = cem.by, cem.key()
    first = use_control(by=by, action="pause", sender=key, now=NOW)
    again = use_control(by=by, action="pause", sender=key, now=NOW)
    assert (first.recorded.duplicate, again.recorded.duplicate) == (False, True)
    assert Event.objects.count() == 1


def test_the_clock_leaves_pauses_out(cem: Tab) -> None:
    cem.press("pause", now=NOW + timedelta(minutes=5))
    cem.press("resume", now=NOW + timedelta(minutes=25))
    cem.press("end", now=NOW + timedelta(minutes=27))
    room = Interview.objects.get()
    assert (room.live_ms, room.live_since) == (7 * 60_000, None)


def test_a_question_that_is_being_asked_is_taken_back_by_a_pause(cem: Tab) -> None:
    turn = claim_turn(interview_id=cem.interview.id, owner="a", silent_seconds=0, now=NOW)
    assert turn is not None
    assert cem.press("pause").ai_falls_silent
    assert AskedQuestion.objects.get().state == AskedQuestion.State.WITHDRAWN
    kinds = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["question.withdrawn", "state.changed"]


def test_a_whisper_never_reaches_the_candidate(rita: Tab) -> None:
    rita.press("whisper", "Ask why they left.")
    event = Event.objects.get()
    assert (event.candidate_seq, event.payload) == (None, {})


def test_an_interview_ends_once(room: Interview) -> None:
    assert end_interview(interview=room, actor=Actor.CANDIDATE, now=NOW)
    assert not end_interview(interview=room, actor=Actor.RECRUITER, now=NOW)
    room.refresh_from_db()
    assert (room.state, room.ended_by, room.is_partial) == (S.ENDED, "candidate", True)
