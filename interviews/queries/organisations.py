"""The organisations of an installation, as far as an operator may know them: names and numbers, no rows of theirs."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from interviews.models import MemberInvitation, Organisation
from interviews.states import Role


def every_organisation() -> QuerySet[Organisation]:
    """With `member_count` and `administrator_count`, of those who can sign in."""
    here = Q(members__is_active=True, members__user__is_active=True)
    return Organisation.objects.annotate(
        member_count=Count("members", filter=here),
        administrator_count=Count("members", filter=here & Q(members__role=Role.ADMIN)),
    )


def awaited_administrators(
    organisations: Collection[Organisation], *, now: datetime
) -> dict[uuid.UUID, MemberInvitation]:
    """The open invitation of an administrator, for each organisation that has one."""
    rows = MemberInvitation.objects.filter(
        organisation__in=organisations,
        role=Role.ADMIN,
        accepted_at=None,
        revoked_at=None,
        expires_at__gt=now,
    )
    return {row.organisation_id: row for row in rows.order_by("created_at") if row.organisation_id}
