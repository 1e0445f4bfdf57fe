"""One interview before and around its room: state, time, people, the candidate's link."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from interviews import access
from interviews.access import Permission
from interviews.candidate_link import join_url
from interviews.models import Interview
from interviews.services import schedule_interview
from interviews.services.schedule_interview import HAVE_LINK
from interviews.states import IN_ROOM, MOVES, OVER, WANTS_NO_AI, IllegalMove, InterviewState
from interviews.views.doors import MemberRequest, member_page
from interviews.views.forms import report_faults
from interviews.views.schedule_forms import PeopleForm, TimeForm


@member_page(Permission.SEE)
@require_safe
def interview(request: MemberRequest, interview_id: uuid.UUID) -> HttpResponse:
    row = access.interview(request.member, interview_id)
    return _show(request, row)


@member_page(Permission.INVITE)
@require_POST
def interview_time(request: MemberRequest, interview_id: uuid.UUID) -> HttpResponse:
    """Schedules a draft, or moves what is scheduled."""
    row = access.interview(request.member, interview_id, to=Permission.INVITE)
    form = TimeForm(request.POST)
    if not form.is_valid():
        return _show(request, row, time_form=form)
    start, end = form.start_and_end(row.minutes)
    is_draft = row.state == InterviewState.DRAFT
    change = schedule_interview.schedule if is_draft else schedule_interview.reschedule
    try:
        change(
            interview=row,
            by=request.member,
            scheduled_at=start,
            window_ends_at=end,
            now=timezone.now(),
        )
    except ValidationError as problem:
        report_faults(form, _as_time_faults(problem))
        return _show(request, row, time_form=form)
    except IllegalMove:
        messages.error(request, "It has begun or is over, so its time can no longer be changed.")
    else:
        messages.success(
            request, "Scheduled." if is_draft else "Moved. The candidate is told the new time."
        )
    return redirect("interview", row.id)


@member_page(Permission.INVITE)
@require_POST
def interview_cancel(request: MemberRequest, interview_id: uuid.UUID) -> HttpResponse:
    row = access.interview(request.member, interview_id, to=Permission.INVITE)
    return _act(
        request,
        row,
        lambda: schedule_interview.cancel(interview=row, by=request.member, now=timezone.now()),
        done="Cancelled. The candidate is told, and the link is dead.",
        refused="It has begun or is over, so it cannot be cancelled any more.",
    )


@member_page(Permission.INVITE)
@require_POST
def interview_link(request: MemberRequest, interview_id: uuid.UUID) -> HttpResponse:
    """Issues a new link, or takes the link back."""
    row = access.interview(request.member, interview_id, to=Permission.INVITE)
    refused = "There is no room to enter any more, so there is no link."
    if request.POST.get("action") == "revoke":
        return _act(
            request,
            row,
            lambda: schedule_interview.revoke_link(
                interview=row, by=request.member, now=timezone.now()
            ),
            done="The link is dead. Whoever came in by it is put out.",
            refused=refused,
        )
    return _act(
        request,
        row,
        lambda: schedule_interview.reissue_link(interview=row, by=request.member),
        done="There is a new link, and the old one is dead. The candidate is sent the new one.",
        refused=refused,
    )


@member_page(Permission.INVITE)
@require_POST
def interview_people(request: MemberRequest, interview_id: uuid.UUID) -> HttpResponse:
    """Who of the team takes part."""
    row = access.interview(request.member, interview_id, to=Permission.INVITE)
    form = PeopleForm(request.POST, member=request.member)
    if not form.is_valid():
        return _show(request, row, people_form=form)
    schedule_interview.assign_interviewers(
        interview=row, interviewers=list(form.cleaned_data["interviewers"]), by=request.member
    )
    messages.success(request, "The team of this interview is changed.")
    return redirect("interview", row.id)


def _act(
    request: MemberRequest,
    row: Interview,
    change: Callable[[], object],
    *,
    done: str,
    refused: str,
) -> HttpResponse:
    try:
        change()
    except IllegalMove:
        messages.error(request, refused)
    else:
        messages.success(request, done)
    return redirect("interview", row.id)


def _as_time_faults(problem: ValidationError) -> ValidationError:
    """The service names moments; the form has a date and a window."""
    names = {"scheduled_at": "date", "window_ends_at": "window_days"}
    if not hasattr(problem, "error_dict"):
        return problem
    return ValidationError(
        {names.get(name, name): faults for name, faults in problem.message_dict.items()}
    )


def _show(
    request: MemberRequest,
    row: Interview,
    *,
    time_form: TimeForm | None = None,
    people_form: PeopleForm | None = None,
) -> HttpResponse:
    member = request.member
    may_invite = access.may(member, Permission.INVITE)
    interviewers = list(row.interviewers.select_related("user").order_by("user__name"))
    state = InterviewState(row.state)
    has_link = may_invite and state in HAVE_LINK and row.link_revoked_at is None
    values = TimeForm.starting_values(member, row, timezone.now())
    context = {
        "interview": row,
        "interviewers": interviewers,
        "may_invite": may_invite,
        "may_lead": access.may(member, Permission.LEAD),
        "may_see_report": access.may(member, Permission.SEE_REPORT),
        "may_cancel": may_invite and InterviewState.CANCELLED in MOVES.get(state, {}),
        "may_move": may_invite and state in (InterviewState.DRAFT, InterviewState.SCHEDULED),
        "wants_no_ai": row.consent in WANTS_NO_AI,
        "is_in_room": state in IN_ROOM,
        "is_over": state in OVER,
        "may_have_link": may_invite and state in HAVE_LINK,
        "link": join_url(row) if has_link else "",
        "time_form": time_form or TimeForm(initial=values),
        "people_form": people_form
        or PeopleForm(initial={"interviewers": interviewers}, member=member),
    }
    status = 422 if time_form or people_form else 200
    return render(request, "interviews/interview.html", context, status=status)
