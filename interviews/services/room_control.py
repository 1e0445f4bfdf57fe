"""The controls of a room: who may press what, in which state, and what it changes."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from interviews.events import Action, EventKind
from interviews.models import AskedQuestion, Interview
from interviews.services.end_interview import end_locked_interview
from interviews.services.half_asked import take_turn_back
from interviews.services.move_interview import move_interview
from interviews.services.participants import Participant, enter_room
from interviews.services.record_transcript import (
    Recorded,
    question_being_answered,
    recorded,
)
from interviews.services.room_clock import CLOCK_FIELDS, start_clock, stop_clock
from interviews.services.room_log import SenderKey, append_event, find_sent
from interviews.services.room_refusals import NotNow, NotYours
from interviews.states import Actor, ConsentState, IllegalMove, InterviewState, Mode, Speaker
from webapi.json import JsonValue

_LEADS = frozenset({Actor.INTERVIEWER, Actor.RECRUITER})
_RUNNING = frozenset({InterviewState.LIVE, InterviewState.PAUSED})
_SILENCES_AI = frozenset({"pause", "end", "skip", "take_over", "stop_ai"})


@dataclass(frozen=True, slots=True)
class Controlled:
    """`ai_falls_silent`: whatever the AI is saying is broken off at once."""

    recorded: Recorded
    ai_falls_silent: bool


@dataclass(frozen=True, slots=True)
class _Press:
    """One control being used, in a locked room."""

    room: Interview
    by: Participant
    actor: Actor
    text: str
    sender: SenderKey
    now: datetime


def use_control(
    *, by: Participant, action: Action, text: str = "", sender: SenderKey, now: datetime
) -> Controlled:
    """Carries out a control once. Raises RoomRefusal where the table of controls does not allow it."""
    with transaction.atomic():
        room = enter_room(by)
        earlier = find_sent(room, sender)
        if earlier is None:
            press = _Press(room, by, _actor(by), text, sender, now)
            try:
                _carry_out(press, action)
            except IllegalMove as illegal:
                raise NotNow(_WHY_NOT.get(room.state, "")) from illegal
        event = find_sent(room, sender)
        assert event is not None, "every control leaves an event with its sender's key"
        is_new = earlier is None
        return Controlled(
            recorded(event, by, duplicate=not is_new), is_new and action in _SILENCES_AI
        )


_WHY_NOT: dict[str, str] = {
    InterviewState.SCHEDULED: "Nobody is in the room yet.",
    InterviewState.WAITING: "The interview has not begun.",
    InterviewState.LIVE: "The interview is running already.",
    InterviewState.PAUSED: "The interview is paused.",
    InterviewState.ENDED: "The interview is over.",
}


def _actor(by: Participant) -> Actor:
    if by.actor is None:
        raise NotYours("Observers watch; they change nothing.")
    return by.actor


def _carry_out(press: _Press, action: Action) -> None:
    match action:
        case "start":
            _start(press)
        case "pause":
            _pause(press)
        case "resume":
            _resume(press)
        case "end":
            end_locked_interview(press.room, actor=press.actor, now=press.now, sender=press.sender)
        case "repeat" | "clarify" | "skip" | "help":
            _request(press, action)
        case "take_over" | "stop_ai":
            _take_over(press, stopped_ai=action == "stop_ai")
        case "hand_back":
            _hand_back(press)
        case "whisper":
            _whisper(press)


def _start(press: _Press) -> None:
    room = press.room
    starter = Actor.CANDIDATE if room.mode == Mode.AI_LED else Actor.INTERVIEWER
    if press.actor != starter:
        who = "the candidate" if starter == Actor.CANDIDATE else "an interviewer"
        raise NotYours(f"This interview is started by {who}.")
    if room.state != InterviewState.WAITING:
        raise NotNow(_WHY_NOT.get(room.state, ""))
    if room.consent != ConsentState.GIVEN:
        raise NotNow("The candidate has not agreed yet.")
    start_clock(room, press.now)
    _move(press, InterviewState.LIVE)


def _pause(press: _Press) -> None:
    if press.room.state != InterviewState.LIVE:
        raise NotNow(_WHY_NOT.get(press.room.state, ""))
    take_turn_back(press.room, now=press.now)
    stop_clock(press.room, press.now)
    press.room.paused_at = press.now
    _move(press, InterviewState.PAUSED)


def _resume(press: _Press) -> None:
    if press.room.state != InterviewState.PAUSED:
        raise NotNow(_WHY_NOT.get(press.room.state, ""))
    start_clock(press.room, press.now)
    _move(press, InterviewState.LIVE)


def _move(press: _Press, to: InterviewState) -> None:
    move_interview(press.room, to=to, actor=press.actor, at=press.now, sender=press.sender)
    press.room.save(update_fields=CLOCK_FIELDS)


def _request(press: _Press, action: Action) -> None:
    room = press.room
    if press.actor != Actor.CANDIDATE:
        raise NotYours("This is for the candidate.")
    if room.state != InterviewState.LIVE:
        raise NotNow(_WHY_NOT.get(room.state, ""))
    if action == "skip":
        take_turn_back(room, now=press.now)
        _mark_skipped(room)
    _append(press, EventKind.REQUEST_MADE, {"action": action})


def _mark_skipped(room: Interview) -> None:
    """A question without any answer counts as skipped; one that was answered in part stays asked."""
    question = question_being_answered(room)
    if question is None or question.answered_at is not None:
        return
    if not question.segments.filter(speaker=Speaker.CANDIDATE).exists():
        question.state = AskedQuestion.State.SKIPPED
        question.save(update_fields=["state"])


def _take_over(press: _Press, *, stopped_ai: bool) -> None:
    room = _led_room(press)
    take_turn_back(room, now=press.now)
    room.leading_member_id = press.by.member_id
    room.save(update_fields=["leading_member_id"])
    _append(
        press,
        EventKind.LEAD_CHANGED,
        {"led_by": press.by.name, "stopped_ai": stopped_ai},
        {"member": str(press.by.member_id)},
    )


def _hand_back(press: _Press) -> None:
    room = _led_room(press)
    if room.leading_member_id is None:
        raise NotNow("The AI leads already.")
    room.leading_member_id = None
    room.save(update_fields=["leading_member_id"])
    take_turn_back(room, now=press.now)
    _append(press, EventKind.LEAD_CHANGED, {"led_by": "ai"})


def _whisper(press: _Press) -> None:
    _led_room(press)
    if not press.text:
        raise NotNow("Write what the AI should ask next.")
    _append(press, EventKind.WHISPERED, {}, {"text": press.text, "by": press.by.name})


def _led_room(press: _Press) -> Interview:
    room = press.room
    if press.actor not in _LEADS:
        raise NotYours
    if room.mode != Mode.AI_LED:
        raise NotNow("No AI leads this interview.")
    if room.state not in _RUNNING:
        raise NotNow(_WHY_NOT.get(room.state, ""))
    return room


def _append(
    press: _Press,
    kind: EventKind,
    payload: dict[str, JsonValue],
    member_payload: dict[str, JsonValue] | None = None,
) -> None:
    append_event(
        press.room,
        kind=kind,
        at=press.now,
        payload=payload,
        member_payload=member_payload,
        for_candidate=kind != EventKind.WHISPERED,
        sender=press.sender,
    )
