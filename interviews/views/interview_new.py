"""A new interview: prepared as a draft, or scheduled and announced at once."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from interviews import access
from interviews.access import Permission
from interviews.models import Interview, Member
from interviews.services.keep_candidate import CandidateContent, add_candidate
from interviews.services.schedule_interview import InterviewDraft, create_draft, schedule
from interviews.states import Mode
from interviews.views.doors import MemberRequest, member_page
from interviews.views.forms import report_faults
from interviews.views.schedule_forms import NewInterviewForm, TimeForm


@member_page(Permission.INVITE)
@require_http_methods(["GET", "HEAD", "POST"])
def interview_new(request: MemberRequest) -> HttpResponse:
    member, now = request.member, timezone.now()
    if request.method != "POST":
        chosen = {name: request.GET.get(name, "") for name in ("candidate", "position")}
        form = NewInterviewForm(initial=chosen, member=member)
        return _show(request, form, TimeForm(initial=TimeForm.starting_values(member, None, now)))
    form = NewInterviewForm(request.POST, member=member)
    as_draft = request.POST.get("action") == "draft"
    time_form = TimeForm(request.POST)
    if form.is_valid() and (as_draft or time_form.is_valid()):
        try:
            interview = _create(form, None if as_draft else time_form, member)
        except ValidationError as problem:
            report_faults(form, problem)
        else:
            messages.success(request, _words(interview, as_draft=as_draft))
            return redirect("interview", interview.id)
    return _show(request, form, time_form)


def _create(form: NewInterviewForm, time_form: TimeForm | None, by: Member) -> Interview:
    cleaned = form.cleaned_data
    with transaction.atomic():
        candidate = cleaned["candidate"] or add_candidate(
            content=CandidateContent(cleaned["new_name"], cleaned["new_email"]), by=by
        )
        interview = create_draft(
            draft=InterviewDraft(
                candidate=candidate,
                position=cleaned["position"],
                mode=Mode(cleaned["mode"]),
                minutes=cleaned["minutes"],
                interviewers=tuple(cleaned["interviewers"]),
                meeting_url=cleaned["meeting_url"],
                may_record=cleaned["may_record"],
            ),
            by=by,
        )
        if time_form is None:
            return interview
        start, end = time_form.start_and_end(cleaned["minutes"])
        return schedule(
            interview=interview,
            by=by,
            scheduled_at=start,
            window_ends_at=end,
            now=timezone.now(),
        )


def _words(interview: Interview, *, as_draft: bool) -> str:
    if as_draft:
        return "Kept as a draft. Nobody has been told yet."
    if interview.candidate.email:
        return f"Scheduled. The invitation is on its way to {interview.candidate.email}."
    return "Scheduled. There is no email address, so hand over the link below yourself."


def _show(request: MemberRequest, form: NewInterviewForm, time_form: TimeForm) -> HttpResponse:
    context = {
        "form": form,
        "time_form": time_form,
        "has_plans": access.positions(request.member)
        .filter(closed_at=None, plan_versions__questions__isnull=False)
        .exists(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "interviews/interview_new.html", context, status=status)
