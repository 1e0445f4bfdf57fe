"""Writes the plan of a position. A version that an interview uses never changes: saving makes the next one."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from interviews.models import Member, PlanVersion, Position, Question, Rubric, RubricVersion
from interviews.services.check_row import check_row, check_rows
from interviews.services.record_audit import record_audit
from interviews.states import InterviewState, QuestionKind

MOST_QUESTIONS = 60
_WRITTEN = (
    "rubric_version",
    "opening_words",
    "closing_words",
    "company_context",
    "library_role",
)
NO_PLAN = "none"


@dataclass(frozen=True, slots=True)
class QuestionContent:
    """One question as it is written; its competency is named by its key in the rubric, or is empty."""

    text: str
    kind: QuestionKind = QuestionKind.MUST_ASK
    competency_key: str = ""
    probe_depth: int = 1
    minutes: int = 4
    section: str = ""


@dataclass(frozen=True, slots=True)
class PlanContent:
    opening_words: str = ""
    closing_words: str = ""
    company_context: str = ""
    questions: tuple[QuestionContent, ...] = ()

    @property
    def minutes(self) -> int:
        return sum(question.minutes for question in self.questions)


class StalePlan(Exception):
    """Somebody else saved since this text was read; `current` is what they wrote."""

    def __init__(self, current: PlanContent, revision: str) -> None:
        super().__init__("The plan was changed meanwhile.")
        self.current, self.revision = current, revision


def save_plan(
    *,
    position: Position,
    content: PlanContent,
    rubric_version: RubricVersion,
    based_on: str | None,
    by: Member,
    library_role: str = "",
) -> PlanVersion:
    """The position's plan with this content: its newest version, or the next if interviews use that.

    `based_on` is the revision the writer had read (None: whatever there is). Raises StalePlan,
    ValidationError.
    """
    assert rubric_version.rubric.organisation_id == position.organisation_id
    with transaction.atomic():
        newest = lock_plans(position)
        # The rubric stays as its keys are read here; who edits it meanwhile makes its next version.
        Rubric.objects.select_for_update(no_key=True).get(id=rubric_version.rubric_id)
        revision = revision_of(newest)
        if based_on is not None and based_on != revision:
            raise StalePlan(content_of(newest), revision)
        if newest and _unchanged(newest, content, rubric_version):
            return newest
        if newest and not is_used(newest):
            version = newest
            newest.questions.all().delete()
        else:
            number = newest.number + 1 if newest else 1
            version = PlanVersion(position_id=position.id, number=number, created_by=by)
        version.rubric_version = rubric_version
        version.opening_words = content.opening_words
        version.closing_words = content.closing_words
        version.company_context = content.company_context
        version.library_role = library_role or version.library_role
        check_row(version)
        version.save(update_fields=_WRITTEN if version is newest else None)
        _write_questions(version, content)
        _audit(position, version, by)
    return version


def lock_plans(position: Position) -> PlanVersion | None:
    """The newest plan; until the end of the transaction nobody saves one for this position, or uses one.

    The lock leaves the key alone: rows that refer to the position are written meanwhile.
    """
    Position.objects.select_for_update(no_key=True).get(id=position.id)
    return newest_version(position)


def freeze_plan(plan: PlanVersion, *, now: datetime) -> None:
    """What an interview uses never changes again: editing it makes the next version.

    Call in the transaction that called `lock_plans`.
    """
    for version in (plan, plan.rubric_version):
        if version.frozen_at is None:
            version.frozen_at = now
            version.save(update_fields=["frozen_at"])


def newest_version(position: Position) -> PlanVersion | None:
    return position.plan_versions.select_related("rubric_version__rubric").first()


def is_used(version: PlanVersion) -> bool:
    """Whether an interview was announced, held or imported with it."""
    used = version.interviews.exclude(state=InterviewState.DRAFT)
    return version.frozen_at is not None or used.exists()


def content_of(version: PlanVersion | None) -> PlanContent:
    if version is None:
        return PlanContent()
    return PlanContent(
        opening_words=version.opening_words,
        closing_words=version.closing_words,
        company_context=version.company_context,
        questions=tuple(
            QuestionContent(
                text=question.text,
                kind=QuestionKind(question.kind),
                competency_key=question.competency.key if question.competency else "",
                probe_depth=question.probe_depth,
                minutes=question.minutes,
                section=question.section,
            )
            for question in version.questions.select_related("competency")
        ),
    )


def revision_of(version: PlanVersion | None) -> str:
    """Names exactly this content: another one means that somebody saved."""
    if version is None:
        return NO_PLAN
    parts = [version.number, str(version.rubric_version_id), asdict(content_of(version))]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _unchanged(newest: PlanVersion, content: PlanContent, rubric_version: RubricVersion) -> bool:
    return newest.rubric_version_id == rubric_version.id and content_of(newest) == content


def _write_questions(version: PlanVersion, content: PlanContent) -> None:
    if len(content.questions) > MOST_QUESTIONS:
        raise ValidationError({"questions": f"A plan holds at most {MOST_QUESTIONS} questions."})
    competencies = {row.key: row for row in version.rubric_version.competencies.all()}
    rows: list[Question] = []
    for place, question in enumerate(content.questions):
        key = question.competency_key
        if key and key not in competencies:
            raise ValidationError(
                {"questions": f"Question {place + 1}: this rubric has no competency “{key[:60]}”."}
            )
        row = Question(
            plan_version=version,
            position=place,
            section=question.section,
            text=question.text,
            kind=question.kind,
            competency=competencies.get(key),
            probe_depth=question.probe_depth,
            minutes=question.minutes,
        )
        rows.append(row)
    check_rows(rows, name="questions", noun="Question")
    Question.objects.bulk_create(rows)


def _audit(position: Position, version: PlanVersion, by: Member) -> None:
    record_audit(
        organisation=position.organisation_id,
        action="plan.saved",
        subject_kind="position",
        subject_id=position.id,
        member=by,
        detail={"version": version.number},
    )
