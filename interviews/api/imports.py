"""Imports of finished interviews, for programs."""

import uuid
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import AwareDatetime

from interviews import access
from interviews.access import Permission
from interviews.api.callers import calling_member
from interviews.api.doors import opens
from interviews.importing import ImportRefused, read_transcript
from interviews.models import TranscriptImport
from interviews.queries.imports import imports_seen_by, segments_of
from interviews.services.import_transcript import (
    LARGEST_FILE,
    ImportRequest,
    SpeakerUnclear,
    import_transcript,
)
from webapi.pages import PageOf, PageQuery, page_of
from webapi.problems import FieldError, TooLarge, Unprocessable

router = Router(tags=["imports"])


class ImportIn(Schema):
    """`candidate_speaker`: the candidate as the file names them; needed where it cannot be told."""

    position_id: uuid.UUID
    candidate_id: uuid.UUID
    candidate_speaker: str = Field("", max_length=200)
    held_at: AwareDatetime | None = None


class ImportOut(Schema):
    """`notes` say what was guessed or left out."""

    interview_id: uuid.UUID
    file_name: str
    format: str
    candidate_speaker: str
    segments: int
    notes: list[str]
    created_at: datetime

    @staticmethod
    def of(row: TranscriptImport, *, segments: int) -> "ImportOut":
        return ImportOut(
            interview_id=row.interview_id,
            file_name=row.file_name,
            format=row.format,
            candidate_speaker=row.candidate_speaker,
            segments=segments,
            notes=row.notes,
            created_at=row.created_at,
        )


class ImportPage(PageOf[ImportOut]):
    pass


@router.get("/imports", response=ImportPage)
@opens(Permission.SEE)
def list_imports(request: HttpRequest, page: Query[PageQuery]) -> ImportPage:
    """Newest first."""
    member = calling_member(request)
    found = page_of(imports_seen_by(member), page, order=("-created_at",))
    counts = segments_of(found.items)
    items = [ImportOut.of(row, segments=counts.get(row.interview_id, 0)) for row in found.items]
    return ImportPage(items=items, next=found.next)


@router.post("/imports", response={201: ImportOut})
@opens(Permission.INVITE)
def import_interview(
    request: HttpRequest, body: Form[ImportIn], file: File[UploadedFile]
) -> Status[ImportOut]:
    """A transcript (WebVTT, SRT, JSON, DOCX or text, up to 20 MB) becomes an interview with its debrief.

    422 with the line and the reason when it cannot be read, or with the speakers when it cannot be told
    which of them is the candidate. 422 too when it is older than the organisation keeps conversations.
    """
    member = calling_member(request)
    access.require(member, Permission.INVITE)
    if (file.size or 0) > LARGEST_FILE:
        raise TooLarge("20 MB is the most.")
    position = access.position(member, body.position_id)
    candidate = access.candidate(member, body.candidate_id)
    try:
        transcript = read_transcript(file.read(), file.name or "")
        with transaction.atomic():
            interview = import_transcript(
                request=ImportRequest(
                    transcript=transcript,
                    file_name=file.name or "upload",
                    position=position,
                    candidate=candidate,
                    candidate_speaker=body.candidate_speaker,
                    held_at=body.held_at,
                ),
                by=member,
                now=timezone.now(),
            )
    except ImportRefused as refusal:
        raise Unprocessable(
            str(refusal), code="import_refused", errors=[FieldError("/file", refusal.reason)]
        ) from None
    except SpeakerUnclear as unclear:
        names = [FieldError("/candidate_speaker", heard.name) for heard in unclear.speakers]
        raise Unprocessable(str(unclear), code="speaker_unclear", errors=names) from None
    return Status(
        201, ImportOut.of(interview.transcript_import, segments=interview.segments.count())
    )
