"""Operators open organisations here, and ask the first administrator of each to join."""

import uuid

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from interviews.models import Organisation, User
from interviews.queries.organisations import awaited_administrators, every_organisation
from interviews.services.invite_member import invitation_url
from interviews.services.open_organisation import (
    HasAdministrator,
    invite_administrator,
    open_organisation,
)
from interviews.views.doors import operator_page
from interviews.views.forms import report_faults
from interviews.views.lists import read_page


class OrganisationForm(forms.Form):
    name = forms.CharField(max_length=120, label="Name")
    email = forms.EmailField(
        max_length=254,
        label="First administrator",
        help_text="They are sent a link that works once, for a week, and invite the others themselves.",
    )


class AdministratorForm(forms.Form):
    email = forms.EmailField(max_length=254)


@operator_page
@require_http_methods(["GET", "HEAD", "POST"])
def organisations(request: HttpRequest) -> HttpResponse:
    """A POST opens one."""
    assert isinstance(request.user, User)
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            open_organisation(**form.cleaned_data, by=request.user, now=timezone.now())
        except ValidationError as problem:
            report_faults(form, problem)
        else:
            messages.success(
                request,
                f"{form.cleaned_data['name']} is open. {form.cleaned_data['email']} is asked to join.",
            )
            return redirect("organisations")
    page = read_page(request, every_organisation(), order=("-created_at", "id"))
    awaited = awaited_administrators(page.items, now=timezone.now())
    links = {key: invitation_url(row) for key, row in awaited.items()}
    context = {
        "form": form,
        "page": page,
        "rows": [(row, awaited.get(row.id), links.get(row.id)) for row in page.items],
    }
    return render(
        request, "interviews/organisations.html", context, status=422 if form.is_bound else 200
    )


@operator_page
@require_POST
def administrator_invite(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Once more, or somebody else: while nobody administers the organisation."""
    assert isinstance(request.user, User)
    row = get_object_or_404(Organisation, id=organisation_id)
    form = AdministratorForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Give the email address of the first administrator.")
        return redirect("organisations")
    try:
        invite_administrator(
            organisation=row, email=form.cleaned_data["email"], by=request.user, now=timezone.now()
        )
    except HasAdministrator:
        messages.error(request, f"{row.name} has an administrator, who invites the others.")
    else:
        messages.success(request, f"{form.cleaned_data['email']} is asked to join {row.name}.")
    return redirect("organisations")
