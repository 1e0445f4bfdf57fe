"""Data rights for programs: a copy of all about a candidate, and requests to erase one, with their receipts."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from interviews import access
from interviews.access import Permission
from interviews.api.doors import MemberCall, member_operation
from interviews.models import ErasureReceipt
from interviews.services.erase_candidate import request_erasure
from interviews.services.export_candidate import export_candidate
from webapi.pages import PageOf, PageQuery, page_of
from webapi.problems import FieldError, Unprocessable

router = Router(tags=["data rights"])


class ErasureOut(Schema):
    """What was erased: how many rows of which table. It names nobody."""

    id: uuid.UUID
    candidate_id: uuid.UUID
    asked_by_id: uuid.UUID | None
    erased_at: datetime
    counts: dict[str, int]

    @staticmethod
    def of(row: ErasureReceipt) -> "ErasureOut":
        return ErasureOut(**{name: getattr(row, name) for name in ErasureOut.model_fields})


class ErasureIn(Schema):
    candidate_id: uuid.UUID
    confirmed_name: str = Field(
        max_length=120, description="The candidate's name as it stands in the record."
    )


@router.get("/candidates/{uuid:candidate_id}/export", response={200: dict[str, Any]})
@member_operation(Permission.INVITE)
def export_one_candidate(request: MemberCall, candidate_id: uuid.UUID) -> HttpResponse:
    """All that is held about a candidate: the record, interviews, transcripts, debriefs, reviews, emails."""
    row = access.candidate(request.member, candidate_id, to=Permission.INVITE)
    copy = export_candidate(candidate=row, by=request.member, now=timezone.now())
    return HttpResponse(copy, content_type="application/json")


@router.get("/erasure-requests", response=PageOf[ErasureOut])
@member_operation(Permission.INVITE)
def list_erasures(request: MemberCall, query: Query[PageQuery]) -> dict[str, Any]:
    """Newest first."""
    rows = access.erasure_receipts(request.member)
    found = page_of(rows, query, order=("-erased_at", "-id"))
    return {"items": [ErasureOut.of(row) for row in found.items], "next": found.next}


@router.post("/erasure-requests", response={201: ErasureOut})
@member_operation(Permission.INVITE)
def add_erasure(request: MemberCall, wanted: ErasureIn) -> Status[ErasureOut]:
    """Erases a candidate, at once and for good. The answer is the receipt."""
    try:
        row = access.candidate(request.member, wanted.candidate_id)
    except access.Missing:
        fault = FieldError("/candidate_id", "There is no such candidate.")
        raise Unprocessable(errors=[fault]) from None
    receipt = request_erasure(
        candidate=row,
        confirmed_name=wanted.confirmed_name,
        by=request.member,
        now=timezone.now(),
    )
    return Status(201, ErasureOut.of(receipt))


@router.get("/erasure-requests/{uuid:receipt_id}", response=ErasureOut)
@member_operation(Permission.INVITE)
def get_erasure(request: MemberCall, receipt_id: uuid.UUID) -> ErasureOut:
    return ErasureOut.of(access.erasure_receipt(request.member, receipt_id))
