"""What the director needs to know, read from the room's log: the plan without its rubric, and what happened."""

import uuid
from collections.abc import Iterable
from functools import lru_cache
from typing import cast, get_args

from interviews.director import (
    Answered,
    LogEntry,
    MoveKind,
    Phase,
    PlanInUse,
    PlannedQuestion,
    Requested,
    Said,
    Whispered,
    read_log,
    unasked,
)
from interviews.events import EventKind, brings_words
from interviews.models import Event, Interview, PlanVersion, Question, Segment
from interviews.states import QuestionKind, Speaker

_MOVES = frozenset(get_args(MoveKind))
_TOLD = (
    EventKind.QUESTION_ASKED,
    EventKind.SEGMENT_FINAL,
    EventKind.SEGMENT_DOUBLED,
    EventKind.TURN_FINISHED,
    EventKind.REQUEST_MADE,
    EventKind.WHISPERED,
)


def plan_in_use(plan_version_id: uuid.UUID) -> PlanInUse:
    """The plan as the director sees it. A version in use is frozen, so it is read once."""
    return _read_plan(plan_version_id)


@lru_cache(maxsize=256)
def _read_plan(plan_version_id: uuid.UUID) -> PlanInUse:
    version = PlanVersion.objects.get(id=plan_version_id)
    return PlanInUse(
        questions=tuple(
            PlannedQuestion(
                ref=str(question.id),
                text=question.text,
                must_ask=question.kind == QuestionKind.MUST_ASK,
                competency_ref=str(question.competency_id or ""),
                probe_depth=question.probe_depth,
                minutes=question.minutes,
            )
            for question in version.questions.all()
        ),
        opening=version.opening_words,
        closing=version.closing_words,
    )


@lru_cache(maxsize=256)
def context_of_plan(plan_version_id: uuid.UUID) -> str:
    """What the AI may say of the company; frozen with the plan."""
    return PlanVersion.objects.values_list("company_context", flat=True).get(id=plan_version_id)


@lru_cache(maxsize=4096)
def section_of(question_id: uuid.UUID) -> str:
    """The part of the plan that a question belongs to; frozen with the plan."""
    return Question.objects.values_list("section", flat=True).get(id=question_id)


def director_log(interview: Interview) -> list[LogEntry]:
    """What was said and asked for so far, in order. What was withdrawn is not in it."""
    events = list(
        Event.objects.filter(interview=interview, kind__in=_TOLD)
        .order_by("member_seq")
        .only("kind", "payload", "member_payload", "participant")
    )
    words = _words_of_turns(interview, events)
    entries = (_entry(event, words) for event in events)
    return [entry for entry in entries if entry is not None]


def is_through(interview: Interview) -> bool:
    """Whether every must-ask was asked (or passed over) and the interview came to its close."""
    state = read_log(director_log(interview))
    missing = unasked(plan_in_use(interview.plan_version_id), state)
    return state.phase is Phase.CLOSED or not any(
        question.must_ask and question.reason == "not_reached" for question in missing
    )


def _words_of_turns(interview: Interview, events: Iterable[Event]) -> dict[str, str]:
    wanted = {
        seg_id
        for event in events
        if event.kind == EventKind.TURN_FINISHED
        for seg_id in cast("list[str]", event.payload["seg_ids"])
    }
    if not wanted:
        return {}
    rows = Segment.objects.filter(interview=interview, seg_id__in=wanted, speaker=Speaker.CANDIDATE)
    return dict(rows.values_list("seg_id", "text"))


def _entry(event: Event, words: dict[str, str]) -> LogEntry | None:
    told, secret = event.payload, event.member_payload
    match event.kind:
        case EventKind.QUESTION_ASKED:
            move = secret.get("move")
            if move not in _MOVES:
                return None
            return Said(
                cast("MoveKind", move),
                str(told["text"]),
                str(secret.get("question_ref", "")),
                str(secret.get("reason", "")),
            )
        case kind if brings_words(kind, told, secret) and told["speaker"] == Speaker.INTERVIEWER:
            return Said("ask", str(told["text"]), str(secret.get("question_ref", "")), "member")
        case EventKind.TURN_FINISHED if not told.get("late"):
            spoken = (words[seg_id] for seg_id in told["seg_ids"] if seg_id in words)
            return Answered(" ".join(spoken))
        case EventKind.REQUEST_MADE:
            return Requested(told["action"])
        case EventKind.WHISPERED:
            return Whispered(str(secret["text"]))
        case _:
            return None
