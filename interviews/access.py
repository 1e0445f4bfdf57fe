"""The only doors to any row: who may see and do what.

Everything that enters (a page, an API call, a socket, an export) asks here first. What belongs to another
organisation, or to nobody one has to do with, is `Missing`, exactly like what does not exist; `Forbidden`
is said only inside one's own organisation.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Literal, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

from interviews.models import (
    AuditEntry,
    Candidate,
    ErasureReceipt,
    Interview,
    Member,
    MemberInvitation,
    Position,
    Rubric,
    User,
)
from interviews.states import AiDraftVisibility, ReviewStatus, Role

M = TypeVar("M", bound=Model)
R = TypeVar("R")
ORGANISATION_IN_SESSION = "organisation"


class Missing(Exception):
    """There is nothing here for this person (answered as 404)."""


class Forbidden(Exception):
    """It is there, and this member's role may not do that (answered as 403)."""


class Permission(StrEnum):
    """What a role may be allowed to do."""

    SEE = auto()  # positions, plans, candidates and interviews one has to do with
    PLAN = auto()  # write positions, plans, rubrics
    INVITE = auto()  # write candidates, schedule, invite, cancel, import
    LEAD = auto()  # be in the room: control, whisper, take over
    SEE_REPORT = auto()  # transcript, debrief, answers
    REVIEW = auto()  # write one's own scorecard
    DECIDE = auto()  # decide about a candidate
    MANAGE_TEAM = auto()  # members, roles, settings of the organisation
    SEE_AUDIT = auto()


_P = Permission
_ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(_P),
    Role.RECRUITER: frozenset(
        {_P.SEE, _P.PLAN, _P.INVITE, _P.LEAD, _P.SEE_REPORT, _P.REVIEW, _P.SEE_AUDIT}
    ),
    Role.HIRING_MANAGER: frozenset({_P.SEE, _P.PLAN, _P.LEAD, _P.SEE_REPORT, _P.REVIEW, _P.DECIDE}),
    Role.INTERVIEWER: frozenset({_P.SEE, _P.LEAD, _P.SEE_REPORT, _P.REVIEW}),
    Role.OBSERVER: frozenset({_P.SEE, _P.SEE_REPORT}),
}


@dataclass(frozen=True, slots=True)
class Door:
    """Who may come in by a route: anybody, the candidate of a link, a signed-in user, a member, an operator."""

    kind: Literal["public", "candidate", "user", "member", "operator"]
    permission: Permission | None = None
    for_operators_too: bool = False


def declare(entrance: Callable[..., R], door: Door) -> Callable[..., R]:
    """Notes the door on a view or an operation, where the test that walks every route reads it."""
    entrance.door = door  # type: ignore[attr-defined]  # functions take attributes
    return entrance


def may(member: Member, permission: Permission) -> bool:
    """Whether the member's role allows this at all (a row may still be out of their sight)."""
    return permission in _ALLOWED[Role(member.role)]


def roles_with(permission: Permission) -> frozenset[Role]:
    """Which roles this is allowed to."""
    return frozenset(role for role, allowed in _ALLOWED.items() if permission in allowed)


def require(member: Member, permission: Permission) -> None:
    """Raises Forbidden unless the member's role allows this."""
    if not may(member, permission):
        raise Forbidden(f"{member.get_role_display()}s cannot do this.")


def memberships(user: User) -> QuerySet[Member]:
    """The places of this user in organisations, oldest first."""
    return (
        Member.objects.filter(user=user, is_active=True, user__is_active=True)
        .select_related("organisation", "user")
        .order_by("joined_at", "id")
    )


def member_of(user: User, organisation_id: object | None) -> Member:
    """The user's place in that organisation, or in their first. Raises Missing."""
    places = memberships(user)
    if organisation_id is not None:
        places = places.filter(organisation_id=_as_uuid(organisation_id))
    member = places.first()
    if member is None:
        raise Missing
    return member


def positions(member: Member) -> QuerySet[Position]:
    require(member, Permission.SEE)
    return Position.objects.filter(organisation_id=member.organisation_id)


def rubrics(member: Member) -> QuerySet[Rubric]:
    require(member, Permission.SEE)
    return Rubric.objects.filter(organisation_id=member.organisation_id)


def candidates(member: Member) -> QuerySet[Candidate]:
    """The organisation's candidates; an interviewer sees those of their own interviews."""
    require(member, Permission.SEE)
    rows = Candidate.objects.filter(organisation_id=member.organisation_id, erased_at__isnull=True)
    if member.role == Role.INTERVIEWER:
        rows = rows.filter(interviews__interviewers=member).distinct()
    return rows


def interviews(member: Member) -> QuerySet[Interview]:
    """The organisation's interviews; an interviewer sees those they are assigned to."""
    require(member, Permission.SEE)
    rows = Interview.objects.filter(
        organisation_id=member.organisation_id, candidate__erased_at__isnull=True
    )
    if member.role == Role.INTERVIEWER:
        rows = rows.filter(interviewers=member)
    return rows.select_related("candidate", "position", "organisation", "plan_version")


def position(member: Member, position_id: object, *, to: Permission = _P.SEE) -> Position:
    return _one(positions(member), position_id, member, to)


def rubric(member: Member, rubric_id: object, *, to: Permission = _P.SEE) -> Rubric:
    return _one(rubrics(member), rubric_id, member, to)


def candidate(member: Member, candidate_id: object, *, to: Permission = _P.SEE) -> Candidate:
    return _one(candidates(member), candidate_id, member, to)


def interview(member: Member, interview_id: object, *, to: Permission = _P.SEE) -> Interview:
    """Raises Missing when it is out of the member's sight, then Forbidden when the role is too small."""
    return _one(interviews(member), interview_id, member, to)


def interview_of_user(user: User, interview_id: object) -> tuple[Interview, Member]:
    """The interview and the user's place in its organisation: for sockets, which name no organisation.

    Raises Missing.
    """
    row = Interview.objects.filter(id=_as_uuid(interview_id)).first()
    if row is None:
        raise Missing
    member = member_of(user, row.organisation_id)
    return interview(member, row.id), member


def member_in_team(member: Member, member_id: object) -> Member:
    """Another member of one's own organisation. Raises Missing, Forbidden."""
    rows = Member.objects.filter(organisation_id=member.organisation_id).select_related("user")
    return _one(rows, member_id, member, _P.MANAGE_TEAM)


def invitation_in_team(member: Member, invitation_id: object) -> MemberInvitation:
    """An invitation of a colleague to one's own organisation. Raises Missing, Forbidden."""
    rows = MemberInvitation.objects.filter(organisation_id=member.organisation_id)
    return _one(rows, invitation_id, member, _P.MANAGE_TEAM)


def erasure_receipts(member: Member) -> QuerySet[ErasureReceipt]:
    """Proofs of erasures, for those who may ask for one."""
    require(member, Permission.INVITE)
    rows = ErasureReceipt.objects.filter(organisation_id=member.organisation_id)
    return rows.select_related("asked_by__user")


def erasure_receipt(member: Member, receipt_id: object) -> ErasureReceipt:
    return _one(erasure_receipts(member), receipt_id, member, _P.INVITE)


def audit_entries(member: Member) -> QuerySet[AuditEntry]:
    require(member, Permission.SEE_AUDIT)
    return AuditEntry.objects.filter(organisation_id=member.organisation_id)


def may_see_ai_draft(member: Member, of_interview: Interview) -> bool:
    """Whether the AI's scorecard and the others' reviews may be shown to this member now.

    Only those who may write a review can be led by the AI's draft, so observers follow the same rule
    as if they had not written theirs: they see it where the organisation shows it always.
    """
    rule = of_interview.organisation.ai_draft_visibility
    if rule == AiDraftVisibility.ALWAYS:
        return True
    if rule == AiDraftVisibility.NEVER:
        return False
    return of_interview.reviews.filter(
        Q(reviewer_id=member.id) & Q(status=ReviewStatus.SUBMITTED)
    ).exists()


def _one(rows: QuerySet[M], row_id: object, member: Member, to: Permission) -> M:
    row = rows.filter(pk=_as_uuid(row_id)).first()
    if row is None:
        raise Missing
    require(member, to)
    return row


def _as_uuid(value: object) -> uuid.UUID:
    try:
        return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))
    except (ValueError, ValidationError) as problem:
        raise Missing from problem
