"""Suggestions, marked moments and one's own notes of an interview, for programs."""

import uuid
from datetime import datetime

from django.http import HttpRequest
from ninja import Query, Router, Schema

from interviews.access import Permission
from interviews.api.callers import called_interview
from interviews.api.doors import opens
from interviews.models import Moment, Note, Suggestion
from webapi.pages import PageOf, PageQuery, page_of

router = Router(tags=["assistance"])


class SuggestionOut(Schema):
    """`because`: the candidate's words that caused it, each with its segment's `seg_id`."""

    id: uuid.UUID
    text: str
    because: list[list[str]]
    answer: str
    created_at: datetime

    @staticmethod
    def of(row: Suggestion) -> "SuggestionOut":
        return SuggestionOut(
            id=row.id,
            text=row.text,
            because=row.because,
            answer=row.answer,
            created_at=row.created_at,
        )


class MomentOut(Schema):
    id: uuid.UUID
    segment_id: int
    label: str
    at_ms: int
    member_id: uuid.UUID | None

    @staticmethod
    def of(row: Moment) -> "MomentOut":
        return MomentOut(
            id=row.id,
            segment_id=row.segment_id,
            label=row.label,
            at_ms=row.at_ms,
            member_id=row.member_id,
        )


class NoteOut(Schema):
    id: uuid.UUID
    text: str
    at_ms: int
    created_at: datetime

    @staticmethod
    def of(row: Note) -> "NoteOut":
        return NoteOut(id=row.id, text=row.text, at_ms=row.at_ms, created_at=row.created_at)


class SuggestionPage(PageOf[SuggestionOut]):
    pass


class MomentPage(PageOf[MomentOut]):
    pass


class NotePage(PageOf[NoteOut]):
    pass


@router.get("/interviews/{uuid:interview_id}/suggestions", response=SuggestionPage)
@opens(Permission.LEAD)
def list_suggestions(
    request: HttpRequest, interview_id: uuid.UUID, page: Query[PageQuery]
) -> SuggestionPage:
    """What the AI proposed to ask, and what became of it."""
    interview, _ = called_interview(request, interview_id, to=Permission.LEAD)
    found = page_of(interview.suggestions.all(), page, order=("created_at", "id"))
    return SuggestionPage(items=[SuggestionOut.of(row) for row in found.items], next=found.next)


@router.get("/interviews/{uuid:interview_id}/moments", response=MomentPage)
@opens(Permission.SEE_REPORT)
def list_moments(
    request: HttpRequest, interview_id: uuid.UUID, page: Query[PageQuery]
) -> MomentPage:
    """The places that members marked."""
    interview, _ = called_interview(request, interview_id, to=Permission.SEE_REPORT)
    found = page_of(interview.moments.all(), page, order=("at_ms", "id"))
    return MomentPage(items=[MomentOut.of(row) for row in found.items], next=found.next)


@router.get("/interviews/{uuid:interview_id}/notes", response=NotePage)
@opens(Permission.LEAD)
def list_notes(request: HttpRequest, interview_id: uuid.UUID, page: Query[PageQuery]) -> NotePage:
    """The caller's own notes; nobody reads another's."""
    interview, member = called_interview(request, interview_id, to=Permission.LEAD)
    found = page_of(interview.notes.filter(member=member), page, order=("at_ms", "id"))
    return NotePage(items=[NoteOut.of(row) for row in found.items], next=found.next)
