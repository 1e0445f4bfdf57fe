"""What every page shows around itself: where a member can go, and in whose name they act."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from interviews import access
from interviews.access import Missing, Permission
from interviews.models import Member, User
from interviews.views.doors import current_member

_PLACES = (
    ("Home", "home", Permission.SEE),
    ("Interviews", "interviews", Permission.SEE),
    ("Candidates", "candidates", Permission.SEE),
    ("Positions", "positions", Permission.SEE),
    ("Rubrics", "rubrics", Permission.SEE),
)
_ACCOUNT_PLACES = (
    ("Team", "team", Permission.MANAGE_TEAM),
    ("Settings", "settings", Permission.MANAGE_TEAM),
    ("AI usage", "ai_usage", Permission.MANAGE_TEAM),
    ("API tokens", "api_tokens", Permission.SEE),
    ("Erasures", "erasures", Permission.INVITE),
    ("Audit trail", "audit", Permission.SEE_AUDIT),
)
_SENT_MAIL = ("Sent mail", "mailbox", Permission.INVITE)


@dataclass(frozen=True, slots=True)
class Place:
    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class OrganisationChoice:
    name: str
    switch_url: str
    current: bool


def navigation(request: HttpRequest) -> dict[str, object]:
    """For base.html: `navigation`, `account_navigation`, `current_member`, `organisations`."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    try:
        member = getattr(request, "member", None) or current_member(request)
    except Missing:
        return {"navigation": (), "current_member": None, "organisations": ()}
    return {
        "navigation": _places(_PLACES, member, request.path),
        "account_navigation": _places(_account_places(), member, request.path),
        "current_member": member,
        "organisations": _organisations(user, member),
    }


def _account_places() -> tuple[tuple[str, str, Permission], ...]:
    """Mail that is kept instead of sent has a page; where a mail server is set there is nothing to see."""
    is_kept = settings.EMAIL_BACKEND == "notifications.mailbox.MailboxBackend"
    return (*_ACCOUNT_PLACES, _SENT_MAIL) if is_kept else _ACCOUNT_PLACES


def _places(
    places: tuple[tuple[str, str, Permission], ...], member: Member, here: str
) -> tuple[Place, ...]:
    allowed = [(label, reverse(name)) for label, name, needs in places if access.may(member, needs)]
    return tuple(Place(label, url, _is_here(here, url)) for label, url in allowed)


def _organisations(user: User, member: Member) -> tuple[OrganisationChoice, ...]:
    return tuple(
        OrganisationChoice(
            place.organisation.name,
            reverse("organisation_switch", args=[place.organisation_id]),
            place.id == member.id,
        )
        for place in access.memberships(user)
    )


def _is_here(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
