"""From a draft to an invited candidate, and every change of mind after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from interviews.models import Candidate, Interview, Member, PlanVersion, Position
from interviews.services.check_row import check_row
from interviews.services.invite_candidate import (
    queue_cancellation,
    queue_invitation,
    queue_reschedule,
)
from interviews.services.move_interview import move_interview
from interviews.services.record_audit import record_audit
from interviews.services.room_clock import watch_clock
from interviews.services.room_log import access_changed, append_event, lock_room
from interviews.services.write_plan import freeze_plan, lock_plans, newest_version
from interviews.states import Actor, IllegalMove, InterviewState, Mode

DEFAULT_WINDOW = timedelta(days=7)  # an AI-led interview waits this long for its candidate
_MAY_BE_LATE = timedelta(minutes=5)  # a form takes a while to fill in
_AHEAD = timedelta(days=365)
_LONGEST_WINDOW = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class InterviewDraft:
    """What an interview is to be."""

    candidate: Candidate
    position: Position
    mode: Mode
    minutes: int
    interviewers: Sequence[Member] = ()
    language: str = "en"
    meeting_url: str = ""
    may_record: bool = False


def create_draft(*, draft: InterviewDraft, by: Member) -> Interview:
    """An interview nobody has been invited to yet. Raises ValidationError."""
    homes = {draft.candidate.organisation_id, draft.position.organisation_id}
    homes |= {member.organisation_id for member in draft.interviewers}
    assert homes == {by.organisation_id}, "rows come through access"
    interview = Interview(
        organisation_id=by.organisation_id,
        candidate=draft.candidate,
        position=draft.position,
        plan_version=_usable(newest_version(draft.position)),
        mode=draft.mode,
        minutes=draft.minutes,
        language=draft.language,
        meeting_url=draft.meeting_url,
        may_record=draft.may_record,
        created_by=by,
    )
    _check_people(draft)
    check_row(interview)
    with transaction.atomic():
        interview.save()
        interview.interviewers.set(draft.interviewers)
        _audit("interview.created", interview, by)
    return interview


def create_scheduled(
    *,
    draft: InterviewDraft,
    by: Member,
    scheduled_at: datetime,
    window_ends_at: datetime | None = None,
    now: datetime,
) -> Interview:
    """An interview its candidate is invited to at once. Raises ValidationError."""
    with transaction.atomic():
        return schedule(
            interview=create_draft(draft=draft, by=by),
            by=by,
            scheduled_at=scheduled_at,
            window_ends_at=window_ends_at,
            now=now,
        )


def schedule(
    *,
    interview: Interview,
    by: Member,
    scheduled_at: datetime,
    window_ends_at: datetime | None = None,
    now: datetime,
) -> Interview:
    """Fixes the plan as it stands, and invites the candidate. Raises ValidationError, IllegalMove."""
    ends_at = _check_times(interview, scheduled_at, window_ends_at, now)
    with transaction.atomic():
        room = lock_room(interview.id)
        plan = _usable(lock_plans(room.position))
        freeze_plan(plan, now=now)
        room.plan_version = plan
        room.scheduled_at, room.window_ends_at = scheduled_at, ends_at
        room.save(update_fields=["plan_version", "scheduled_at", "window_ends_at"])
        move_interview(room, to=InterviewState.SCHEDULED, actor=Actor.RECRUITER, at=now)
        _audit("interview.scheduled", room, by)
        queue_invitation(room)
    return room


def reschedule(
    *,
    interview: Interview,
    by: Member,
    scheduled_at: datetime,
    window_ends_at: datetime | None = None,
    now: datetime,
) -> Interview:
    """Another time for an interview that has not begun. Raises ValidationError, IllegalMove."""
    ends_at = _check_times(interview, scheduled_at, window_ends_at, now)
    with transaction.atomic():
        room = lock_room(interview.id)
        if room.state != InterviewState.SCHEDULED:
            raise IllegalMove(room.state, InterviewState.SCHEDULED, Actor.RECRUITER)
        room.scheduled_at, room.window_ends_at = scheduled_at, ends_at
        room.save(update_fields=["scheduled_at", "window_ends_at"])
        append_event(
            room,
            kind="time.changed",
            at=now,
            payload={"scheduled_at": scheduled_at.isoformat(), "until": ends_at.isoformat()},
            for_candidate=True,
        )
        watch_clock(room, now)
        _audit("interview.rescheduled", room, by)
        queue_reschedule(room)
    return room


def cancel(*, interview: Interview, by: Member, now: datetime) -> Interview:
    """Calls it off before it begins, and tells the candidate if they knew of it. Raises IllegalMove."""
    with transaction.atomic():
        room = lock_room(interview.id)
        was_announced = room.state != InterviewState.DRAFT
        move_interview(room, to=InterviewState.CANCELLED, actor=Actor.RECRUITER, at=now)
        _audit("interview.cancelled", room, by)
        if was_announced:
            queue_cancellation(room)
    return room


def assign_interviewers(
    *, interview: Interview, interviewers: Sequence[Member], by: Member
) -> None:
    """Who of the team takes part. Those who no longer do lose the room at once."""
    with transaction.atomic():
        room = lock_room(interview.id)
        room.interviewers.set(interviewers)
        access_changed(room)
        _audit("interview.assigned", room, by)


def reissue_link(*, interview: Interview, by: Member) -> Interview:
    """A new link, and a new invitation with it. The old link and its open sockets are dead at once."""
    with transaction.atomic():
        room = _lock_for_link(interview)
        room.link_generation += 1
        room.link_revoked_at = None
        room.save(update_fields=["link_generation", "link_revoked_at"])
        access_changed(room)
        _audit("link.reissued", room, by)
        queue_invitation(room)
    return room


def revoke_link(*, interview: Interview, by: Member, now: datetime) -> Interview:
    """Takes the link back until another is issued; whoever came in by it is put out."""
    with transaction.atomic():
        room = _lock_for_link(interview)
        room.link_revoked_at = now
        room.save(update_fields=["link_revoked_at"])
        access_changed(room)
        _audit("link.revoked", room, by)
    return room


def _lock_for_link(interview: Interview) -> Interview:
    room = lock_room(interview.id)
    if room.state not in HAVE_LINK:
        raise IllegalMove(room.state, "a new link", Actor.RECRUITER)
    return room


HAVE_LINK = frozenset(
    {
        InterviewState.SCHEDULED,
        InterviewState.WAITING,
        InterviewState.LIVE,
        InterviewState.PAUSED,
    }
)


def _usable(plan: PlanVersion | None) -> PlanVersion:
    if plan is None or not plan.questions.exists():
        raise ValidationError(
            {"position": "Write a plan with at least one question for this position first."}
        )
    return plan


def _check_people(draft: InterviewDraft) -> None:
    if draft.position.closed_at is not None:
        raise ValidationError({"position": "This position is closed."})
    if draft.mode == Mode.ASSISTED and not draft.interviewers:
        raise ValidationError(
            {"interviewers": "An interview led by a person needs at least one interviewer."}
        )


def _check_times(
    interview: Interview, start: datetime, end: datetime | None, now: datetime
) -> datetime:
    if start < now - _MAY_BE_LATE:
        raise ValidationError({"scheduled_at": "This time has passed."})
    if start > now + _AHEAD:
        raise ValidationError({"scheduled_at": "This is more than a year ahead."})
    end = end or start + DEFAULT_WINDOW
    if end > start + _LONGEST_WINDOW:
        raise ValidationError({"window_ends_at": "The candidate may begin within 90 days."})
    if end < start + timedelta(minutes=interview.minutes):
        raise ValidationError(
            {"window_ends_at": "The candidate needs at least the interview's length to begin in."}
        )
    return end


def _audit(action: str, interview: Interview, by: Member) -> None:
    record_audit(
        organisation=interview.organisation_id,
        action=action,
        subject_kind="interview",
        subject_id=interview.id,
        member=by,
    )
