"""What a socket shows at the handshake: cookies, a bearer token, and where its page came from."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, parse_cookie
from django.http.request import validate_host

from interviews import access, candidate_link
from interviews.events import Audience, CloseCode
from interviews.models import User
from interviews.services.participants import Participant, admit_candidate, admit_member
from webapi.tokens import find_token

Scope = Mapping[str, Any]  # an ASGI scope is a mapping of anything, by its specification


@dataclass(frozen=True, slots=True)
class Credentials:
    """Kept for as long as the socket lives: they are checked again whenever rights change."""

    cookies: dict[str, str]
    bearer: str
    is_same_site: bool  # its page is one of ours


class SocketRefused(Exception):
    """This socket has no business here; `code` is its close code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def read_credentials(scope: Scope) -> Credentials:
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    kind, _, token = headers.get(b"authorization", "").partition(" ")
    return Credentials(
        cookies=parse_cookie(headers.get(b"cookie", "")),
        bearer=token.strip() if kind.lower() == "bearer" else "",
        is_same_site=_is_same_site(headers.get(b"origin", ""), headers.get(b"host", "")),
    )


def admit(
    *, credentials: Credentials, as_: Audience, interview_id: uuid.UUID, now: datetime
) -> Participant:
    """Whoever the credentials say this is, in the part the socket claims. Raises SocketRefused."""
    # Another site's page can make a browser send its cookies, but not forge the page's origin.
    if not credentials.bearer and not credentials.is_same_site:
        raise SocketRefused(CloseCode.NOT_ALLOWED)
    try:
        if as_ == "candidate":
            return admit_candidate(interview_id=interview_id, cookies=credentials.cookies, now=now)
        user, scope = _user(credentials)
        return admit_member(interview_id=interview_id, user=user, scope=scope)
    except access.Missing as nothing:
        raise SocketRefused(CloseCode.NO_SUCH_INTERVIEW) from nothing
    except access.Forbidden as refusal:
        raise SocketRefused(CloseCode.NOT_ALLOWED) from refusal
    except candidate_link.LapsedLink as lapsed:
        raise SocketRefused(CloseCode.INTERVIEW_OVER) from lapsed
    except candidate_link.LinkRefused as refusal:
        raise SocketRefused(CloseCode.NOT_SIGNED_IN) from refusal


def _user(credentials: Credentials) -> tuple[User, str]:
    """The signed-in user, and the organisation a token is limited to."""
    if credentials.bearer:
        token = find_token(credentials.bearer)
        if token is None:
            raise SocketRefused(CloseCode.NOT_SIGNED_IN)
        assert isinstance(token.user, User)
        return token.user, token.scope
    request = HttpRequest()
    engine = import_module(settings.SESSION_ENGINE)
    request.session = engine.SessionStore(credentials.cookies.get(settings.SESSION_COOKIE_NAME))
    user = get_user(request)
    if not isinstance(user, User):
        raise SocketRefused(CloseCode.NOT_SIGNED_IN)
    return user, ""


def _is_same_site(origin: str, host: str) -> bool:
    """A missing or null origin is none of ours: every browser sends it with a websocket."""
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    if origin.rstrip("/").lower() == settings.PUBLIC_URL.rstrip("/").lower():
        return True
    # The page was served under the very host name it now connects to, and that is one of ours.
    return parts.netloc.lower() == host.lower() and validate_host(
        parts.hostname, settings.ALLOWED_HOSTS
    )
