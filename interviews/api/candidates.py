"""Candidates."""

import uuid
from datetime import datetime
from typing import Any

from ninja import Field, Query, Router, Schema, Status

from interviews import access
from interviews.access import Permission
from interviews.api.doors import MemberCall, member_operation
from interviews.models import Candidate
from interviews.queries.people_lists import list_candidates
from interviews.services.keep_candidate import (
    CandidateContent,
    add_candidate,
    change_candidate,
)
from webapi.pages import PageOf, PageQuery, page_of

router = Router(tags=["candidates"])


class CandidateOut(Schema):
    id: uuid.UUID
    name: str
    email: str
    created_at: datetime

    @staticmethod
    def of(row: Candidate) -> "CandidateOut":
        return CandidateOut(id=row.id, name=row.name, email=row.email, created_at=row.created_at)


class CandidateIn(Schema):
    name: str = Field(min_length=1, max_length=120)
    email: str = Field("", max_length=254)


class CandidatePatch(Schema):
    """What is left out stays."""

    name: str = Field("", min_length=1, max_length=120)
    email: str = Field("", max_length=254)


class CandidateQuery(PageQuery):
    q: str = Field("", max_length=200, description="Words in the name or the email address.")


@router.get("/candidates", response=PageOf[CandidateOut])
@member_operation(Permission.SEE)
def list_all_candidates(request: MemberCall, query: Query[CandidateQuery]) -> dict[str, Any]:
    rows = list_candidates(request.member, query.q)
    found = page_of(rows, query, order=("-created_at", "-id"))
    return {"items": [CandidateOut.of(row) for row in found.items], "next": found.next}


@router.post("/candidates", response={201: CandidateOut})
@member_operation(Permission.INVITE)
def add_one_candidate(request: MemberCall, wanted: CandidateIn) -> Status[CandidateOut]:
    row = add_candidate(content=CandidateContent(wanted.name, wanted.email), by=request.member)
    return Status(201, CandidateOut.of(row))


@router.get("/candidates/{uuid:candidate_id}", response=CandidateOut)
@member_operation(Permission.SEE)
def get_candidate(request: MemberCall, candidate_id: uuid.UUID) -> CandidateOut:
    return CandidateOut.of(access.candidate(request.member, candidate_id))


@router.patch("/candidates/{uuid:candidate_id}", response=CandidateOut)
@member_operation(Permission.INVITE)
def change_one_candidate(
    request: MemberCall, candidate_id: uuid.UUID, wanted: CandidatePatch
) -> CandidateOut:
    row = access.candidate(request.member, candidate_id, to=Permission.INVITE)
    given = wanted.dict(exclude_unset=True)
    content = CandidateContent(
        given.get("name", row.name), given.get("email", row.email), row.language
    )
    return CandidateOut.of(change_candidate(candidate=row, content=content, by=request.member))
