"""The list of rubrics, one rubric to read, and where a new one starts."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from interviews import access, library
from interviews.access import Permission
from interviews.library import NoSuchRole
from interviews.queries.plan_lists import list_rubrics
from interviews.services.start_from_library import copy_rubric
from interviews.services.write_rubric import archive_rubric, newest_version
from interviews.views.doors import MemberRequest, member_page
from interviews.views.lists import read_page


@member_page(Permission.SEE)
@require_safe
def rubrics(request: MemberRequest) -> HttpResponse:
    page = read_page(request, list_rubrics(request.member), order=("name", "id"))
    context = {
        "page": page,
        "roles": library.all_roles(),
        "may_plan": access.may(request.member, Permission.PLAN),
    }
    return render(request, "interviews/rubrics.html", context)


@member_page(Permission.SEE)
@require_safe
def rubric(request: MemberRequest, rubric_id: uuid.UUID) -> HttpResponse:
    row = access.rubric(request.member, rubric_id)
    version = newest_version(row)
    context = {
        "rubric": row,
        "version": version,
        "competencies": version.competencies.all(),
        "may_plan": access.may(request.member, Permission.PLAN),
    }
    return render(request, "interviews/rubric.html", context)


@member_page(Permission.PLAN)
@require_POST
def rubric_start(request: MemberRequest) -> HttpResponse:
    """Copies a ready-made rubric."""
    try:
        row = copy_rubric(slug=request.POST.get("role", ""), by=request.member)
    except NoSuchRole:
        messages.error(request, "Choose one of the roles.")
        return redirect("rubrics")
    messages.success(request, "This rubric is yours now. Edit it until it fits.")
    return redirect("rubric", row.id)


@member_page(Permission.PLAN)
@require_POST
def rubric_archive(request: MemberRequest, rubric_id: uuid.UUID) -> HttpResponse:
    row = access.rubric(request.member, rubric_id, to=Permission.PLAN)
    archive_rubric(rubric=row, by=request.member, now=timezone.now())
    messages.success(request, f"{row.name} is off the list. Plans that build on it keep it.")
    return redirect("rubrics")
