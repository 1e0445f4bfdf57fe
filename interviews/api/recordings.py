"""Recordings of candidates who agreed to one, for programs."""

import uuid
from datetime import datetime

from django.http import HttpRequest, HttpResponseBase
from ninja import Field, Query, Router, Schema

from interviews.access import Permission
from interviews.api.callers import called_interview
from interviews.api.doors import opens
from interviews.models import Recording
from interviews.services.play_recording import open_recording
from interviews.states import RecordingState
from webapi.pages import PageOf, PageQuery, page_of
from webapi.ranges import file_response, is_from_the_start

router = Router(tags=["recordings"])


class RecordingOut(Schema):
    """One unbroken stretch of sound. `started_ms` is on the clock of the segments."""

    id: uuid.UUID
    participant: str
    state: RecordingState
    mime: str
    started_ms: int
    duration_ms: int = Field(description="0: not known.")
    size: int
    missing: list[list[int]] = Field(
        description="[first, last] numbers of the chunks that never came."
    )
    created_at: datetime
    joined_at: datetime | None

    @staticmethod
    def of(row: Recording) -> "RecordingOut":
        return RecordingOut(**{name: getattr(row, name) for name in RecordingOut.model_fields})


class RecordingPage(PageOf[RecordingOut]):
    pass


@router.get("/interviews/{uuid:interview_id}/recordings", response=RecordingPage)
@opens(Permission.SEE_REPORT)
def list_recordings(
    request: HttpRequest, interview_id: uuid.UUID, page: Query[PageQuery]
) -> RecordingPage:
    """In the order of the interview."""
    interview, _ = called_interview(request, interview_id, to=Permission.SEE_REPORT)
    found = page_of(interview.recordings.all(), page, order=("started_ms", "id"))
    return RecordingPage(items=[RecordingOut.of(row) for row in found.items], next=found.next)


@router.get("/interviews/{uuid:interview_id}/recordings/{uuid:recording_id}/file")
@opens(Permission.SEE_REPORT)
def download_recording(
    request: HttpRequest, interview_id: uuid.UUID, recording_id: uuid.UUID
) -> HttpResponseBase:
    """The sound, whole or by `Range`. 404 until its recording is joined."""
    interview, member = called_interview(request, interview_id, to=Permission.SEE_REPORT)
    recording, file = open_recording(
        interview=interview,
        recording_id=recording_id,
        by=member,
        is_beginning=is_from_the_start(request),
    )
    return file_response(
        request,
        file,
        size=file.size,
        content_type=recording.mime,
        name=f"recording-{recording.id}{recording.suffix}",
    )
