"""What was said, for programs."""

import uuid
from datetime import datetime

from django.http import HttpRequest
from ninja import Query, Router, Schema

from interviews.access import Permission
from interviews.api.callers import called_interview
from interviews.api.doors import opens
from interviews.models import Segment
from webapi.pages import PageOf, PageQuery, page_of

router = Router(tags=["segments"])


class SegmentOut(Schema):
    """One piece of transcript. `fed_by_member` names the member who wrote it down for somebody else."""

    id: int
    position: int
    speaker: str
    speaker_name: str
    text: str
    started_ms: int
    ended_ms: int
    source: str
    corrected_at: datetime | None
    heard_text: str
    after_end: bool
    fed_by_member: uuid.UUID | None

    @staticmethod
    def of(row: Segment) -> "SegmentOut":
        return SegmentOut(
            id=row.id,
            position=row.position,
            speaker=row.speaker,
            speaker_name=row.speaker_name,
            text=row.text,
            started_ms=row.started_ms,
            ended_ms=row.ended_ms,
            source=row.source,
            corrected_at=row.corrected_at,
            heard_text=row.heard_text,
            after_end=row.after_end,
            fed_by_member=row.fed_by_id,
        )


class SegmentPage(PageOf[SegmentOut]):
    pass


@router.get("/interviews/{uuid:interview_id}/segments", response=SegmentPage)
@opens(Permission.SEE_REPORT)
def list_segments(
    request: HttpRequest, interview_id: uuid.UUID, page: Query[PageQuery]
) -> SegmentPage:
    """The transcript in order."""
    interview, _ = called_interview(request, interview_id, to=Permission.SEE_REPORT)
    found = page_of(interview.segments.all(), page, order=("position",))
    return SegmentPage(items=[SegmentOut.of(row) for row in found.items], next=found.next)
