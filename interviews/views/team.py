"""The team of an organisation: who belongs to it, in what role, and who is asked to join."""

import uuid

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from interviews import access
from interviews.access import Permission
from interviews.queries.people_lists import team as team_of
from interviews.services.change_team import (
    LastAdministrator,
    change_role,
    deactivate_member,
    reactivate_member,
)
from interviews.services.invite_member import (
    invitation_url,
    invite_member,
    open_invitations,
    revoke_invitation,
)
from interviews.states import Role
from interviews.views.doors import MemberRequest, member_page
from interviews.views.forms import report_faults
from interviews.views.lists import read_page


class InviteForm(forms.Form):
    email = forms.EmailField(max_length=254, label="Email address")
    role = forms.ChoiceField(choices=Role.choices, initial=Role.INTERVIEWER, label="Role")


@member_page(Permission.MANAGE_TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: MemberRequest) -> HttpResponse:
    """A POST invites a colleague."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invite_member(
                email=form.cleaned_data["email"],
                role=Role(form.cleaned_data["role"]),
                by=request.member,
                now=timezone.now(),
            )
        except ValidationError as problem:
            report_faults(form, problem)
        else:
            messages.success(
                request, f"{form.cleaned_data['email']} is invited. The link below works once."
            )
            return redirect("team")
    waiting = open_invitations(request.member.organisation, now=timezone.now())
    context = {
        "form": form,
        "page": read_page(
            request, team_of(request.member), order=("-is_active", "joined_at", "id")
        ),
        "invitations": [
            (row, invitation_url(row)) for row in waiting.order_by("-created_at", "id")
        ],
        "roles": Role.choices,
    }
    status = 422 if form.is_bound else 200
    return render(request, "interviews/team.html", context, status=status)


@member_page(Permission.MANAGE_TEAM)
@require_POST
def invitation_revoke(request: MemberRequest, invitation_id: uuid.UUID) -> HttpResponse:
    row = access.invitation_in_team(request.member, invitation_id)
    revoke_invitation(invitation=row, by=request.member, now=timezone.now())
    messages.success(request, f"The invitation of {row.email} is taken back.")
    return redirect("team")


@member_page(Permission.MANAGE_TEAM)
@require_POST
def member_role(request: MemberRequest, member_id: uuid.UUID) -> HttpResponse:
    row = access.member_in_team(request.member, member_id)
    role = request.POST.get("role", "")
    if role not in Role.values:
        messages.error(request, "Choose one of the roles.")
        return redirect("team")
    try:
        change_role(member=row, role=Role(role), by=request.member)
    except LastAdministrator as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{row.user} is now {Role(role).label.lower()}.")
    return redirect("team")


@member_page(Permission.MANAGE_TEAM)
@require_POST
def member_active(request: MemberRequest, member_id: uuid.UUID) -> HttpResponse:
    """Lets a member go, or takes them back."""
    row = access.member_in_team(request.member, member_id)
    if request.POST.get("active") == "yes":
        reactivate_member(member=row, by=request.member)
        messages.success(request, f"{row.user} belongs to the team again.")
        return redirect("team")
    try:
        deactivate_member(member=row, by=request.member)
    except LastAdministrator as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{row.user} no longer has access. What they wrote stays.")
    return redirect("team")
