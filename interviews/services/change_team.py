"""Changes who belongs to a team, and what they may do. There is always an administrator left."""

from django.db import transaction

from interviews.models import Interview, Member, Organisation
from interviews.services.record_audit import record_audit
from interviews.services.room_log import access_changed_in
from interviews.states import IN_ROOM, Role


class LastAdministrator(Exception):
    """This would leave the organisation without an administrator."""

    def __init__(self) -> None:
        super().__init__("There must be an administrator left. Make somebody else one first.")


def change_role(*, member: Member, role: Role, by: Member) -> Member:
    """Takes effect at once, in open rooms too. Raises LastAdministrator."""
    with transaction.atomic():
        row = _lock(member)
        if row.role == role:
            return row
        if role != Role.ADMIN:
            _keep_an_administrator(row)
        before, row.role = row.role, role
        row.save(update_fields=["role"])
        _recheck_rooms(row)
        _audit("member.role_changed", row, by, {"from": before, "to": str(role)})
    return row


def deactivate_member(*, member: Member, by: Member) -> Member:
    """They see nothing of this organisation any more; what they wrote stays. Raises LastAdministrator."""
    with transaction.atomic():
        row = _lock(member)
        if not row.is_active:
            return row
        _keep_an_administrator(row)
        row.is_active = False
        row.save(update_fields=["is_active"])
        _recheck_rooms(row)
        _audit("member.deactivated", row, by, {})
    return row


def reactivate_member(*, member: Member, by: Member) -> Member:
    with transaction.atomic():
        row = _lock(member)
        if not row.is_active:
            row.is_active = True
            row.save(update_fields=["is_active"])
            _audit("member.reactivated", row, by, {})
    return row


def _lock(member: Member) -> Member:
    # The organisation's row, not only the member's: two administrators who demote one another at
    # the same moment must not both succeed.
    Organisation.objects.select_for_update().get(id=member.organisation_id)
    return Member.objects.select_related("user").get(id=member.id)


def _keep_an_administrator(leaving: Member) -> None:
    others = Member.objects.filter(
        organisation_id=leaving.organisation_id,
        role=Role.ADMIN,
        is_active=True,
        user__is_active=True,
    ).exclude(id=leaving.id)
    if leaving.role == Role.ADMIN and leaving.is_active and not others.exists():
        raise LastAdministrator


def _recheck_rooms(member: Member) -> None:
    access_changed_in(
        Interview.objects.filter(organisation_id=member.organisation_id, state__in=IN_ROOM)
    )


def _audit(action: str, member: Member, by: Member, detail: dict[str, str]) -> None:
    record_audit(
        organisation=member.organisation_id,
        action=action,
        subject_kind="member",
        subject_id=member.id,
        member=by,
        detail=detail,
    )
