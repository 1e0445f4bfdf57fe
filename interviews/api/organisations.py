"""Organisations: those the caller belongs to, new ones, and the settings of one."""

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from interviews import access
from interviews.access import Permission
from interviews.api.callers import calling_member_of, calling_user
from interviews.api.doors import opens, operator_operation, user_operation
from interviews.api.members import InvitedOut
from interviews.models import Member, Organisation
from interviews.services.change_organisation import (
    OrganisationSettings,
    change_organisation,
    settings_of,
)
from interviews.services.open_organisation import open_organisation
from interviews.states import AiDraftVisibility, Role
from webapi.pages import PageOf, PageQuery, page_of

router = Router(tags=["organisations"])


class OrganisationOut(Schema):
    """`role` is the caller's own."""

    id: uuid.UUID
    name: str
    role: Role
    ai_draft_visibility: AiDraftVisibility
    alternative_contact: str
    transcript_days: int
    recording_days: int
    ai_providers_off: list[str]

    @staticmethod
    def of(member: Member, row: Organisation) -> "OrganisationOut":
        return OrganisationOut(
            id=row.id,
            name=row.name,
            role=Role(member.role),
            ai_draft_visibility=AiDraftVisibility(row.ai_draft_visibility),
            alternative_contact=row.alternative_contact,
            transcript_days=row.transcript_days,
            recording_days=row.recording_days,
            ai_providers_off=list(row.ai_providers_off),
        )


class OrganisationIn(Schema):
    name: str = Field(min_length=1, max_length=120)
    administrator_email: str = Field(max_length=254)


class OpenedOut(Schema):
    id: uuid.UUID
    name: str
    invitation: InvitedOut


class OrganisationPatch(Schema):
    """What is left out stays."""

    name: str = Field("", min_length=1, max_length=120)
    ai_draft_visibility: AiDraftVisibility = AiDraftVisibility.AFTER_OWN
    alternative_contact: str = Field("", max_length=254)
    transcript_days: int = Field(180, ge=1, le=3650)
    recording_days: int = Field(30, ge=1, le=3650)
    ai_providers_off: list[str] = Field([], max_length=20)


@router.get("/organisations", response=PageOf[OrganisationOut])
@user_operation
def list_organisations(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    user, scope = calling_user(request)
    places = access.memberships(user)
    if scope:
        places = places.filter(organisation_id=scope)
    found = page_of(places, page, order=("joined_at", "id"))
    items = [OrganisationOut.of(place, place.organisation) for place in found.items]
    return {"items": items, "next": found.next}


@router.post("/organisations", response={201: OpenedOut})
@operator_operation
def open_one_organisation(request: HttpRequest, wanted: OrganisationIn) -> Status[OpenedOut]:
    """For operators. The first administrator is sent an invitation, and lets the others in."""
    user, _ = calling_user(request)
    invitation = open_organisation(
        name=wanted.name, email=wanted.administrator_email, by=user, now=timezone.now()
    )
    organisation = invitation.organisation
    assert organisation is not None
    return Status(
        201,
        OpenedOut(id=organisation.id, name=organisation.name, invitation=InvitedOut.of(invitation)),
    )


@router.get("/organisations/{uuid:organisation_id}", response=OrganisationOut)
@opens(Permission.SEE)
def get_organisation(request: HttpRequest, organisation_id: uuid.UUID) -> OrganisationOut:
    member = calling_member_of(request, organisation_id)
    access.require(member, Permission.SEE)
    return OrganisationOut.of(member, member.organisation)


@router.patch("/organisations/{uuid:organisation_id}", response=OrganisationOut)
@opens(Permission.MANAGE_TEAM)
def change_organisation_settings(
    request: HttpRequest, organisation_id: uuid.UUID, wanted: OrganisationPatch
) -> OrganisationOut:
    member = calling_member_of(request, organisation_id)
    access.require(member, Permission.MANAGE_TEAM)
    before = settings_of(member.organisation)
    given = wanted.dict(exclude_unset=True)
    values = {name: given.get(name, getattr(before, name)) for name in before.__slots__}
    values["ai_providers_off"] = tuple(values["ai_providers_off"])
    row = change_organisation(
        wanted=OrganisationSettings(**values),
        known_providers=tuple(settings.AI_PROVIDER_SETTINGS),
        by=member,
    )
    return OrganisationOut.of(member, row)
