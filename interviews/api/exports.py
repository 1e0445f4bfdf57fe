"""Exports of an interview, for programs."""

import uuid

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from interviews.access import Permission
from interviews.api.callers import called_interview
from interviews.api.doors import opens
from interviews.services.export_interview import export_interview

router = Router(tags=["exports"])


@router.get("/interviews/{uuid:interview_id}/exports/{what}")
@opens(Permission.SEE_REPORT)
def export_file(
    request: HttpRequest,
    interview_id: uuid.UUID,
    what: Path[str],
) -> HttpResponse:
    """A file: transcript.vtt, transcript.md, transcript.csv, transcript.json or scorecards.csv (403 while the
    scorecards are hidden from the caller)."""
    interview, member = called_interview(request, interview_id, to=Permission.SEE_REPORT)
    exported = export_interview(interview=interview, what=what, by=member)
    response = HttpResponse(exported.content, content_type=exported.content_type)
    response["Content-Disposition"] = f'attachment; filename="{exported.name}"'
    return response
