"""Interviews: prepared, scheduled, moved, cancelled."""

import uuid
from datetime import datetime
from typing import Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status
from pydantic import AwareDatetime

from interviews import access
from interviews.access import Missing, Permission
from interviews.api.doors import MemberCall, member_operation
from interviews.models import Interview, Member
from interviews.queries.interview_lists import InterviewFilter, list_interviews
from interviews.queries.people_lists import possible_interviewers
from interviews.services import schedule_interview
from interviews.services.schedule_interview import (
    InterviewDraft,
    create_draft,
    create_scheduled,
)
from interviews.states import ConsentState, DebriefStatus, InterviewState, Mode
from webapi.pages import PageOf, PageQuery, page_of
from webapi.problems import FieldError, Unprocessable

router = Router(tags=["interviews"])


class InterviewOut(Schema):
    id: uuid.UUID
    candidate_id: uuid.UUID
    position_id: uuid.UUID
    plan_number: int
    mode: Mode
    state: InterviewState
    consent: ConsentState
    debrief_status: DebriefStatus
    minutes: int
    meeting_url: str
    may_record: bool
    scheduled_at: datetime | None
    window_ends_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    is_partial: bool
    created_at: datetime

    @staticmethod
    def of(row: Interview) -> "InterviewOut":
        return InterviewOut(
            plan_number=row.plan_version.number,
            **{
                name: getattr(row, name)
                for name in InterviewOut.model_fields
                if name != "plan_number"
            },
        )


class InterviewIn(Schema):
    """With `scheduled_at` the candidate is invited at once; without it the interview stays a draft."""

    candidate_id: uuid.UUID
    position_id: uuid.UUID
    mode: Mode = Mode.AI_LED
    minutes: int = Field(30, ge=5, le=240)
    meeting_url: str = Field("", max_length=500)
    may_record: bool = Field(
        default=False, description="Ask the candidate to have their voice recorded."
    )
    interviewer_ids: list[uuid.UUID] = Field([], max_length=50)
    scheduled_at: AwareDatetime | None = None
    window_ends_at: AwareDatetime | None = None


class TimeIn(Schema):
    """`window_ends_at`: until when the candidate may begin; a week after the start if left out."""

    scheduled_at: AwareDatetime
    window_ends_at: AwareDatetime | None = None


class InterviewersIn(Schema):
    interviewer_ids: list[uuid.UUID] = Field(max_length=50)


class InterviewQuery(PageQuery):
    state: InterviewState | None = None
    position_id: uuid.UUID | None = None
    q: str = Field("", max_length=200, description="Words in the candidate's name or email.")


@router.get("/interviews", response=PageOf[InterviewOut])
@member_operation(Permission.SEE)
def list_all_interviews(request: MemberCall, query: Query[InterviewQuery]) -> dict[str, Any]:
    rows = list_interviews(request.member, InterviewFilter(words=query.q))
    if query.state is not None:
        rows = rows.filter(state=query.state)
    if query.position_id is not None:
        rows = rows.filter(position_id=query.position_id)
    found = page_of(rows, query, order=("-created_at", "-id"))
    return {"items": [InterviewOut.of(row) for row in found.items], "next": found.next}


@router.post("/interviews", response={201: InterviewOut})
@member_operation(Permission.INVITE)
def add_interview(request: MemberCall, wanted: InterviewIn) -> Status[InterviewOut]:
    if wanted.mode == Mode.IMPORTED:
        raise Unprocessable(errors=[FieldError("/mode", "Imports have a resource of their own.")])
    draft = _draft(request.member, wanted)
    if wanted.scheduled_at is None:
        row = create_draft(draft=draft, by=request.member)
    else:
        row = create_scheduled(
            draft=draft,
            by=request.member,
            scheduled_at=wanted.scheduled_at,
            window_ends_at=wanted.window_ends_at,
            now=timezone.now(),
        )
    return Status(201, InterviewOut.of(row))


@router.get("/interviews/{uuid:interview_id}", response=InterviewOut)
@member_operation(Permission.SEE)
def get_interview(request: MemberCall, interview_id: uuid.UUID) -> InterviewOut:
    return InterviewOut.of(access.interview(request.member, interview_id))


@router.post("/interviews/{uuid:interview_id}/schedule", response=InterviewOut)
@member_operation(Permission.INVITE)
def schedule_draft(request: MemberCall, interview_id: uuid.UUID, wanted: TimeIn) -> InterviewOut:
    """Invites the candidate of a draft."""
    row = access.interview(request.member, interview_id, to=Permission.INVITE)
    schedule_interview.schedule(
        interview=row,
        by=request.member,
        scheduled_at=wanted.scheduled_at,
        window_ends_at=wanted.window_ends_at,
        now=timezone.now(),
    )
    return InterviewOut.of(access.interview(request.member, interview_id))


@router.post("/interviews/{uuid:interview_id}/reschedule", response=InterviewOut)
@member_operation(Permission.INVITE)
def move_interview_in_time(
    request: MemberCall, interview_id: uuid.UUID, wanted: TimeIn
) -> InterviewOut:
    row = access.interview(request.member, interview_id, to=Permission.INVITE)
    schedule_interview.reschedule(
        interview=row,
        by=request.member,
        scheduled_at=wanted.scheduled_at,
        window_ends_at=wanted.window_ends_at,
        now=timezone.now(),
    )
    return InterviewOut.of(access.interview(request.member, interview_id))


@router.post("/interviews/{uuid:interview_id}/cancel", response=InterviewOut)
@member_operation(Permission.INVITE)
def cancel_interview(request: MemberCall, interview_id: uuid.UUID) -> InterviewOut:
    row = access.interview(request.member, interview_id, to=Permission.INVITE)
    schedule_interview.cancel(interview=row, by=request.member, now=timezone.now())
    return InterviewOut.of(access.interview(request.member, interview_id))


@router.put("/interviews/{uuid:interview_id}/interviewers", response=InterviewOut)
@member_operation(Permission.INVITE)
def assign_interviewers(
    request: MemberCall, interview_id: uuid.UUID, wanted: InterviewersIn
) -> InterviewOut:
    row = access.interview(request.member, interview_id, to=Permission.INVITE)
    schedule_interview.assign_interviewers(
        interview=row,
        interviewers=_interviewers(request.member, wanted.interviewer_ids),
        by=request.member,
    )
    return InterviewOut.of(access.interview(request.member, interview_id))


def _draft(member: Member, wanted: InterviewIn) -> InterviewDraft:
    """Rows that the body names must be the caller's own; which one is not, is said."""
    try:
        candidate = access.candidate(member, wanted.candidate_id)
    except Missing:
        raise _unknown("/candidate_id", "candidate") from None
    try:
        position = access.position(member, wanted.position_id)
    except Missing:
        raise _unknown("/position_id", "position") from None
    return InterviewDraft(
        candidate=candidate,
        position=position,
        mode=wanted.mode,
        minutes=wanted.minutes,
        interviewers=_interviewers(member, wanted.interviewer_ids),
        meeting_url=wanted.meeting_url,
        may_record=wanted.may_record,
    )


def _interviewers(member: Member, ids: list[uuid.UUID]) -> list[Member]:
    rows = list(possible_interviewers(member).filter(id__in=ids))
    if len(rows) != len(set(ids)):
        raise _unknown("/interviewer_ids", "member who may take part")
    return rows


def _unknown(pointer: str, noun: str) -> Unprocessable:
    return Unprocessable(errors=[FieldError(pointer, f"There is no such {noun}.")])
