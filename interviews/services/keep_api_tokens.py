"""A member's own API tokens: each acts with the member's rights in this one organisation."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from interviews.models import Member
from interviews.services.record_audit import record_audit
from webapi.models import ApiToken
from webapi.tokens import IssuedToken, issue_token, revoke_token


def tokens_of(member: Member, *, now: datetime) -> QuerySet[ApiToken]:
    """Those that still open something."""
    return ApiToken.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now),
        user=member.user,
        scope=str(member.organisation_id),
        revoked_at=None,
    )


def make_token(*, member: Member, name: str, expires_at: datetime | None) -> IssuedToken:
    with transaction.atomic():
        issued = issue_token(
            user=member.user,
            name=name,
            scope=str(member.organisation_id),
            expires_at=expires_at,
        )
        _record("api_token.made", issued.token, member)
    return issued


def end_token(*, token: ApiToken, member: Member) -> None:
    with transaction.atomic():
        revoke_token(token=token)
        _record("api_token.ended", token, member)


def _record(action: str, token: ApiToken, member: Member) -> None:
    record_audit(
        organisation=member.organisation_id,
        action=action,
        subject_kind="api_token",
        subject_id=token.pk,
        member=member,
    )
