"""Asks a colleague to join an organisation, by a link that works once.

The link is derived from LINK_KEY and the invitation, so the email can carry it although only its hash is
stored; what is stored is what makes it work once, for a time, until it is taken back.

InvitationRefused
├── UnknownInvitation   never was one of ours
├── UsedInvitation      somebody joined by it
├── RevokedInvitation   it was taken back, or a newer one was sent
├── LateInvitation      it lay too long
└── AnotherPerson       it was sent to somebody else than who is signed in
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from interviews.models import Member, MemberInvitation, Organisation, User
from interviews.services.record_audit import record_audit
from interviews.states import Role
from notifications.outbox import queue_email

COLLEAGUE_INVITED = "colleague_invited"
LASTS = timedelta(days=7)
_MOST_OPEN = 200


class InvitationRefused(Exception):
    """This link lets nobody in; its words are for whoever holds it."""


class UnknownInvitation(InvitationRefused):
    """This link is not complete, or was never sent."""


class UsedInvitation(InvitationRefused):
    """Somebody has already joined by this link. If that was you, sign in."""


class RevokedInvitation(InvitationRefused):
    """This invitation was taken back, or replaced by a newer one."""


class LateInvitation(InvitationRefused):
    """This invitation has expired. Ask for a new one."""


class AnotherPerson(InvitationRefused):
    """This invitation was sent to another address. Sign out, then open the link again."""


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What somebody without an account says about themselves."""

    name: str
    password: str
    email: str = ""  # the first administrator's only; others were invited at an address
    organisation_name: str = ""


def invite_member(*, email: str, role: Role, by: Member, now: datetime) -> MemberInvitation:
    """Replaces an open invitation to the same address. Raises ValidationError."""
    address = checked_address(email)
    with transaction.atomic():
        Organisation.objects.select_for_update().get(id=by.organisation_id)
        team = Member.objects.filter(organisation_id=by.organisation_id, is_active=True)
        if team.filter(user__email__iexact=address).exists():
            raise ValidationError({"email": "They are in the team already."})
        waiting = open_invitations(by.organisation, now=now)
        waiting.filter(email__iexact=address).update(revoked_at=now)
        if waiting.count() >= _MOST_OPEN:
            raise ValidationError("Too many invitations are open. Take some back first.")
        invitation = make_invitation(
            organisation=by.organisation, email=address, role=role, by=by, expires_at=now + LASTS
        )
        queue_email(
            kind=COLLEAGUE_INVITED,
            subject_id=str(invitation.id),
            recipient_id=str(invitation.id),
            scope=str(by.organisation_id),
        )
        _audit("member.invited", invitation, by)
    return invitation


def checked_address(email: str) -> str:
    """An address as invitations keep it. Raises ValidationError."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as problem:
        raise ValidationError({"email": problem.messages}) from problem
    return address


def make_invitation(
    *,
    organisation: Organisation | None,
    email: str,
    role: Role,
    by: Member | None,
    expires_at: datetime,
) -> MemberInvitation:
    """One row with the hash of its link. Raises ValidationError."""
    invitation = MemberInvitation(
        organisation=organisation, email=email, role=role, invited_by=by, expires_at=expires_at
    )
    invitation.token_hash = _hash(_token(invitation))
    invitation.full_clean()
    invitation.save()
    return invitation


def invitation_url(invitation: MemberInvitation) -> str:
    return settings.PUBLIC_URL + reverse("invitation", args=[_token(invitation)])


def open_invitations(organisation: Organisation, *, now: datetime) -> QuerySet[MemberInvitation]:
    return organisation.member_invitations.filter(
        accepted_at=None, revoked_at=None, expires_at__gt=now
    )


def revoke_invitation(*, invitation: MemberInvitation, by: Member, now: datetime) -> None:
    with transaction.atomic():
        waiting = MemberInvitation.objects.filter(
            id=invitation.id, accepted_at=None, revoked_at=None
        )
        if waiting.update(revoked_at=now):
            _audit("member.invitation_revoked", invitation, by)


def find_invitation(token: str, *, now: datetime) -> MemberInvitation:
    """The open invitation of this link. Raises InvitationRefused."""
    invitation = (
        MemberInvitation.objects.filter(token_hash=_hash(token))
        .select_related("organisation", "invited_by__user")
        .first()
    )
    if invitation is None:
        raise UnknownInvitation
    if invitation.accepted_at is not None:
        raise UsedInvitation
    if invitation.revoked_at is not None:
        raise RevokedInvitation
    if invitation.expires_at <= now:
        raise LateInvitation
    return invitation


def accept_as_user(*, invitation: MemberInvitation, user: User, now: datetime) -> Member:
    """Somebody who has an account joins with it. Raises InvitationRefused."""
    if invitation.organisation is None:
        raise UnknownInvitation  # the first administrator makes an account with the link
    if user.email.lower() != invitation.email.lower():
        raise AnotherPerson
    with transaction.atomic():
        _use_up(invitation, now)
        return _join(invitation, invitation.organisation, user)


def accept_as_new(*, invitation: MemberInvitation, person: NewPerson, now: datetime) -> Member:
    """Somebody new joins: makes the account, and for the first administrator the organisation.

    Raises InvitationRefused, ValidationError.
    """
    is_first = invitation.organisation is None
    email = person.email if is_first else invitation.email
    user = User(email=email.strip().lower(), name=person.name.strip(), is_operator=is_first)
    if not user.name:
        raise ValidationError({"name": "Say how your colleagues call you."})
    try:
        validate_password(person.password, user)
    except ValidationError as weak:
        raise ValidationError({"password": weak.messages}) from weak
    user.set_password(person.password)
    user.full_clean()
    with transaction.atomic():
        _use_up(invitation, now)
        user.save()
        organisation = invitation.organisation or make_organisation(
            person.organisation_name, field="organisation_name"
        )
        return _join(invitation, organisation, user)


def _use_up(invitation: MemberInvitation, now: datetime) -> None:
    """Claims the invitation; two people with the same link cannot both get in."""
    claimed = MemberInvitation.objects.filter(
        id=invitation.id, accepted_at=None, revoked_at=None, expires_at__gt=now
    ).update(accepted_at=now)
    if not claimed:
        raise UsedInvitation


def _join(invitation: MemberInvitation, organisation: Organisation, user: User) -> Member:
    member, is_new = Member.objects.get_or_create(
        organisation=organisation, user=user, defaults={"role": invitation.role}
    )
    if not is_new:  # they left, and were asked back
        member.role, member.is_active = invitation.role, True
        member.save(update_fields=["role", "is_active"])
    if invitation.organisation_id is None:
        MemberInvitation.objects.filter(id=invitation.id).update(organisation=organisation)
    record_audit(
        organisation=organisation,
        action="member.joined",
        subject_kind="member",
        subject_id=member.id,
        member=member,
    )
    return member


def make_organisation(name: str, *, field: str = "name") -> Organisation:
    """With the retention this installation begins with. Raises ValidationError, at `field`."""
    organisation = Organisation(
        name=name.strip(),
        transcript_days=settings.RETENTION_TRANSCRIPT_DAYS,
        recording_days=settings.RETENTION_RECORDING_DAYS,
    )
    try:
        organisation.full_clean()
    except ValidationError as problem:
        raise ValidationError({field: problem.messages}) from problem
    organisation.save()
    return organisation


def _token(invitation: MemberInvitation) -> str:
    mac = hmac.digest(
        settings.LINK_KEY.encode(), b"member-invitation:" + invitation.id.bytes, hashlib.sha256
    )
    return base64.urlsafe_b64encode(mac[:24]).decode()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _audit(action: str, invitation: MemberInvitation, by: Member) -> None:
    record_audit(
        organisation=by.organisation_id,
        action=action,
        subject_kind="invitation",
        subject_id=invitation.id,
        member=by,
        detail={"role": str(invitation.role)},
    )
