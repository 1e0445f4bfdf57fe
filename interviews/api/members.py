"""The team: members, their roles, and invitations of colleagues."""

import uuid
from datetime import datetime
from typing import Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from interviews import access
from interviews.access import Permission
from interviews.api.doors import MemberCall, member_operation
from interviews.models import Member, MemberInvitation
from interviews.queries.people_lists import team
from interviews.services.change_team import change_role, deactivate_member, reactivate_member
from interviews.services.invite_member import (
    invitation_url,
    invite_member,
    open_invitations,
    revoke_invitation,
)
from interviews.states import Role
from webapi.pages import PageOf, PageQuery, page_of

router = Router(tags=["members"])


class MemberOut(Schema):
    id: uuid.UUID
    name: str
    email: str
    role: Role
    is_active: bool
    joined_at: datetime

    @staticmethod
    def of(row: Member) -> "MemberOut":
        return MemberOut(
            id=row.id,
            name=row.user.name,
            email=row.user.email,
            role=Role(row.role),
            is_active=row.is_active,
            joined_at=row.joined_at,
        )


class MemberPatch(Schema):
    """What is left out stays."""

    role: Role = Role.OBSERVER
    is_active: bool = True


class InvitedOut(Schema):
    """`url` works once, for whoever reads mail at `email`."""

    id: uuid.UUID
    email: str
    role: Role
    url: str
    expires_at: datetime

    @staticmethod
    def of(row: MemberInvitation) -> "InvitedOut":
        return InvitedOut(
            id=row.id,
            email=row.email,
            role=Role(row.role),
            url=invitation_url(row),
            expires_at=row.expires_at,
        )


class InviteIn(Schema):
    email: str = Field(max_length=254)
    role: Role


@router.get("/members", response=PageOf[MemberOut])
@member_operation(Permission.SEE)
def list_members(request: MemberCall, page: Query[PageQuery]) -> dict[str, Any]:
    found = page_of(team(request.member), page, order=("joined_at", "id"))
    return {"items": [MemberOut.of(row) for row in found.items], "next": found.next}


@router.get("/members/{uuid:member_id}", response=MemberOut)
@member_operation(Permission.MANAGE_TEAM)
def get_member(request: MemberCall, member_id: uuid.UUID) -> MemberOut:
    return MemberOut.of(access.member_in_team(request.member, member_id))


@router.patch("/members/{uuid:member_id}", response=MemberOut)
@member_operation(Permission.MANAGE_TEAM)
def change_member(request: MemberCall, member_id: uuid.UUID, wanted: MemberPatch) -> MemberOut:
    row = access.member_in_team(request.member, member_id)
    given = wanted.dict(exclude_unset=True)
    if "role" in given:
        row = change_role(member=row, role=wanted.role, by=request.member)
    if "is_active" in given:
        change = reactivate_member if wanted.is_active else deactivate_member
        row = change(member=row, by=request.member)
    return MemberOut.of(row)


@router.get("/members/invitations", response=PageOf[InvitedOut])
@member_operation(Permission.MANAGE_TEAM)
def list_member_invitations(request: MemberCall, page: Query[PageQuery]) -> dict[str, Any]:
    """Those that are still open."""
    rows = open_invitations(request.member.organisation, now=timezone.now())
    found = page_of(rows, page, order=("-created_at", "-id"))
    return {"items": [InvitedOut.of(row) for row in found.items], "next": found.next}


@router.post("/members/invitations", response={201: InvitedOut})
@member_operation(Permission.MANAGE_TEAM)
def invite_colleague(request: MemberCall, wanted: InviteIn) -> Status[InvitedOut]:
    row = invite_member(email=wanted.email, role=wanted.role, by=request.member, now=timezone.now())
    return Status(201, InvitedOut.of(row))


@router.delete("/members/invitations/{uuid:invitation_id}", response={204: None})
@member_operation(Permission.MANAGE_TEAM)
def revoke_member_invitation(request: MemberCall, invitation_id: uuid.UUID) -> Status[None]:
    row = access.invitation_in_team(request.member, invitation_id)
    revoke_invitation(invitation=row, by=request.member, now=timezone.now())
    return Status(204, None)
