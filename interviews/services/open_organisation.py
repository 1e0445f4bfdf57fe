"""Opens an organisation, as an operator: it has no member yet, so its first administrator is invited.

An organisation without an administrator cannot let anybody in; until it has one, an operator may invite again.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from interviews.models import Member, MemberInvitation, Organisation, User
from interviews.services.invite_member import (
    COLLEAGUE_INVITED,
    LASTS,
    checked_address,
    make_invitation,
    make_organisation,
    open_invitations,
)
from interviews.services.record_audit import record_audit
from interviews.states import Role
from notifications.outbox import queue_email


class HasAdministrator(Exception):
    """Somebody administers this organisation: they let people in, and nobody else does."""


def open_organisation(*, name: str, email: str, by: User, now: datetime) -> MemberInvitation:
    """The organisation with the invitation of its first administrator. Raises ValidationError."""
    address = checked_address(email)
    with transaction.atomic():
        organisation = make_organisation(name)
        record_audit(
            organisation=organisation,
            action="organisation.opened",
            subject_kind="organisation",
            subject_id=organisation.id,
            operator=by,
        )
        return _invite(organisation, address, by, now)


def invite_administrator(
    *, organisation: Organisation, email: str, by: User, now: datetime
) -> MemberInvitation:
    """Replaces the invitations before it. Raises HasAdministrator, ValidationError."""
    address = checked_address(email)
    with transaction.atomic():
        Organisation.objects.select_for_update().get(id=organisation.id)
        if administrators(organisation).exists():
            raise HasAdministrator
        open_invitations(organisation, now=now).update(revoked_at=now)
        return _invite(organisation, address, by, now)


def administrators(organisation: Organisation) -> QuerySet[Member]:
    return organisation.members.filter(role=Role.ADMIN, is_active=True, user__is_active=True)


def _invite(organisation: Organisation, address: str, by: User, now: datetime) -> MemberInvitation:
    invitation = make_invitation(
        organisation=organisation, email=address, role=Role.ADMIN, by=None, expires_at=now + LASTS
    )
    queue_email(
        kind=COLLEAGUE_INVITED,
        subject_id=str(invitation.id),
        recipient_id=str(invitation.id),
        scope=str(organisation.id),
    )
    record_audit(
        organisation=organisation,
        action="member.invited",
        subject_kind="invitation",
        subject_id=invitation.id,
        operator=by,
        detail={"role": Role.ADMIN.value},
    )
    return invitation
