"""What was said, for programs."""

import uuid
from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from interviews.access import Permission
from interviews.api.callers import called_interview
from interviews.api.doors import opens
from interviews.events import LONGEST_INTERVIEW_MS, clean_text
from interviews.models import Segment
from interviews.services.heard_twice import find_words
from interviews.services.participants import admit_member
from interviews.services.record_transcript import SpokenSegment, record_segment
from interviews.services.room_refusals import RoomRefusal
from interviews.states import SegmentSource
from webapi.pages import PageOf, PageQuery, page_of
from webapi.problems import Conflict, FieldError, Unprocessable

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


class SegmentIn(Schema):
    """Words that another tool heard in a live interview. `seg_id` makes a repeated call harmless."""

    seg_id: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")
    speaker: Literal["candidate", "interviewer"]
    text: str = Field(min_length=1, max_length=16_000)
    started_ms: int = Field(0, ge=0, le=LONGEST_INTERVIEW_MS)
    ended_ms: int = Field(0, ge=0, le=LONGEST_INTERVIEW_MS)


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


@router.post("/interviews/{uuid:interview_id}/segments", response={201: SegmentOut})
@opens(Permission.LEAD)
def feed_segment(
    request: HttpRequest, interview_id: uuid.UUID, heard: SegmentIn
) -> Status[SegmentOut]:
    """Feeds a live interview from another tool. The segment keeps the name of the member who fed it.

    Words that another microphone had brought already are answered as they stand.
    """
    interview, member = called_interview(request, interview_id, to=Permission.LEAD)
    by = admit_member(interview_id=interview.id, user=member.user)
    text = clean_text(heard.text)
    if not text:
        raise Unprocessable(errors=[FieldError("/text", "There are no words in it.")])
    try:
        record_segment(
            by=by,
            segment=SpokenSegment(
                seg_id=heard.seg_id,
                text=text,
                source=SegmentSource.PROVIDER,
                started_ms=heard.started_ms,
                ended_ms=heard.ended_ms,
                speaker=heard.speaker,
            ),
            sender=by.sender_key(uuid.uuid5(interview.id, heard.seg_id), 1),
            now=timezone.now(),
        )
    except RoomRefusal as refusal:
        raise Conflict(refusal.message, code=refusal.code) from refusal
    return Status(201, SegmentOut.of(find_words(interview, heard.seg_id)))
