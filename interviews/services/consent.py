"""The candidate's agreement: given, refused or withdrawn. Answers are added to a list that is never changed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from interviews.events import EventKind
from interviews.models import Consent, Interview
from interviews.notice import notice_for
from interviews.services.end_interview import end_locked_interview
from interviews.services.record_audit import record_audit
from interviews.services.room_log import append_event, lock_room
from interviews.services.room_refusals import NotNow
from interviews.states import OVER, Actor, ConsentState, InterviewState


@dataclass(frozen=True, slots=True)
class Accommodations:
    """What helps this candidate. Asked of everyone, hidden from everybody who rates."""

    text_only: bool = False
    time_factor: Decimal = Decimal(1)
    silence_factor: Decimal = Decimal(1)


def give_consent(
    *, interview: Interview, accommodations: Accommodations, now: datetime
) -> Interview:
    """The candidate agrees to what the notice says. Agreeing again changes the accommodations only."""
    with transaction.atomic():
        room = _open_room(interview)
        room.text_only = accommodations.text_only
        room.time_factor = accommodations.time_factor
        room.silence_factor = accommodations.silence_factor
        room.save(update_fields=["text_only", "time_factor", "silence_factor"])
        if room.consent != ConsentState.GIVEN:
            _answer(room, ConsentState.GIVEN, now)
    return room


def refuse_consent(*, interview: Interview, now: datetime) -> Interview:
    """The candidate wants no AI: the recruiter is told, and nothing was recorded."""
    with transaction.atomic():
        room = _open_room(interview)
        if room.state in (InterviewState.LIVE, InterviewState.PAUSED):
            raise NotNow("The interview is running: withdraw to end it.")
        if room.consent != ConsentState.REFUSED:
            _answer(room, ConsentState.REFUSED, now)
    return room


def withdraw_consent(*, interview: Interview, now: datetime) -> Interview:
    """The candidate takes the agreement back: the interview ends, and nothing more is processed."""
    with transaction.atomic():
        room = lock_room(interview.id)
        if room.consent == ConsentState.WITHDRAWN:
            return room
        _answer(room, ConsentState.WITHDRAWN, now)
        if room.state in (InterviewState.LIVE, InterviewState.PAUSED):
            end_locked_interview(room, actor=Actor.CANDIDATE, now=now)
    return room


def _open_room(interview: Interview) -> Interview:
    room = lock_room(interview.id)
    if room.state in OVER:
        raise NotNow("The interview is over.")
    if room.consent == ConsentState.WITHDRAWN:
        raise NotNow("You withdrew your agreement.")
    return room


def _answer(room: Interview, answer: ConsentState, now: datetime) -> None:
    notice = notice_for(room)
    room.consent = answer
    room.save(update_fields=["consent"])
    Consent.objects.create(
        interview=room,
        answer=answer,
        notice_version=notice.version,
        notice_text=notice.text,
        at=now,
    )
    append_event(
        room,
        kind=EventKind.CONSENT_ANSWERED,
        at=now,
        payload={"answer": answer.value},
        for_candidate=True,
    )
    record_audit(
        organisation=room.organisation_id,
        action=f"consent.{answer.value}",
        subject_kind="interview",
        subject_id=room.id,
        actor="candidate",
    )
