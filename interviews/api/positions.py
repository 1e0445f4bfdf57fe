"""Positions."""

import uuid
from datetime import datetime
from typing import Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from interviews import access
from interviews.access import Permission
from interviews.api.doors import MemberCall, member_operation
from interviews.models import Position
from interviews.queries.plan_lists import list_positions
from interviews.services.write_position import (
    PositionContent,
    change_position,
    close_position,
    create_position,
    reopen_position,
)
from webapi.pages import PageOf, PageQuery, page_of

router = Router(tags=["positions"])


class PositionOut(Schema):
    id: uuid.UUID
    title: str
    description: str
    created_at: datetime
    closed_at: datetime | None

    @staticmethod
    def of(row: Position) -> "PositionOut":
        return PositionOut(
            id=row.id,
            title=row.title,
            description=row.description,
            created_at=row.created_at,
            closed_at=row.closed_at,
        )


class PositionIn(Schema):
    title: str = Field(min_length=1, max_length=160)
    description: str = Field("", max_length=20_000)


class PositionPatch(Schema):
    """What is left out stays."""

    title: str = Field("", min_length=1, max_length=160)
    description: str = Field("", max_length=20_000)


class PositionQuery(PageQuery):
    closed: bool = Field(default=False, description="The closed ones instead of the open ones.")


@router.get("/positions", response=PageOf[PositionOut])
@member_operation(Permission.SEE)
def list_all_positions(request: MemberCall, query: Query[PositionQuery]) -> dict[str, Any]:
    rows = list_positions(request.member, closed=query.closed)
    found = page_of(rows, query, order=("-created_at", "-id"))
    return {"items": [PositionOut.of(row) for row in found.items], "next": found.next}


@router.post("/positions", response={201: PositionOut})
@member_operation(Permission.PLAN)
def open_position(request: MemberCall, wanted: PositionIn) -> Status[PositionOut]:
    row = create_position(
        content=PositionContent(wanted.title, wanted.description), by=request.member
    )
    return Status(201, PositionOut.of(row))


@router.get("/positions/{uuid:position_id}", response=PositionOut)
@member_operation(Permission.SEE)
def get_position(request: MemberCall, position_id: uuid.UUID) -> PositionOut:
    return PositionOut.of(access.position(request.member, position_id))


@router.patch("/positions/{uuid:position_id}", response=PositionOut)
@member_operation(Permission.PLAN)
def change_one_position(
    request: MemberCall, position_id: uuid.UUID, wanted: PositionPatch
) -> PositionOut:
    row = access.position(request.member, position_id, to=Permission.PLAN)
    given = wanted.dict(exclude_unset=True)
    content = PositionContent(
        given.get("title", row.title), given.get("description", row.description), row.language
    )
    return PositionOut.of(change_position(position=row, content=content, by=request.member))


@router.post("/positions/{uuid:position_id}/close", response=PositionOut)
@member_operation(Permission.PLAN)
def close_one_position(request: MemberCall, position_id: uuid.UUID) -> PositionOut:
    row = access.position(request.member, position_id, to=Permission.PLAN)
    close_position(position=row, by=request.member, now=timezone.now())
    row.refresh_from_db()
    return PositionOut.of(row)


@router.post("/positions/{uuid:position_id}/reopen", response=PositionOut)
@member_operation(Permission.PLAN)
def reopen_one_position(request: MemberCall, position_id: uuid.UUID) -> PositionOut:
    row = access.position(request.member, position_id, to=Permission.PLAN)
    reopen_position(position=row, by=request.member)
    row.refresh_from_db()
    return PositionOut.of(row)
