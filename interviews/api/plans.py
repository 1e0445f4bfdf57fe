"""The plan of a position, in versions."""

import uuid
from datetime import datetime
from typing import Any

from ninja import Field, Query, Router, Schema

from interviews import access
from interviews.access import Missing, Permission
from interviews.api.doors import MemberCall, member_operation
from interviews.library import NoSuchRole
from interviews.models import PlanVersion, RubricVersion
from interviews.queries.plan_lists import versions_of
from interviews.services.start_from_library import start_plan
from interviews.services.write_plan import (
    MOST_QUESTIONS,
    PlanContent,
    QuestionContent,
    content_of,
    newest_version,
    revision_of,
    save_plan,
)
from interviews.services.write_rubric import newest_version as newest_rubric_version
from interviews.states import QuestionKind
from webapi.pages import PageOf, PageQuery, page_of
from webapi.problems import FieldError, Unprocessable

router = Router(tags=["plans"])


class QuestionBody(Schema):
    """`competency` is its key in the rubric; empty for a question that is not judged."""

    text: str = Field(min_length=1, max_length=2000)
    kind: QuestionKind = QuestionKind.MUST_ASK
    competency: str = Field("", max_length=60)
    probe_depth: int = Field(1, ge=0, le=3)
    minutes: int = Field(4, ge=1, le=60)
    section: str = Field("", max_length=120)


class PlanVersionOut(Schema):
    """`is_fixed`: interviews use it, so it never changes."""

    number: int
    rubric_id: uuid.UUID
    rubric_version: int
    is_fixed: bool
    created_at: datetime

    @staticmethod
    def of(row: PlanVersion) -> "PlanVersionOut":
        return PlanVersionOut(
            number=row.number,
            rubric_id=row.rubric_version.rubric_id,
            rubric_version=row.rubric_version.number,
            is_fixed=row.frozen_at is not None,
            created_at=row.created_at,
        )


class PlanOut(PlanVersionOut):
    """`revision` names this content; send it back as `based_on` when you change it."""

    revision: str
    opening_words: str
    closing_words: str
    company_context: str
    questions: list[QuestionBody]

    @staticmethod
    def whole(row: PlanVersion) -> "PlanOut":
        content = content_of(row)
        return PlanOut(
            **PlanVersionOut.of(row).dict(),
            revision=revision_of(row),
            opening_words=content.opening_words,
            closing_words=content.closing_words,
            company_context=content.company_context,
            questions=[
                QuestionBody(
                    text=question.text,
                    kind=question.kind,
                    competency=question.competency_key,
                    probe_depth=question.probe_depth,
                    minutes=question.minutes,
                    section=question.section,
                )
                for question in content.questions
            ],
        )


class PlanIn(Schema):
    """`based_on`: the revision that was read; without one, whatever is there is replaced.
    `rubric_id`: its newest version is used; without one, the rubric stays."""

    rubric_id: uuid.UUID | None = None
    based_on: str | None = Field(None, max_length=40)
    opening_words: str = Field("", max_length=2000)
    closing_words: str = Field("", max_length=2000)
    company_context: str = Field("", max_length=8000)
    questions: list[QuestionBody] = Field(max_length=MOST_QUESTIONS)


class RoleIn(Schema):
    """`role`: backend, frontend, data, product, sales or support."""

    role: str = Field(max_length=40)


@router.get("/positions/{uuid:position_id}/plans", response=PageOf[PlanVersionOut])
@member_operation(Permission.SEE)
def list_plan_versions(
    request: MemberCall, position_id: uuid.UUID, page: Query[PageQuery]
) -> dict[str, Any]:
    """Newest first."""
    position = access.position(request.member, position_id)
    found = page_of(versions_of(position), page, order=("-number", "-id"))
    return {"items": [PlanVersionOut.of(row) for row in found.items], "next": found.next}


@router.get("/positions/{uuid:position_id}/plan", response=PlanOut)
@member_operation(Permission.SEE)
def get_plan(request: MemberCall, position_id: uuid.UUID) -> PlanOut:
    """The newest version."""
    plan = newest_version(access.position(request.member, position_id))
    if plan is None:
        raise Missing
    return PlanOut.whole(plan)


@router.get("/positions/{uuid:position_id}/plans/{int:number}", response=PlanOut)
@member_operation(Permission.SEE)
def get_plan_version(request: MemberCall, position_id: uuid.UUID, number: int) -> PlanOut:
    position = access.position(request.member, position_id)
    plan = position.plan_versions.select_related("rubric_version").filter(number=number).first()
    if plan is None:
        raise Missing
    return PlanOut.whole(plan)


@router.put("/positions/{uuid:position_id}/plan", response=PlanOut)
@member_operation(Permission.PLAN)
def write_plan(request: MemberCall, position_id: uuid.UUID, wanted: PlanIn) -> PlanOut:
    """Changes the newest version, or makes the next one when interviews use it."""
    position = access.position(request.member, position_id, to=Permission.PLAN)
    plan = save_plan(
        position=position,
        content=_content(wanted),
        rubric_version=_rubric_version(request, newest_version(position), wanted.rubric_id),
        based_on=wanted.based_on,
        by=request.member,
    )
    return PlanOut.whole(plan)


@router.post("/positions/{uuid:position_id}/plan/start", response=PlanOut)
@member_operation(Permission.PLAN)
def start_from_role(request: MemberCall, position_id: uuid.UUID, wanted: RoleIn) -> PlanOut:
    """The ready-made plan of a role, in place of what there is."""
    position = access.position(request.member, position_id, to=Permission.PLAN)
    try:
        plan = start_plan(position=position, slug=wanted.role, based_on=None, by=request.member)
    except NoSuchRole:
        raise Unprocessable(
            errors=[FieldError("/role", "There is no ready-made plan for this role.")]
        ) from None
    return PlanOut.whole(plan)


def _rubric_version(
    request: MemberCall, newest: PlanVersion | None, rubric_id: uuid.UUID | None
) -> RubricVersion:
    if rubric_id is None:
        if newest is None:
            raise Unprocessable(errors=[FieldError("/rubric_id", "A first plan needs a rubric.")])
        return newest.rubric_version
    try:
        rubric = access.rubric(request.member, rubric_id)
    except Missing:
        raise Unprocessable(errors=[FieldError("/rubric_id", "There is no such rubric.")]) from None
    return newest_rubric_version(rubric)


def _content(wanted: PlanIn) -> PlanContent:
    return PlanContent(
        opening_words=wanted.opening_words,
        closing_words=wanted.closing_words,
        company_context=wanted.company_context,
        questions=tuple(
            QuestionContent(
                text=question.text,
                kind=question.kind,
                competency_key=question.competency,
                probe_depth=question.probe_depth,
                minutes=question.minutes,
                section=question.section,
            )
            for question in wanted.questions
        ),
    )
