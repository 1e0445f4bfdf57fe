"""Files to take along: the transcript in four formats, the scorecards as a table."""

import uuid

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from interviews import access
from interviews.access import Permission
from interviews.services.export_interview import export_interview
from interviews.views.doors import MemberRequest, member_page


@require_GET
@member_page(Permission.SEE_REPORT)
def export(request: MemberRequest, interview_id: uuid.UUID, what: str) -> HttpResponse:
    interview = access.interview(request.member, interview_id, to=Permission.SEE_REPORT)
    exported = export_interview(interview=interview, what=what, by=request.member)
    response = HttpResponse(exported.content, content_type=exported.content_type)
    response["Content-Disposition"] = f'attachment; filename="{exported.name}"'
    return response
