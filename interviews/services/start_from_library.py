"""Copies a ready-made role into rubrics and plans of an organisation, which then edits its own copy."""

from django.db import transaction

from interviews.library import RoleTemplate, role
from interviews.models import Member, PlanVersion, Position, Rubric
from interviews.services import write_rubric
from interviews.services.write_plan import PlanContent, QuestionContent, save_plan
from interviews.services.write_rubric import CompetencyContent, RubricContent, create_rubric
from interviews.states import QuestionKind


def copy_rubric(*, slug: str, by: Member) -> Rubric:
    """The ready-made rubric of a role as the organisation's own. Raises NoSuchRole."""
    template = role(slug)
    return create_rubric(content=_rubric_of(template), by=by, library_role=template.slug)


def start_plan(*, position: Position, slug: str, based_on: str | None, by: Member) -> PlanVersion:
    """The ready-made plan of a role for this position, with its rubric.

    A rubric that was copied from the role before is used again. Raises NoSuchRole, StalePlan.
    """
    template = role(slug)
    with transaction.atomic():
        rubric = _own_rubric(template, by) or copy_rubric(slug=slug, by=by)
        return save_plan(
            position=position,
            content=_plan_of(template),
            rubric_version=write_rubric.newest_version(rubric),
            based_on=based_on,
            by=by,
            library_role=template.slug,
        )


def _own_rubric(template: RoleTemplate, by: Member) -> Rubric | None:
    """An untouched copy that is there already."""
    copies = Rubric.objects.filter(
        organisation_id=by.organisation_id, library_role=template.slug, archived_at=None
    )
    wanted = _rubric_of(template)
    for rubric in copies.order_by("created_at"):
        if write_rubric.content_of(write_rubric.newest_version(rubric)) == wanted:
            return rubric
    return None


def _rubric_of(template: RoleTemplate) -> RubricContent:
    return RubricContent(
        name=template.rubric.name,
        competencies=tuple(
            CompetencyContent(entry.name, entry.levels, entry.description, key=entry.ref)
            for entry in template.rubric.competencies
        ),
    )


def _plan_of(template: RoleTemplate) -> PlanContent:
    return PlanContent(
        opening_words=template.plan.opening,
        closing_words=template.plan.closing,
        questions=tuple(
            QuestionContent(
                text=entry.text,
                kind=QuestionKind.MUST_ASK if entry.must_ask else QuestionKind.ADAPTIVE,
                competency_key=entry.competency_ref,
                probe_depth=entry.probe_depth,
                minutes=entry.minutes,
            )
            for entry in template.plan.questions
        ),
    )
