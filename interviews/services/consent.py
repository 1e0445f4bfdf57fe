"""The candidate's agreement: given, refused or withdrawn. Answers are added to a list that is never changed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from interviews.events import EventKind
from interviews.models import Consent, Interview
from interviews.notice import notice_for
from interviews.services.end_interview import end_locked_interview
from interviews.services.erase_recordings import erase_recordings
from interviews.services.record_audit import record_audit
from interviews.services.room_log import append_event, lock_room
from interviews.services.room_refusals import NotNow
from interviews.services.tell_team import queue_wants_a_person
from interviews.states import OVER, Actor, ConsentState, InterviewState
from webapi.json import JsonValue


@dataclass(frozen=True, slots=True)
class Accommodations:
    """What helps this candidate. Asked of everyone, hidden from everybody who rates."""

    text_only: bool = False
    time_factor: Decimal = Decimal(1)
    silence_factor: Decimal = Decimal(1)


def give_consent(
    *,
    interview: Interview,
    accommodations: Accommodations,
    now: datetime,
    agrees_to_recording: bool = False,
) -> Interview:
    """The candidate agrees to what the notice says. Agreeing again changes only what helps them, and whether
    their voice may be recorded."""
    with transaction.atomic():
        room = _open_room(interview)
        room.text_only = accommodations.text_only
        room.time_factor = accommodations.time_factor
        room.silence_factor = accommodations.silence_factor
        room.save(update_fields=["text_only", "time_factor", "silence_factor"])
        changed = _set_recording(room, agrees=room.may_record and agrees_to_recording)
        if room.consent != ConsentState.GIVEN or changed:
            _answer(room, ConsentState.GIVEN, now)
    return room


def choose_recording(*, interview: Interview, agrees: bool, now: datetime) -> Interview:
    """The candidate stops the recording, or allows it again; all else they agreed to stays. Raises NotNow.

    What was recorded until they stopped it stays, as they were told.
    """
    with transaction.atomic():
        room = _open_room(interview)
        if room.consent != ConsentState.GIVEN or not room.may_record:
            raise NotNow("You were not asked whether you may be recorded.")
        if _set_recording(room, agrees=agrees):
            _answer(room, ConsentState.GIVEN, now)
    return room


def refuse_consent(*, interview: Interview, now: datetime) -> Interview:
    """The candidate wants no AI: the team is told, and nothing was recorded."""
    with transaction.atomic():
        room = _open_room(interview)
        if room.state in (InterviewState.LIVE, InterviewState.PAUSED):
            raise NotNow("The interview is running: withdraw to end it.")
        if room.consent != ConsentState.REFUSED:
            _set_recording(room, agrees=False)
            _answer(room, ConsentState.REFUSED, now)
            queue_wants_a_person(room)
    return room


def withdraw_consent(*, interview: Interview, now: datetime) -> Interview:
    """The candidate takes the agreement back: the interview ends, nothing more is processed, and the recording
    of their voice is erased. The team is told."""
    with transaction.atomic():
        room = lock_room(interview.id)
        if room.consent == ConsentState.WITHDRAWN:
            return room
        _set_recording(room, agrees=False)
        _answer(room, ConsentState.WITHDRAWN, now)
        queue_wants_a_person(room)
        erase_recordings(room)
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


def _set_recording(room: Interview, *, agrees: bool) -> bool:
    """Whether that changed anything."""
    if room.recording_agreed == agrees:
        return False
    room.recording_agreed = agrees
    room.save(update_fields=["recording_agreed"])
    return True


def _answer(room: Interview, answer: ConsentState, now: datetime) -> None:
    notice = notice_for(room)
    room.consent = answer
    room.save(update_fields=["consent"])
    Consent.objects.create(
        interview=room,
        answer=answer,
        notice_version=notice.version,
        notice_text=notice.text,
        recording=room.recording_agreed if room.may_record else None,
        at=now,
    )
    append_event(
        room,
        kind=EventKind.CONSENT_ANSWERED,
        at=now,
        payload={"answer": answer.value, **_about_recording(room)},
        for_candidate=True,
    )
    record_audit(
        organisation=room.organisation_id,
        action=f"consent.{answer.value}",
        subject_kind="interview",
        subject_id=room.id,
        actor="candidate",
        detail=_about_recording(room),
    )


def _about_recording(room: Interview) -> dict[str, JsonValue]:
    return {"recording": room.recording_agreed} if room.may_record else {}
