"""The list of positions, and opening a new one."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from interviews import access, library
from interviews.access import Permission
from interviews.models import Member, Position
from interviews.queries.plan_lists import list_positions
from interviews.services.start_from_library import start_plan
from interviews.services.write_position import PositionContent, create_position
from interviews.views.doors import MemberRequest, member_page
from interviews.views.forms import TextArea, report_faults
from interviews.views.lists import read_page


class PositionForm(forms.Form):
    title = forms.CharField(max_length=160, label="Title")
    description = TextArea(
        rows=8,
        max_length=20_000,
        required=False,
        label="Job description",
        help_text="Paste the advertisement: a plan can be drafted from it.",
    )

    def content(self) -> PositionContent:
        return PositionContent(self.cleaned_data["title"], self.cleaned_data["description"])


class NewPositionForm(PositionForm):
    role = forms.ChoiceField(
        required=False,
        label="Start with a ready-made plan",
        help_text="Questions and a rubric for a common role, which you then make your own.",
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # the form's own arguments
        roles = [(role.slug, role.title) for role in library.all_roles()]
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = [("", "No, I write the plan myself"), *roles]


@member_page(Permission.SEE)
@require_safe
def positions(request: MemberRequest) -> HttpResponse:
    closed = request.GET.get("show") == "closed"
    rows = list_positions(request.member, closed=closed)
    page = read_page(request, rows, order=("-created_at", "-id"))
    may_plan = access.may(request.member, Permission.PLAN)
    context = {"page": page, "closed": closed, "may_plan": may_plan}
    return render(request, "interviews/positions.html", context)


@member_page(Permission.PLAN)
@require_http_methods(["GET", "HEAD", "POST"])
def position_new(request: MemberRequest) -> HttpResponse:
    form = NewPositionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            position = _create(form, request.member)
        except ValidationError as problem:
            report_faults(form, problem)
        else:
            return redirect("position", position.id)
    return _show(request, form)


def _create(form: NewPositionForm, by: Member) -> Position:
    with transaction.atomic():
        position = create_position(content=form.content(), by=by)
        if form.cleaned_data["role"]:
            start_plan(position=position, slug=form.cleaned_data["role"], based_on=None, by=by)
    return position


def _show(request: HttpRequest, form: NewPositionForm) -> HttpResponse:
    context = {"form": form, "roles": library.all_roles()}
    status = 422 if form.is_bound else 200
    return render(request, "interviews/position_new.html", context, status=status)
