"""Lists of positions and rubrics, and what a page shows of their versions."""

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from interviews import access
from interviews.models import (
    Interview,
    Member,
    PlanVersion,
    Position,
    Question,
    Rubric,
    RubricVersion,
)
from interviews.states import OVER


def list_positions(member: Member, *, closed: bool = False) -> QuerySet[Position]:
    """With `plan_number` (or None), `question_count` of that plan, and `open_interviews`."""
    plans = PlanVersion.objects.filter(position=OuterRef("pk")).order_by("-number")
    questions = (
        Question.objects.filter(plan_version=Subquery(_plans_of_outer_position().values("pk")[:1]))
        .order_by()
        .values("plan_version")
        .annotate(n=Count("pk"))
        .values("n")
    )
    waiting = (
        access.interviews(member)
        .select_related(None)
        .filter(position=OuterRef("pk"))
        .exclude(state__in=OVER)
        .order_by()
        .values("position")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return (
        access.positions(member)
        .filter(closed_at__isnull=not closed)
        .annotate(
            plan_number=Subquery(plans.values("number")[:1]),
            question_count=Coalesce(Subquery(questions), 0),
            open_interviews=Coalesce(Subquery(waiting), 0),
        )
    )


def _plans_of_outer_position() -> QuerySet[PlanVersion]:
    return PlanVersion.objects.filter(position=OuterRef(OuterRef("pk"))).order_by("-number")


def interviews_of_position(member: Member, position: Position) -> QuerySet[Interview]:
    return access.interviews(member).filter(position=position).order_by("-created_at", "id")


def versions_of(position: Position) -> QuerySet[PlanVersion]:
    """With `question_count` and `interview_count`, the newest first."""
    return (
        position.plan_versions.select_related("rubric_version__rubric", "created_by__user")
        .annotate(
            question_count=Count("questions", distinct=True),
            interview_count=Count("interviews", distinct=True),
        )
        .order_by("-number")
    )


def list_rubrics(member: Member) -> QuerySet[Rubric]:
    """With `version_number`, `competency_count` of that version, and `plan_count`."""
    newest = RubricVersion.objects.filter(rubric=OuterRef("pk")).order_by("-number")
    return (
        access.rubrics(member)
        .filter(archived_at=None)
        .annotate(
            version_number=Max("versions__number"),
            competency_count=Coalesce(
                Subquery(newest.annotate(n=Count("competencies")).values("n")[:1]), 0
            ),
            plan_count=Count("versions__plan_versions__position", distinct=True),
        )
    )


def rubric_choices(member: Member) -> QuerySet[RubricVersion]:
    """The newest version of each rubric on the list."""
    newest = RubricVersion.objects.filter(rubric=OuterRef("rubric")).order_by("-number")
    return (
        RubricVersion.objects.filter(
            rubric__in=access.rubrics(member).filter(archived_at=None),
            pk=Subquery(newest.values("pk")[:1]),
        )
        .select_related("rubric")
        .order_by("rubric__name", "rubric_id")
    )
