"""One position: its plan as it stands, its history, its interviews."""

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interviews import access, library
from interviews.access import Permission
from interviews.guard import Finding, find_prohibited
from interviews.library import NoSuchRole
from interviews.models import PlanVersion, Question
from interviews.queries import plan_lists
from interviews.services import write_plan
from interviews.services.start_from_library import start_plan
from interviews.services.write_plan import NO_PLAN, StalePlan
from interviews.services.write_position import (
    change_position,
    close_position,
    reopen_position,
)
from interviews.views.doors import MemberRequest, member_page
from interviews.views.forms import report_faults
from interviews.views.positions import PositionForm

_INTERVIEWS_SHOWN = 10


@member_page(Permission.SEE)
@require_safe
def position(request: MemberRequest, position_id: uuid.UUID) -> HttpResponse:
    row = access.position(request.member, position_id)
    interviews = plan_lists.interviews_of_position(request.member, row)
    context = {
        "position": row,
        "versions": plan_lists.versions_of(row),
        "interviews": interviews[:_INTERVIEWS_SHOWN],
        "has_more_interviews": interviews.count() > _INTERVIEWS_SHOWN,
        "roles": library.all_roles(),
        "may_plan": access.may(request.member, Permission.PLAN),
        "may_invite": access.may(request.member, Permission.INVITE),
        **plan_context(write_plan.newest_version(row)),
    }
    return render(request, "interviews/position.html", context)


@member_page(Permission.SEE)
@require_safe
def plan_version(request: MemberRequest, position_id: uuid.UUID, number: int) -> HttpResponse:
    row = access.position(request.member, position_id)
    version = row.plan_versions.select_related("rubric_version__rubric").filter(number=number)
    plan = version.first()
    if plan is None:
        raise Http404
    context = {"position": row, **plan_context(plan)}
    return render(request, "interviews/plan_version.html", context)


@dataclass(frozen=True, slots=True)
class PlannedQuestion:
    """A question to read, with what the guard says of its words."""

    row: Question
    findings: tuple[Finding, ...]


def plan_context(plan: PlanVersion | None) -> dict[str, object]:
    """What `_plan.html` shows."""
    if plan is None:
        return {"plan": None}
    questions = list(plan.questions.select_related("competency"))
    return {
        "plan": plan,
        "questions": [PlannedQuestion(row, find_prohibited(row.text)) for row in questions],
        "plan_minutes": sum(question.minutes for question in questions),
        "must_ask_count": sum(question.kind == "must_ask" for question in questions),
    }


@member_page(Permission.PLAN)
@require_http_methods(["GET", "HEAD", "POST"])
def position_edit(request: MemberRequest, position_id: uuid.UUID) -> HttpResponse:
    row = access.position(request.member, position_id, to=Permission.PLAN)
    if request.method != "POST":
        form = PositionForm(initial={"title": row.title, "description": row.description})
        return render(request, "interviews/position_edit.html", {"form": form, "position": row})
    form = PositionForm(request.POST)
    if form.is_valid():
        try:
            change_position(position=row, content=form.content(), by=request.member)
        except ValidationError as problem:
            report_faults(form, problem)
        else:
            return redirect("position", row.id)
    context = {"form": form, "position": row}
    return render(request, "interviews/position_edit.html", context, status=422)


@member_page(Permission.PLAN)
@require_POST
def position_state(request: MemberRequest, position_id: uuid.UUID) -> HttpResponse:
    """Closes or reopens it."""
    row = access.position(request.member, position_id, to=Permission.PLAN)
    if request.POST.get("state") == "open":
        reopen_position(position=row, by=request.member)
        messages.success(request, f"{row.title} is open again.")
    else:
        close_position(position=row, by=request.member, now=timezone.now())
        messages.success(request, f"{row.title} is closed. What was scheduled still takes place.")
    return redirect("position", row.id)


@member_page(Permission.PLAN)
@require_POST
def plan_start(request: MemberRequest, position_id: uuid.UUID) -> HttpResponse:
    """Takes a ready-made plan for a position that has none."""
    row = access.position(request.member, position_id, to=Permission.PLAN)
    slug = request.POST.get("role", "")
    try:
        start_plan(position=row, slug=slug, based_on=NO_PLAN, by=request.member)
    except NoSuchRole:
        messages.error(request, "Choose one of the roles.")
    except StalePlan:
        messages.warning(request, "This position has a plan already; it was not replaced.")
    else:
        messages.success(request, "This plan is yours now. Edit it until it fits.")
    return redirect("position", row.id)
