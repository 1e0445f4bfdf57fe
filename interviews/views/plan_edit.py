"""The editor of a position's plan. It works without script; nothing typed is lost, whoever else saves."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ai_engine.errors import AiError
from ai_engine.inputs import Provenance
from interviews import access
from interviews.access import Permission
from interviews.guard import Finding, find_prohibited
from interviews.models import Member, PlanVersion, Position, RubricVersion
from interviews.queries.plan_lists import rubric_choices
from interviews.services.draft_plan import can_draft, draft_plan
from interviews.services.write_plan import (
    PlanContent,
    QuestionContent,
    StalePlan,
    content_of,
    newest_version,
    revision_of,
    save_plan,
)
from interviews.services.write_rubric import RubricContent, create_rubric
from interviews.states import QuestionKind
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

NEW_RUBRIC = "new"
_DEPTHS = ((0, "No follow-ups"), (1, "One"), (2, "Up to two"), (3, "Up to three"))


class PlanForm(forms.Form):
    rubric = forms.ChoiceField(label="Rubric", help_text="The competencies that are judged.")
    opening_words = TextArea(
        rows=4,
        required=False,
        max_length=2000,
        label="Opening words",
        help_text="Said to the candidate before the first question.",
    )
    closing_words = TextArea(rows=3, required=False, max_length=2000, label="Closing words")
    company_context = TextArea(
        rows=5,
        required=False,
        max_length=8000,
        label="About the company and the team",
        help_text="What the AI may tell a candidate who asks. It says nothing that is not here.",
    )
    based_on = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: object, choices: Sequence[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # the form's own arguments
        rubric = self.fields["rubric"]
        assert isinstance(rubric, forms.ChoiceField)
        rubric.choices = choices


class QuestionForm(forms.Form):
    text = TextArea(rows=3, max_length=2000, label="Question")
    kind = forms.ChoiceField(
        choices=[(QuestionKind.MUST_ASK, "Must ask"), (QuestionKind.ADAPTIVE, "If time allows")],
        initial=QuestionKind.MUST_ASK,
        label="When",
    )
    competency_key = forms.ChoiceField(required=False, label="Competency")
    probe_depth = forms.TypedChoiceField(choices=_DEPTHS, coerce=int, initial=1, label="Follow-ups")
    minutes = forms.IntegerField(min_value=1, max_value=60, initial=4, label="Minutes")
    section = forms.CharField(required=False, max_length=120, label="Section")

    def __init__(
        self, *args: object, competencies: Sequence[tuple[str, str]], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # the form's own arguments
        competency = self.fields["competency_key"]
        assert isinstance(competency, forms.ChoiceField)
        competency.choices = [("", "None"), *competencies]

    def content(self) -> QuestionContent:
        return QuestionContent(**self.cleaned_data)

    def findings(self) -> tuple[Finding, ...]:
        """What the guard says of the words as they stand."""
        return find_prohibited(str(self["text"].value() or ""))


class PlanEditor:
    """The forms of one page: the plan's, and one for each question."""

    def __init__(self, position: Position, member: Member, data: QueryDict | None) -> None:
        self.position, self.member, self.data = position, member, data
        self.newest = newest_version(position)
        self.versions = _rubric_versions(member, self.newest)
        self.focus = ""
        self.stale: StalePlan | None = None
        self.draft_failed = False
        self.drafted_by: Provenance | None = None
        if data is None:
            self._open(content_of(self.newest))
        else:
            self._bind(data)

    def _open(self, content: PlanContent) -> None:
        default = str(self.newest.rubric_version_id) if self.newest else NEW_RUBRIC
        initial = {**asdict(content), "rubric": default, "based_on": revision_of(self.newest)}
        self.rubric_version = self.newest.rubric_version if self.newest else None
        self.form = PlanForm(initial=initial, choices=self._choices())
        self._show_rows([asdict(question) for question in content.questions])

    def _bind(self, data: QueryDict) -> None:
        self.rubric_version = self.versions.get(data.get("rubric", ""))
        self.form = PlanForm(data, choices=self._choices())
        count = read_count(data.get("questions", ""))
        self.questions = [self._question_form(place, data=data) for place in range(count)]

    def apply(self, action: RowAction) -> None:
        """Carries out a button that changes the form only; faults are not shown yet."""
        rows: list[Row] = [
            {name: question[name].value() for name in question.fields}
            for question in self.questions
        ]
        blank = {"kind": QuestionKind.MUST_ASK, "probe_depth": 1, "minutes": 4}
        rows, self.focus = apply_action(action, rows, blank=blank)
        initial = {name: self.form[name].value() for name in self.form.fields}
        self.form = PlanForm(initial=initial, choices=self._choices())
        self._show_rows(rows)

    def draft(self) -> None:
        """Has the AI fill in the form. Its rubric is kept at once, so that questions can refer to it;
        the plan itself only when a person saves it."""
        try:
            drafted = draft_plan(
                position=self.position,
                company_context=str(self.form["company_context"].value() or ""),
                by=self.member,
            )
            rubric = create_rubric(content=drafted.rubric, by=self.member)
        except (AiError, ValidationError):
            self.draft_failed = True
            self.apply(RowAction("redraw"))
            return
        self.versions = _rubric_versions(self.member, self.newest)
        self.rubric_version = rubric.versions.get()
        self.drafted_by = drafted.provenance
        based_on = self.form["based_on"].value()
        initial = {
            **asdict(drafted.plan),
            "rubric": str(self.rubric_version.id),
            "based_on": based_on,
        }
        self.form = PlanForm(initial=initial, choices=self._choices())
        self._show_rows([asdict(question) for question in drafted.plan.questions])

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), *(question.is_valid() for question in self.questions)])

    def has_findings(self) -> bool:
        return any(question.findings() for question in self.questions)

    def save(self) -> PlanVersion | None:
        """None when it was refused: the forms then say why."""
        cleaned = self.form.cleaned_data
        content = PlanContent(
            opening_words=cleaned["opening_words"],
            closing_words=cleaned["closing_words"],
            company_context=cleaned["company_context"],
            questions=tuple(question.content() for question in self.questions),
        )
        try:
            with transaction.atomic():  # a refused plan leaves no empty rubric behind
                return save_plan(
                    position=self.position,
                    content=content,
                    rubric_version=self.rubric_version or self._new_rubric(),
                    based_on=cleaned["based_on"],
                    by=self.member,
                )
        except StalePlan as stale:
            self.stale = stale
            self._adopt_revision(stale.revision)
        except ValidationError as problem:
            report_faults(self.form, problem)
        return None

    def context(self) -> dict[str, object]:
        return {
            "position": self.position,
            "form": self.form,
            "questions": self.questions,
            "focus": self.focus,
            "stale": self.stale,
            "draft_failed": self.draft_failed,
            "drafted_by": self.drafted_by,
            "can_draft": can_draft(self.member.organisation),
            "newest": self.newest,
            "next_number": self._next_number(),
            "plan_minutes": sum(_minutes(question) for question in self.questions),
        }

    def _adopt_revision(self, revision: str) -> None:
        """The writer now sees the other text, so their next save may replace it."""
        assert self.data is not None
        data = self.data.copy()
        data["based_on"] = revision
        self._bind(data)

    def _new_rubric(self) -> RubricVersion:
        rubric = create_rubric(content=RubricContent(self.position.title[:120]), by=self.member)
        return rubric.versions.get()

    def _next_number(self) -> int:
        if self.newest is None:
            return 1
        used = self.newest.frozen_at is not None
        return self.newest.number + int(used)

    def _choices(self) -> list[tuple[str, str]]:
        known = [
            (key, f"{row.rubric.name}, version {row.number}") for key, row in self.versions.items()
        ]
        return [*known, (NEW_RUBRIC, "A new rubric, still empty")]

    def _show_rows(self, rows: Sequence[Mapping[str, object]]) -> None:
        self.questions = [self._question_form(place, row=row) for place, row in enumerate(rows)]

    def _question_form(
        self, place: int, *, data: QueryDict | None = None, row: Mapping[str, object] | None = None
    ) -> QuestionForm:
        competencies = (
            [(entry.key, entry.name) for entry in self.rubric_version.competencies.all()]
            if self.rubric_version
            else []
        )
        form = QuestionForm(data, prefix=f"q{place}", initial=row, competencies=competencies)
        if self.focus == f"text-{place}":
            form.fields["text"].widget.attrs["autofocus"] = True
        return form


@member_page(Permission.PLAN)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_edit(request: MemberRequest, position_id: uuid.UUID) -> HttpResponse:
    row = access.position(request.member, position_id, to=Permission.PLAN)
    editor = PlanEditor(row, request.member, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        action = read_action(request.POST.get("action", SAVE))
        if action.kind == "draft" and can_draft(request.member.organisation):
            editor.draft()
        elif action.kind != SAVE:
            editor.apply(action)
        elif editor.is_valid() and (plan := editor.save()):
            messages.success(request, f"Saved as version {plan.number}.")
            if editor.has_findings():
                messages.warning(request, "Some questions touch what must not be asked; see below.")
            return redirect("position", row.id)
        else:
            status = 409 if editor.stale else 422
    return render(request, "interviews/plan_edit.html", editor.context(), status=status)


def _rubric_versions(member: Member, newest: PlanVersion | None) -> dict[str, RubricVersion]:
    """What the plan may build on: the newest of each rubric, and what it builds on now."""
    rows = list(rubric_choices(member).prefetch_related("competencies"))
    if newest and newest.rubric_version not in rows:
        rows.insert(0, newest.rubric_version)
    return {str(row.id): row for row in rows}


def _minutes(question: QuestionForm) -> int:
    value = str(question["minutes"].value() or "0")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 4 else 0
