"""The list of candidates, and adding one."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from interviews import access
from interviews.access import Permission
from interviews.models import Candidate
from interviews.queries.people_lists import list_candidates
from interviews.services.keep_candidate import CandidateContent, add_candidate
from interviews.states import InterviewState
from interviews.views.doors import MemberRequest, member_page
from interviews.views.forms import report_faults
from interviews.views.lists import read_page


class CandidateForm(forms.Form):
    name = forms.CharField(max_length=120, label="Name")
    email = forms.EmailField(
        required=False,
        max_length=254,
        label="Email address",
        help_text="The invitation goes there. Without one you hand over the link yourself.",
    )

    def content(self) -> CandidateContent:
        return CandidateContent(self.cleaned_data["name"], self.cleaned_data["email"])


@member_page(Permission.SEE)
@require_safe
def candidates(request: MemberRequest) -> HttpResponse:
    words = request.GET.get("q", "")[:200]
    rows = list_candidates(request.member, words)
    page = read_page(request, rows, order=("-created_at", "-id"))
    context = {
        "page": page,
        "rows": [(row, _label(row)) for row in page.items],
        "words": words,
        "may_invite": access.may(request.member, Permission.INVITE),
    }
    return render(request, "interviews/candidates.html", context)


def _label(row: Candidate) -> str:
    state = getattr(row, "last_state", None)
    return str(InterviewState(state).label) if state else ""


@member_page(Permission.INVITE)
@require_http_methods(["GET", "HEAD", "POST"])
def candidate_new(request: MemberRequest) -> HttpResponse:
    form = CandidateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = add_candidate(content=form.content(), by=request.member)
        except ValidationError as problem:
            report_faults(form, problem)
        else:
            return redirect("candidate", row.id)
    status = 422 if form.is_bound else 200
    return render(request, "interviews/candidate_new.html", {"form": form}, status=status)
