"""Rubrics: what is judged, with an anchor text for each of four levels."""

import uuid
from typing import Annotated, Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from interviews import access
from interviews.access import Permission
from interviews.api.doors import MemberCall, member_operation
from interviews.models import Rubric
from interviews.services.write_rubric import (
    MOST_COMPETENCIES,
    CompetencyContent,
    RubricContent,
    archive_rubric,
    content_of,
    create_rubric,
    newest_version,
    revision_of,
    save_rubric,
)
from webapi.pages import PageOf, PageQuery, page_of

router = Router(tags=["rubrics"])
Anchor = Annotated[str, Field(min_length=1, max_length=1000)]


class RubricRow(Schema):
    id: uuid.UUID
    name: str


class CompetencyBody(Schema):
    """`key` is empty for a new one; it stays from version to version. `levels`: the anchors of 1 to 4."""

    key: str = Field("", max_length=60, pattern=r"^[-a-zA-Z0-9_]*$")
    name: str = Field(min_length=1, max_length=120)
    description: str = Field("", max_length=2000)
    levels: list[Anchor] = Field(min_length=4, max_length=4)


class RubricOut(RubricRow):
    """`revision` names this content; send it back as `based_on` when you change it."""

    version: int
    revision: str
    competencies: list[CompetencyBody]

    @staticmethod
    def of(row: Rubric) -> "RubricOut":
        version = newest_version(row)
        return RubricOut(
            id=row.id,
            name=row.name,
            version=version.number,
            revision=revision_of(version),
            competencies=[
                CompetencyBody(
                    key=competency.key,
                    name=competency.name,
                    description=competency.description,
                    levels=list(competency.levels),
                )
                for competency in content_of(version).competencies
            ],
        )


class RubricIn(Schema):
    name: str = Field(min_length=1, max_length=120)
    competencies: list[CompetencyBody] = Field(max_length=MOST_COMPETENCIES)

    def content(self) -> RubricContent:
        return RubricContent(
            self.name,
            tuple(
                CompetencyContent(
                    name=competency.name,
                    levels=(
                        competency.levels[0],
                        competency.levels[1],
                        competency.levels[2],
                        competency.levels[3],
                    ),
                    description=competency.description,
                    key=competency.key,
                )
                for competency in self.competencies
            ),
        )


class RubricChange(RubricIn):
    """`based_on`: the revision that was read; without one, whatever is there is replaced."""

    based_on: str | None = Field(None, max_length=40)


@router.get("/rubrics", response=PageOf[RubricRow])
@member_operation(Permission.SEE)
def list_all_rubrics(request: MemberCall, page: Query[PageQuery]) -> dict[str, Any]:
    rows = access.rubrics(request.member).filter(archived_at=None)
    found = page_of(rows, page, order=("-created_at", "-id"))
    return {"items": found.items, "next": found.next}


@router.post("/rubrics", response={201: RubricOut})
@member_operation(Permission.PLAN)
def add_rubric(request: MemberCall, wanted: RubricIn) -> Status[RubricOut]:
    return Status(201, RubricOut.of(create_rubric(content=wanted.content(), by=request.member)))


@router.get("/rubrics/{uuid:rubric_id}", response=RubricOut)
@member_operation(Permission.SEE)
def get_rubric(request: MemberCall, rubric_id: uuid.UUID) -> RubricOut:
    return RubricOut.of(access.rubric(request.member, rubric_id))


@router.put("/rubrics/{uuid:rubric_id}", response=RubricOut)
@member_operation(Permission.PLAN)
def change_rubric(request: MemberCall, rubric_id: uuid.UUID, wanted: RubricChange) -> RubricOut:
    """Changes the newest version, or makes the next one when plans build on it."""
    row = access.rubric(request.member, rubric_id, to=Permission.PLAN)
    version = save_rubric(
        rubric=row, content=wanted.content(), based_on=wanted.based_on, by=request.member
    )
    return RubricOut.of(version.rubric)


@router.delete("/rubrics/{uuid:rubric_id}", response={204: None})
@member_operation(Permission.PLAN)
def take_rubric_off_the_list(request: MemberCall, rubric_id: uuid.UUID) -> Status[None]:
    """Plans that build on it keep it."""
    row = access.rubric(request.member, rubric_id, to=Permission.PLAN)
    archive_rubric(rubric=row, by=request.member, now=timezone.now())
    return Status(204, None)
