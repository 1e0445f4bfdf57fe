"""One candidate: how to reach them, what they sent, their interviews."""

import uuid

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from interviews import access
from interviews.access import Permission
from interviews.queries.people_lists import interviews_of_candidate
from interviews.services.keep_candidate import change_candidate
from interviews.views.candidates import CandidateForm
from interviews.views.doors import MemberRequest, member_page
from interviews.views.forms import report_faults
from interviews.views.resume import ResumeForm


@member_page(Permission.SEE)
@require_safe
def candidate(request: MemberRequest, candidate_id: uuid.UUID) -> HttpResponse:
    row = access.candidate(request.member, candidate_id)
    context = {
        "candidate": row,
        "interviews": interviews_of_candidate(request.member, row),
        "may_invite": access.may(request.member, Permission.INVITE),
        "resume_form": ResumeForm(),
    }
    return render(request, "interviews/candidate.html", context)


@member_page(Permission.INVITE)
@require_http_methods(["GET", "HEAD", "POST"])
def candidate_edit(request: MemberRequest, candidate_id: uuid.UUID) -> HttpResponse:
    row = access.candidate(request.member, candidate_id, to=Permission.INVITE)
    if request.method != "POST":
        form = CandidateForm(initial={"name": row.name, "email": row.email})
        return render(request, "interviews/candidate_edit.html", {"form": form, "candidate": row})
    form = CandidateForm(request.POST)
    if form.is_valid():
        try:
            change_candidate(candidate=row, content=form.content(), by=request.member)
        except ValidationError as problem:
            report_faults(form, problem)
        else:
            return redirect("candidate", row.id)
    row.refresh_from_db()
    context = {"form": form, "candidate": row}
    return render(request, "interviews/candidate_edit.html", context, status=422)
