"""The audit trail: who saw, changed and decided what."""

import uuid
from datetime import datetime
from typing import Any

from ninja import Field, Query, Router, Schema

from interviews import access
from interviews.access import Permission
from interviews.api.doors import MemberCall, member_operation
from interviews.models import AuditEntry
from webapi.pages import PageOf, PageQuery, page_of

router = Router(tags=["audit"])


class AuditEntryOut(Schema):
    id: int
    at: datetime
    user_id: uuid.UUID | None
    actor: str
    action: str
    subject_kind: str
    subject_id: str
    detail: dict[str, Any]

    @staticmethod
    def of(row: AuditEntry) -> "AuditEntryOut":
        return AuditEntryOut(**{name: getattr(row, name) for name in AuditEntryOut.model_fields})


class AuditQuery(PageQuery):
    subject_id: str = Field("", max_length=40)


@router.get("/audit", response=PageOf[AuditEntryOut])
@member_operation(Permission.SEE_AUDIT)
def list_audit_entries(request: MemberCall, query: Query[AuditQuery]) -> dict[str, Any]:
    """Newest first."""
    rows = access.audit_entries(request.member)
    if query.subject_id:
        rows = rows.filter(subject_id=query.subject_id)
    found = page_of(rows, query, order=("-at", "-id"))
    return {"items": [AuditEntryOut.of(row) for row in found.items], "next": found.next}
