"""Writes the audit trail: ids and categories, never a person's words."""

import uuid
from collections.abc import Mapping

from interviews.models import AuditEntry, Member, Organisation, User
from webapi.json import JsonValue


def record_audit(
    *,
    organisation: Organisation | uuid.UUID,
    action: str,
    subject_kind: str,
    subject_id: object,
    member: Member | None = None,
    operator: User | None = None,
    actor: str = "member",
    detail: Mapping[str, JsonValue] | None = None,
) -> None:
    """Adds one entry, in the caller's transaction. Without `member` and `operator`, nobody signed in acted."""
    user_id = operator.id if operator else member.user_id if member else None
    AuditEntry.objects.create(
        organisation_id=organisation.id if isinstance(organisation, Organisation) else organisation,
        user_id=user_id,
        actor="operator" if operator else actor,
        action=action,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        detail=dict(detail or {}),
    )
