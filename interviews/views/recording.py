"""Recordings: taken from the candidate's browser while they agree, and played to those who may read the report."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from interviews import access, candidate_link
from interviews.access import Permission
from interviews.models import Interview
from interviews.services.consent import choose_recording
from interviews.services.play_recording import open_recording
from interviews.services.receive_recording import (
    LARGEST_CHUNK,
    Chunk,
    NoSpace,
    NoSuchRecording,
    NotRecorded,
    NotSound,
    RecordingRefused,
    TooLate,
    TooMuch,
    may_still_arrive,
    receive_chunk,
)
from interviews.services.room_refusals import RoomRefusal
from interviews.views.doors import MemberRequest, candidate_page, member_page
from interviews.views.report_words import whole_number
from webapi.problems import problem_response
from webapi.ranges import file_response, is_from_the_start

_STATUS: dict[type[RecordingRefused], int] = {
    NoSuchRecording: 404,
    NotRecorded: 409,
    TooLate: 410,
    TooMuch: 413,
    NotSound: 415,
    NoSpace: 507,
}


@candidate_page
@never_cache
@require_POST
def recording_chunk(request: HttpRequest, recording_id: uuid.UUID, number: int) -> HttpResponse:
    """One chunk, as the body. 201 when it is kept, 200 when it was here already. An empty one says that the
    recording ended before it. `mime` and `started_ms` (on the room's clock) come with each, because any may
    arrive first."""
    now = timezone.now()
    interview = _interview_of(request)
    if (whole_number(request.META.get("CONTENT_LENGTH")) or 0) > LARGEST_CHUNK:
        return problem_response(413)  # before it is read into memory
    chunk = Chunk(
        recording_id=recording_id,
        number=number,
        mime=request.GET.get("mime", ""),
        started_ms=whole_number(request.GET.get("started_ms")) or 0,
        content=request.body,
    )
    try:
        is_new = receive_chunk(interview=interview, chunk=chunk, now=now)
    except RecordingRefused as refusal:
        return problem_response(_STATUS[type(refusal)], detail=str(refusal))
    return HttpResponse(status=201 if is_new else 200)


@candidate_page
@require_POST
def recording_choice(request: HttpRequest) -> HttpResponse:
    """The candidate stops the recording, or allows it again."""
    interview = _interview_of(request)
    agrees = request.POST.get("recording") == "on"
    try:
        choose_recording(interview=interview, agrees=agrees, now=timezone.now())
    except RoomRefusal as refusal:
        return problem_response(409, detail=refusal.message)
    return HttpResponse(status=204)


@member_page(Permission.SEE_REPORT)
@require_safe
def recording(
    request: MemberRequest, interview_id: uuid.UUID, recording_id: uuid.UUID
) -> HttpResponseBase:
    row = access.interview(request.member, interview_id, to=Permission.SEE_REPORT)
    found, file = open_recording(
        interview=row,
        recording_id=recording_id,
        by=request.member,
        is_beginning=is_from_the_start(request),
    )
    return file_response(
        request,
        file,
        size=file.size,
        content_type=found.mime,
        name=f"recording-{found.id}{found.suffix}",
    )


def _interview_of(request: HttpRequest) -> Interview:
    """The cookie's own interview, also for the minutes after it in which its last chunks arrive."""
    now = timezone.now()
    try:
        return candidate_link.interview_of_cookies(request.COOKIES, now=now)
    except candidate_link.InterviewOver as over:
        if may_still_arrive(over.interview, now):
            return over.interview
        raise Http404 from over
    except candidate_link.LinkRefused as refusal:
        raise Http404 from refusal
