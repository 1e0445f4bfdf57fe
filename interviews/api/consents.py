"""What candidates were told and what they answered, for programs. Nobody else can answer for them."""

import uuid
from datetime import datetime

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from interviews.access import Permission
from interviews.api.callers import called_interview
from interviews.api.doors import opens
from interviews.models import Consent
from interviews.states import ConsentState
from webapi.pages import PageOf, PageQuery, page_of

router = Router(tags=["consents"])


class ConsentOut(Schema):
    id: int
    answer: ConsentState
    notice_version: str
    notice_text: str
    recording: bool | None = Field(
        description="Whether their voice may be recorded. Null: they were not asked."
    )
    at: datetime

    @staticmethod
    def of(row: Consent) -> "ConsentOut":
        return ConsentOut(
            id=row.id,
            answer=ConsentState(row.answer),
            notice_version=row.notice_version,
            notice_text=row.notice_text,
            recording=row.recording,
            at=row.at,
        )


class ConsentPage(PageOf[ConsentOut]):
    pass


@router.get("/interviews/{uuid:interview_id}/consents", response=ConsentPage)
@opens(Permission.SEE)
def list_consents(
    request: HttpRequest, interview_id: uuid.UUID, page: Query[PageQuery]
) -> ConsentPage:
    """The candidate's answers to the notice, the latest first."""
    interview, _ = called_interview(request, interview_id, to=Permission.SEE)
    found = page_of(interview.consents.all(), page, order=("-id",))
    return ConsentPage(items=[ConsentOut.of(row) for row in found.items], next=found.next)
