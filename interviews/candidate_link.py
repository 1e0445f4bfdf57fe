"""The candidate's key to one interview: the link they are sent, and the cookie it is traded for.

Neither is stored. Both are derived from LINK_KEY, the interview and its link generation; raising the
generation revokes them. A GET of the link changes nothing, because mail scanners open links; a POST there
trades it for the cookie, so that the token leaves the address bar.

LinkRefused
├── UnknownLink      never was a link of ours
├── RevokedLink      a newer link was issued, or it was taken back
├── LapsedLink       the time in which the candidate could begin is over
└── InterviewOver    ended, cancelled or given up: there is no room to enter
"""

import base64
import binascii
import hashlib
import hmac
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpResponseBase

from interviews.models import Interview
from interviews.states import OVER, InterviewState

_ID, _GENERATION, _MAC = 16, 4, 19  # bytes: a multiple of three, so base64 needs no padding
_COOKIE_LASTS = timedelta(days=2)  # a browser that lost it is given a new one by the link


class LinkRefused(Exception):
    """This link or cookie opens nothing (any more)."""


class UnknownLink(LinkRefused):
    """It was never issued."""


class _Known(LinkRefused):
    def __init__(self, interview: Interview) -> None:
        super().__init__()
        self.interview = interview


class RevokedLink(_Known):
    """A newer one was issued, or it was taken back."""


class LapsedLink(_Known):
    """The candidate could have begun until `interview.window_ends_at`."""


class InterviewOver(_Known):
    """The interview is in a final state."""


def join_url(interview: Interview) -> str:
    """The address the candidate is sent: whoever holds it is the candidate."""
    return f"{settings.PUBLIC_URL}/join/{token_of(interview)}"


def token_of(interview: Interview) -> str:
    return _make("join", interview)


def interview_of_token(token: str, *, now: datetime) -> Interview:
    """The interview this link opens now. Raises LinkRefused."""
    return _open("join", token, now)


def cookie_name() -> str:
    # Browsers accept the __Host- prefix over https only; it keeps a sibling domain from planting one.
    return "__Host-meetmind-candidate" if settings.IS_HTTPS else "meetmind-candidate"


def set_cookie(response: HttpResponseBase, interview: Interview) -> None:
    """Gives the browser the candidate's cookie. Call it in the answer to a POST only."""
    response.set_cookie(
        cookie_name(),
        _make("cookie", interview),
        max_age=_COOKIE_LASTS,
        path="/",
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def forget_cookie(response: HttpResponseBase) -> None:
    response.delete_cookie(cookie_name(), path="/", samesite="Lax")


def interview_of_cookies(cookies: Mapping[str, str], *, now: datetime) -> Interview:
    """The interview these cookies (of a request or of a socket's scope) open now. Raises LinkRefused."""
    return _open("cookie", cookies.get(cookie_name(), ""), now)


def _make(purpose: str, interview: Interview) -> str:
    body = interview.id.bytes + interview.link_generation.to_bytes(_GENERATION, "big")
    return base64.urlsafe_b64encode(body + _mac(purpose, body)).decode()


def _mac(purpose: str, body: bytes) -> bytes:
    key = settings.LINK_KEY.encode()
    return hmac.digest(key, f"candidate:{purpose}:".encode() + body, hashlib.sha256)[:_MAC]


def _open(purpose: str, text: str, now: datetime) -> Interview:
    interview_id, generation = _read(purpose, text)
    interview = (
        Interview.objects.filter(id=interview_id)
        .select_related("organisation", "candidate", "position", "plan_version")
        .first()
    )
    if interview is None or interview.state == InterviewState.DRAFT:
        raise UnknownLink
    if interview.candidate.erased_at is not None:
        raise UnknownLink
    if interview.link_generation != generation or interview.link_revoked_at is not None:
        raise RevokedLink(interview)
    if interview.state == InterviewState.EXPIRED or _is_late(interview, now):
        raise LapsedLink(interview)
    if interview.state in OVER:
        raise InterviewOver(interview)
    return interview


def _is_late(interview: Interview, now: datetime) -> bool:
    """Whether the window is over for somebody who has not begun; who has begun may finish."""
    begun = interview.state not in (InterviewState.SCHEDULED, InterviewState.WAITING)
    return not begun and interview.window_ends_at is not None and now > interview.window_ends_at


def _read(purpose: str, text: str) -> tuple[uuid.UUID, int]:
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error) as problem:
        raise UnknownLink from problem
    body, mac = raw[:-_MAC], raw[-_MAC:]
    if len(raw) != _ID + _GENERATION + _MAC or not hmac.compare_digest(mac, _mac(purpose, body)):
        raise UnknownLink
    return uuid.UUID(bytes=body[:_ID]), int.from_bytes(body[_ID:], "big")
