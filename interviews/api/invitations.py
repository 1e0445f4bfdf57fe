"""The candidates' links: shown, issued anew, taken back."""

import uuid
from datetime import datetime
from typing import Any

from django.utils import timezone
from ninja import Query, Router, Schema

from interviews import access
from interviews.access import Missing, Permission
from interviews.api.doors import MemberCall, member_operation
from interviews.candidate_link import join_url
from interviews.models import Interview
from interviews.services.schedule_interview import HAVE_LINK, reissue_link, revoke_link
from webapi.pages import PageOf, PageQuery, page_of

router = Router(tags=["invitations"])


class InvitationOut(Schema):
    """Whoever holds `url` is the candidate; null while it is taken back."""

    interview_id: uuid.UUID
    candidate_id: uuid.UUID
    generation: int
    url: str | None
    revoked_at: datetime | None
    window_ends_at: datetime | None

    @staticmethod
    def of(row: Interview) -> "InvitationOut":
        return InvitationOut(
            interview_id=row.id,
            candidate_id=row.candidate_id,
            generation=row.link_generation,
            url=None if row.link_revoked_at else join_url(row),
            revoked_at=row.link_revoked_at,
            window_ends_at=row.window_ends_at,
        )


@router.get("/invitations", response=PageOf[InvitationOut])
@member_operation(Permission.INVITE)
def list_invitations(request: MemberCall, page: Query[PageQuery]) -> dict[str, Any]:
    """Of interviews that can still be entered."""
    rows = access.interviews(request.member).filter(state__in=HAVE_LINK)
    found = page_of(rows, page, order=("-created_at", "-id"))
    return {"items": [InvitationOut.of(row) for row in found.items], "next": found.next}


@router.get("/invitations/{uuid:interview_id}", response=InvitationOut)
@member_operation(Permission.INVITE)
def get_invitation(request: MemberCall, interview_id: uuid.UUID) -> InvitationOut:
    row = access.interview(request.member, interview_id, to=Permission.INVITE)
    if row.state not in HAVE_LINK:
        raise Missing
    return InvitationOut.of(row)


@router.post("/invitations/{uuid:interview_id}/reissue", response=InvitationOut)
@member_operation(Permission.INVITE)
def reissue_invitation(request: MemberCall, interview_id: uuid.UUID) -> InvitationOut:
    """A new link, sent to the candidate. The old one, and who came in by it, are out at once."""
    row = access.interview(request.member, interview_id, to=Permission.INVITE)
    return InvitationOut.of(reissue_link(interview=row, by=request.member))


@router.post("/invitations/{uuid:interview_id}/revoke", response=InvitationOut)
@member_operation(Permission.INVITE)
def revoke_invitation(request: MemberCall, interview_id: uuid.UUID) -> InvitationOut:
    """Takes the link back until it is issued anew."""
    row = access.interview(request.member, interview_id, to=Permission.INVITE)
    return InvitationOut.of(revoke_link(interview=row, by=request.member, now=timezone.now()))
