"""Commits the AI's turn: who asks (a lease), the question while its words come, and the question when it stands.

A turn belongs to one process at a time. When that process dies its lease lapses; whoever comes next takes
the half-asked question back, visibly, and asks anew.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from interviews.director import Answered, Clock, Move, next_move, read_log
from interviews.events import EventKind
from interviews.models import AskedQuestion, Event, Interview, Segment
from interviews.queries.director_log import (
    context_of_plan,
    director_log,
    plan_in_use,
    section_of,
)
from interviews.queries.transcript import without_words
from interviews.services.end_interview import end_locked_interview
from interviews.services.half_asked import release_turn, take_turn_back, withdraw_half_asked
from interviews.services.room_clock import elapsed_ms
from interviews.services.room_log import append_event, lock_room
from interviews.states import Actor, InterviewState, Mode, SegmentSource, Speaker
from webapi.json import JsonValue

LEASE = timedelta(seconds=6)
PATIENCE_SECONDS = 25.0
WORDS_MAY_TAKE = timedelta(seconds=3)  # speech of a finished turn that is still being transcribed
AI_NAME = "AI interviewer"
_RECENT = 12
_MOST_WORDED = 20  # in a minute; a script may answer faster, and a provider is paid for each


@dataclass(frozen=True, slots=True)
class SpokenBefore:
    """Something said lately, as context for the wording."""

    ref: str
    speaker: str
    name: str
    text: str
    started_ms: int


@dataclass(frozen=True, slots=True)
class Turn:
    """The AI's turn, held by `owner`. It knows the current question, and nothing of what comes later."""

    interview_id: uuid.UUID
    owner: str
    question_id: uuid.UUID
    move: Move
    scope: str
    language: str
    candidate_name: str
    position_title: str
    company_context: str
    last_answer: str
    topic: str
    recent: tuple[SpokenBefore, ...]
    providers_off: frozenset[str]
    is_hurried: bool  # more of them come than a person can answer: the plan's own words will do


@dataclass(frozen=True, slots=True)
class Wording:
    """A complete question and where its words come from."""

    text: str
    provider: str = ""
    model: str = ""
    prompt_version: str = ""
    degraded: bool = False


class WordsStillComing(Exception):
    """The finished turn has speech that is not transcribed yet: ask again in a moment."""


def claim_turn(
    *, interview_id: uuid.UUID, owner: str, silent_seconds: float, now: datetime
) -> Turn | None:
    """Takes the AI's turn if there is something to say and nobody else is saying it.

    Raises WordsStillComing.
    """
    with transaction.atomic():
        room = lock_room(interview_id, "organisation", "candidate", "position")
        if not _ai_leads(room) or _is_held_by_another(room, owner, now):
            return None
        if room.turn_owner:
            withdraw_half_asked(room, now=now)
        move, last_answer = _next(room, silent_seconds, now)
        if move is None:
            release_turn(room)
            return None
        room.turn_owner, room.turn_lease_until = owner, now + LEASE
        room.save(update_fields=["turn_owner", "turn_lease_until"])
        question = _begin(room, move, now)
        return _turn(room, owner, question, move, last_answer, now)


def keep_turn(*, turn: Turn, now: datetime) -> bool:
    """Prolongs the lease. False: the turn was taken away (paused, ended, taken over, skipped).

    Whatever takes words back takes the turn too, so that the one row tells: a second table would be read as it
    was before a control that this waits for.
    """
    changed = Interview.objects.filter(
        id=turn.interview_id,
        turn_owner=turn.owner,
        state=InterviewState.LIVE,
        leading_member=None,
    ).update(turn_lease_until=now + LEASE)
    return changed == 1


def begin_anew(*, turn: Turn, now: datetime) -> uuid.UUID | None:
    """Takes back what was said so far and starts the same question again, under another id."""
    with transaction.atomic():
        room = lock_room(turn.interview_id)
        if not _still_mine(room, turn):
            return None
        withdraw_half_asked(room, now=now)
        room.turn_lease_until = now + LEASE
        room.save(update_fields=["turn_lease_until"])
        return _begin(room, turn.move, now).id


def finish_question(*, turn: Turn, wording: Wording, now: datetime) -> bool:
    """Stores the question as asked. False: the turn was taken away meanwhile, and nothing is stored."""
    with transaction.atomic():
        room = lock_room(turn.interview_id)
        if not _still_mine(room, turn):
            return False
        question = _store(room, turn, wording, now)
        _announce(room, turn, question, wording, now)
        release_turn(room)
        if turn.move.kind == "close":
            end_locked_interview(room, actor=Actor.DIRECTOR, now=now)
        return True


def give_up_turn(*, turn: Turn, now: datetime) -> None:
    """Takes back a question that cannot be finished, so that it is asked anew at once."""
    with transaction.atomic():
        room = lock_room(turn.interview_id)
        if _still_mine(room, turn):
            take_turn_back(room, now=now)


def let_go(*, interview_id: uuid.UUID, owner: str, now: datetime) -> None:
    """Before a process stops: what it was saying is taken back, and its lease is over, which every process sees."""
    with transaction.atomic():
        room = lock_room(interview_id)
        if room.turn_owner == owner:
            withdraw_half_asked(room, now=now)
            room.turn_lease_until = now
            room.save(update_fields=["turn_lease_until"])


def _ai_leads(room: Interview) -> bool:
    return (
        room.mode == Mode.AI_LED
        and room.state == InterviewState.LIVE
        and room.leading_member_id is None
    )


def _is_held_by_another(room: Interview, owner: str, now: datetime) -> bool:
    lapsed = room.turn_lease_until is None or room.turn_lease_until <= now
    return bool(room.turn_owner) and room.turn_owner != owner and not lapsed


def _still_mine(room: Interview, turn: Turn) -> bool:
    return (
        _ai_leads(room)
        and room.turn_owner == turn.owner
        and AskedQuestion.objects.filter(
            id=turn.question_id, state=AskedQuestion.State.ASKING
        ).exists()
    )


def _next(room: Interview, silent_seconds: float, now: datetime) -> tuple[Move | None, str]:
    _check_words_are_in(room, now)
    log = director_log(room)
    patience = PATIENCE_SECONDS * float(room.silence_factor)
    clock = Clock(
        elapsed_seconds=elapsed_ms(room, now) / 1000,
        total_minutes=room.minutes,
        time_factor=float(room.time_factor),
        silent_seconds=_silence(room, silent_seconds, now) if silent_seconds >= patience else 0.0,
        patience_seconds=patience,
    )
    plan = plan_in_use(room.plan_version_id)
    move = next_move(plan, read_log(log), clock, language=room.language)
    answers = [entry.text for entry in log if isinstance(entry, Answered)]
    return move, answers[-1] if answers else ""


def _silence(room: Interview, silent_seconds: float, now: datetime) -> float:
    """Whatever else happened in the room broke it as well."""
    last = Event.objects.filter(interview=room).order_by("-member_seq").first()
    return silent_seconds if last is None else min(silent_seconds, _seconds(now - last.at))


def _check_words_are_in(room: Interview, now: datetime) -> None:
    """All the speech that the turns of the last moments named, whatever has come of it meanwhile."""
    finished = Event.objects.filter(
        interview=room, kind=EventKind.TURN_FINISHED, at__gte=now - WORDS_MAY_TAKE
    )
    named = {seg_id for turn in finished for seg_id in turn.payload["seg_ids"]}
    if without_words(room, named):
        raise WordsStillComing


def _seconds(time: timedelta) -> float:
    return max(0.0, time.total_seconds())


def _begin(room: Interview, move: Move, now: datetime) -> AskedQuestion:
    highest = AskedQuestion.objects.filter(interview=room).aggregate(Max("position"))
    return AskedQuestion.objects.create(
        interview=room,
        question_id=move.question_ref or None,
        position=(highest["position__max"] or 0) + 1,
        move=move.kind,
        started_at=now,
    )


def _is_hurried(room: Interview, now: datetime) -> bool:
    lately = AskedQuestion.objects.filter(interview=room, started_at__gt=now - timedelta(minutes=1))
    return lately.count() > _MOST_WORDED


def _turn(
    room: Interview,
    owner: str,
    question: AskedQuestion,
    move: Move,
    last_answer: str,
    now: datetime,
) -> Turn:
    latest = Segment.objects.filter(interview=room).order_by("-position")[:_RECENT]
    recent = tuple(
        SpokenBefore(str(s.id), s.speaker, s.speaker_name, s.text, s.started_ms)
        for s in reversed(latest)
    )
    return Turn(
        interview_id=room.id,
        owner=owner,
        question_id=question.id,
        move=move,
        scope=str(room.organisation_id),
        language=room.language,
        candidate_name=room.candidate.name,
        position_title=room.position.title,
        company_context=context_of_plan(room.plan_version_id),
        last_answer=last_answer,
        topic=section_of(question.question_id) if question.question_id else "",
        recent=recent,
        providers_off=frozenset(room.organisation.ai_providers_off),
        is_hurried=_is_hurried(room, now),
    )


def _store(room: Interview, turn: Turn, wording: Wording, now: datetime) -> AskedQuestion:
    question = AskedQuestion.objects.get(id=turn.question_id)
    question.state = AskedQuestion.State.ASKED
    question.text, question.asked_at = wording.text, now
    question.provider, question.model = wording.provider, wording.model
    question.prompt_version, question.degraded = wording.prompt_version, wording.degraded
    question.save()
    return question


def _announce(
    room: Interview, turn: Turn, question: AskedQuestion, wording: Wording, now: datetime
) -> None:
    at_ms = elapsed_ms(room, now)
    worded: dict[str, JsonValue] = {"degraded": wording.degraded} if wording.provider else {}
    segment = Segment.objects.create(
        interview=room,
        seg_id=question.id.hex,
        position=room.member_seq + 1,
        speaker=Speaker.AI,
        speaker_name=AI_NAME,
        text=wording.text,
        source=SegmentSource.AI,
        started_ms=max(0, at_ms - round(_seconds(now - question.started_at) * 1000)),
        ended_ms=at_ms,
        asked_question=question,
    )
    append_event(
        room,
        kind=EventKind.QUESTION_ASKED,
        at=now,
        payload={
            "msg_id": str(question.id),
            "seg_id": segment.seg_id,
            "text": wording.text,
            "started_ms": segment.started_ms,
            "ended_ms": segment.ended_ms,
            "awaits_answer": turn.move.awaits_answer,
            **worded,  # what no AI worded says nothing about the AI's health
        },
        member_payload={
            "segment": segment.id,
            "move": turn.move.kind,
            "question_ref": turn.move.question_ref,
            "reason": turn.move.reason,
            "provider": wording.provider,
            "model": wording.model,
        },
        for_candidate=True,
    )
