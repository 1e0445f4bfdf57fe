"""The editor of a rubric: competencies, and what each of their four levels looks like."""

import uuid
from collections.abc import Mapping, Sequence

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from interviews import access
from interviews.access import Permission
from interviews.guard import RubricFinding, rubric_findings
from interviews.models import Member, Rubric
from interviews.services.write_rubric import (
    CompetencyContent,
    RubricContent,
    StaleRubric,
    content_of,
    create_rubric,
    is_used,
    newest_version,
    revision_of,
    save_rubric,
)
from interviews.views.doors import MemberRequest, member_page
from interviews.views.forms import TextArea, report_faults
from interviews.views.row_actions import (
    SAVE,
    Row,
    RowAction,
    apply_action,
    read_action,
    read_count,
)

_NEW = "new"


class RubricForm(forms.Form):
    name = forms.CharField(max_length=120, label="Name")
    based_on = forms.CharField(max_length=40, widget=forms.HiddenInput)


class CompetencyForm(forms.Form):
    text = forms.CharField(max_length=120, label="Competency")
    description = TextArea(rows=2, required=False, max_length=2000, label="What it means here")
    level_1 = TextArea(rows=3, max_length=1000, label="Level 1")
    level_2 = TextArea(rows=3, max_length=1000, label="Level 2")
    level_3 = TextArea(rows=3, max_length=1000, label="Level 3")
    level_4 = TextArea(rows=3, max_length=1000, label="Level 4")
    key = forms.SlugField(required=False, max_length=60, widget=forms.HiddenInput)

    def levels(self) -> list[forms.BoundField]:
        return [self[f"level_{number}"] for number in range(1, 5)]

    def findings(self) -> list[RubricFinding]:
        """What the guard says of the words as they stand."""
        fields = (self["text"], self["description"], *self.levels())
        return [
            finding for field in fields for finding in rubric_findings(str(field.value() or ""))
        ]

    def content(self) -> CompetencyContent:
        cleaned = self.cleaned_data
        return CompetencyContent(
            name=cleaned["text"],
            levels=(cleaned["level_1"], cleaned["level_2"], cleaned["level_3"], cleaned["level_4"]),
            description=cleaned["description"],
            key=cleaned["key"],
        )


class RubricEditor:
    """The forms of one page: the rubric's name, and one form for each competency."""

    def __init__(self, rubric: Rubric | None, member: Member, data: QueryDict | None) -> None:
        self.rubric, self.member, self.data = rubric, member, data
        self.newest = newest_version(rubric) if rubric else None
        self.focus = ""
        self.stale: StaleRubric | None = None
        if data is None:
            self._open()
        else:
            self._bind(data)

    def _open(self) -> None:
        content = content_of(self.newest) if self.newest else RubricContent("")
        revision = revision_of(self.newest) if self.newest else _NEW
        self.form = RubricForm(initial={"name": content.name, "based_on": revision})
        rows: list[Row] = [_row_of(competency) for competency in content.competencies]
        self._show_rows(rows or [{}])

    def _bind(self, data: QueryDict) -> None:
        self.form = RubricForm(data)
        count = read_count(data.get("competencies", ""))
        self.competencies = [CompetencyForm(data, prefix=f"c{place}") for place in range(count)]

    def apply(self, action: RowAction) -> None:
        """Carries out a button that changes the form only; faults are not shown yet."""
        rows: list[Row] = [
            {name: competency[name].value() for name in competency.fields}
            for competency in self.competencies
        ]
        rows, self.focus = apply_action(action, rows, blank={})
        self.form = RubricForm(initial={name: self.form[name].value() for name in self.form.fields})
        self._show_rows(rows)

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), *(entry.is_valid() for entry in self.competencies)])

    def save(self) -> Rubric | None:
        """None when it was refused: the forms then say why."""
        content = RubricContent(
            self.form.cleaned_data["name"], tuple(entry.content() for entry in self.competencies)
        )
        try:
            if self.rubric is None:
                return create_rubric(content=content, by=self.member)
            based_on = self.form.cleaned_data["based_on"]
            version = save_rubric(
                rubric=self.rubric, content=content, based_on=based_on, by=self.member
            )
        except StaleRubric as stale:
            self.stale = stale
            assert self.data is not None
            data = self.data.copy()
            data["based_on"] = stale.revision  # the writer sees the other text now
            self._bind(data)
        except ValidationError as problem:
            report_faults(self.form, problem)
        else:
            return version.rubric
        return None

    def context(self) -> dict[str, object]:
        return {
            "rubric": self.rubric,
            "form": self.form,
            "competencies": self.competencies,
            "focus": self.focus,
            "stale": self.stale,
            "newest": self.newest,
            "is_used": self.newest is not None and is_used(self.newest),
        }

    def _show_rows(self, rows: Sequence[Row]) -> None:
        self.competencies = [
            CompetencyForm(prefix=f"c{place}", initial=dict(row)) for place, row in enumerate(rows)
        ]
        for place, form in enumerate(self.competencies):
            if self.focus == f"text-{place}":
                form.fields["text"].widget.attrs["autofocus"] = True


@member_page(Permission.PLAN)
@require_http_methods(["GET", "HEAD", "POST"])
def rubric_new(request: MemberRequest) -> HttpResponse:
    return _edit(request, None)


@member_page(Permission.PLAN)
@require_http_methods(["GET", "HEAD", "POST"])
def rubric_edit(request: MemberRequest, rubric_id: uuid.UUID) -> HttpResponse:
    return _edit(request, access.rubric(request.member, rubric_id, to=Permission.PLAN))


def _edit(request: MemberRequest, rubric: Rubric | None) -> HttpResponse:
    editor = RubricEditor(
        rubric, request.member, request.POST if request.method == "POST" else None
    )
    status = 200
    if request.method == "POST":
        action = read_action(request.POST.get("action", SAVE))
        if action.kind != SAVE:
            editor.apply(action)
        elif editor.is_valid() and (saved := editor.save()):
            messages.success(request, f"{saved.name} is saved.")
            return redirect("rubric", saved.id)
        else:
            status = 409 if editor.stale else 422
    return render(request, "interviews/rubric_edit.html", editor.context(), status=status)


def _row_of(competency: CompetencyContent) -> Mapping[str, object]:
    levels = {f"level_{number}": text for number, text in enumerate(competency.levels, start=1)}
    return {
        "text": competency.name,
        "description": competency.description,
        "key": competency.key,
        **levels,
    }
