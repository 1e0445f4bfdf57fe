"""Lets the first administrator of a new installation in, by a link that is printed where it runs."""

from datetime import datetime, timedelta

from django.db import transaction

from interviews.models import Member, MemberInvitation
from interviews.services.invite_member import invitation_url, make_invitation
from interviews.states import Role

LASTS = timedelta(hours=24)


def make_first_admin_link(*, now: datetime) -> str | None:
    """A one-time link that makes the first organisation and its administrator, who also becomes operator.

    None once there is an administrator. Each call replaces the link of the one before.
    """
    with transaction.atomic():
        if Member.objects.filter(role=Role.ADMIN, is_active=True, user__is_active=True).exists():
            return None
        MemberInvitation.objects.filter(
            organisation=None, accepted_at=None, revoked_at=None
        ).update(revoked_at=now)
        invitation = make_invitation(
            organisation=None, email="", role=Role.ADMIN, by=None, expires_at=now + LASTS
        )
    return invitation_url(invitation)
