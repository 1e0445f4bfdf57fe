"""Where an invited colleague, or the first administrator, comes in. A GET changes nothing."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from interviews.access import ORGANISATION_IN_SESSION
from interviews.models import Member, MemberInvitation, User
from interviews.services.invite_member import (
    InvitationRefused,
    NewPerson,
    accept_as_new,
    accept_as_user,
    find_invitation,
)
from interviews.views.doors import public_page
from interviews.views.forms import report_faults
from webapi.limits import spend


class ColleagueForm(forms.Form):
    name = forms.CharField(max_length=120, label="Your name")
    password = forms.CharField(
        label="Choose a password",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 10 characters, and not a common one.",
    )


class FirstAdministratorForm(ColleagueForm):
    organisation_name = forms.CharField(max_length=120, label="Name of your organisation")
    email = forms.EmailField(
        max_length=254, label="Your email address", help_text="You sign in with it."
    )
    field_order = ("organisation_name", "name", "email", "password")


@public_page
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    wait = spend(key=f"invitation:{request.META.get('REMOTE_ADDR', '')}", most=60, seconds=60)
    if wait is not None:
        return _refuse(request, "That was too often. Wait a minute, then try again.", 429)
    try:
        row = find_invitation(token, now=timezone.now())
        return _answer(request, row)
    except InvitationRefused as refusal:
        return _refuse(request, str(type(refusal).__doc__), 410)


def _answer(request: HttpRequest, row: MemberInvitation) -> HttpResponse:
    user = request.user
    if row.organisation is not None and isinstance(user, User):
        return _answer_user(request, row, user)
    if row.organisation is not None and User.objects.filter(email__iexact=row.email).exists():
        if request.method == "POST":
            return redirect_to_login(request.get_full_path())
        return _show(request, row, None, needs_sign_in=True)
    form_class = ColleagueForm if row.organisation else FirstAdministratorForm
    if request.method != "POST":
        return _show(request, row, form_class())
    form = form_class(request.POST)
    if not form.is_valid():
        return _show(request, row, form)
    try:
        member = accept_as_new(
            invitation=row, person=NewPerson(**form.cleaned_data), now=timezone.now()
        )
    except ValidationError as problem:
        report_faults(form, problem)
        return _show(request, row, form)
    return _welcome(request, member)


def _answer_user(request: HttpRequest, row: MemberInvitation, user: User) -> HttpResponse:
    if request.method != "POST":
        return _show(request, row, None, other_person=user.email.lower() != row.email.lower())
    return _welcome(request, accept_as_user(invitation=row, user=user, now=timezone.now()))


def _welcome(request: HttpRequest, member: Member) -> HttpResponse:
    if request.user != member.user:
        login(request, member.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[ORGANISATION_IN_SESSION] = str(member.organisation_id)
    messages.success(request, f"Welcome to {member.organisation.name}.")
    return redirect("home")


def _show(
    request: HttpRequest,
    row: MemberInvitation,
    form: forms.Form | None,
    *,
    needs_sign_in: bool = False,
    other_person: bool = False,
) -> HttpResponse:
    context = {
        "invitation": row,
        "form": form,
        "needs_sign_in": needs_sign_in,
        "other_person": other_person,
    }
    page = "interviews/invitation.html" if row.organisation else "interviews/first_admin.html"
    return render(request, page, context, status=422 if form and form.is_bound else 200)


def _refuse(request: HttpRequest, words: str, status: int) -> HttpResponse:
    return render(request, "interviews/invitation_refused.html", {"words": words}, status=status)
