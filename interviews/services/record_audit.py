"""Writes the audit trail: ids and categories, never a person's words."""

import uuid
from collections.abc import Mapping

from interviews.models import AuditEntry, Member, Organisation
from webapi.json import JsonValue


def record_audit(
    *,
    organisation: Organisation | uuid.UUID,
    action: str,
    subject_kind: str,
    subject_id: object,
    member: Member | None = None,
    actor: str = "member",
    detail: Mapping[str, JsonValue] | None = None,
) -> None:
    """Adds one entry, in the caller's transaction. `member` is empty when nobody signed in acted."""
    AuditEntry.objects.create(
        organisation_id=organisation.id if isinstance(organisation, Organisation) else organisation,
        user_id=member.user_id if member else None,
        actor=actor,
        action=action,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        detail=dict(detail or {}),
    )
