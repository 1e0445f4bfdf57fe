"""Corrects what was misheard, in place."""

import uuid

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from interviews import access
from interviews.access import Permission
from interviews.queries.transcript import moments_of
from interviews.services.correct_segment import correct_segment
from interviews.views.doors import MemberRequest, member_page
from webapi.parsing import is_storable


@require_http_methods(["GET", "POST"])
@member_page(Permission.LEAD)
def correct(request: MemberRequest, interview_id: uuid.UUID, segment_id: int) -> HttpResponse:
    """The form for one segment; without script it is a page of its own."""
    interview = access.interview(request.member, interview_id, to=Permission.LEAD)
    moment = moments_of(interview.id, [segment_id]).get(segment_id)
    if moment is None:
        raise Http404
    context = {"interview": interview, "moment": moment, "typed": moment.text, "problems": ()}
    if request.method == "POST":
        typed = request.POST.get("text", "")
        try:
            if not is_storable(typed):
                raise ValidationError("This holds characters that cannot be kept.")
            correct_segment(
                interview=interview,
                segment_id=segment_id,
                text=typed,
                by=request.member,
                now=timezone.now(),
            )
        except ValidationError as problem:
            context |= {"typed": typed, "problems": problem.messages}
            return render(request, "interviews/correct.html", context, status=422)
        report = redirect("report", interview.id).url
        return redirect(f"{report}?around={segment_id}#segment-{segment_id}")
    return render(request, "interviews/correct.html", context)
