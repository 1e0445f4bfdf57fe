"""Bearer tokens, and the two ways to sign in to the API: a token, or the session of a browser."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from webapi.callers import Caller
from webapi.limits import spend
from webapi.models import ApiToken
from webapi.problems import NotAllowed, TooManyRequests

PREFIX = "mm_"  # lets secret scanners, and people, recognise a token that strayed
GUESSES = 60  # wrong tokens a minute from one address
USE_IS_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token with its secret, which is shown this once."""

    token: ApiToken
    secret: str


def issue_token(
    *, user: AbstractBaseUser, name: str, scope: str = "", expires_at: datetime | None = None
) -> IssuedToken:
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user_id=user.pk, name=name, scope=scope, digest=_digest(secret), expires_at=expires_at
    )
    return IssuedToken(token, secret)


def revoke_token(*, token: ApiToken) -> None:
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())


def find_token(secret: str) -> ApiToken | None:
    """The token that `secret` belongs to, with its user, if it still holds."""
    if not secret.startswith(PREFIX):
        return None
    now = timezone.now()
    token = (
        ApiToken.objects.select_related("user")
        .filter(Q(expires_at=None) | Q(expires_at__gt=now), digest=_digest(secret), revoked_at=None)
        .first()
    )
    if token is None or not token.user.is_active:
        return None
    _note_use(token, now)
    return token


class BearerAuth(HttpBearer):
    """`Authorization: Bearer mm_…`. Sets `request.user` to the token's user."""

    openapi_description = "A token of a member, made on the page “API tokens”."

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        found = find_token(token)
        if found is None:
            wait = spend(
                key=f"bearer {request.META.get('REMOTE_ADDR', '')}", most=GUESSES, seconds=60
            )
            if wait is not None:
                raise TooManyRequests("Too many tokens that do not hold.", retry_after=wait)
            return None
        request.user = found.user
        return Caller(str(found.user_id), found.scope, found.pk)


class SessionAuth(AuthBase):
    """The session cookie of somebody signed in. What changes anything needs the CSRF token."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = "sessionid"

    def __call__(self, request: HttpRequest) -> Caller | None:
        if request.headers.get("Authorization"):
            return None  # a bad token must not fall back to whoever is signed in beside it
        if not request.user.is_authenticated or request.user.pk is None:
            return None
        if request.method not in {"GET", "HEAD", "OPTIONS"} and check_csrf(request) is not None:
            raise NotAllowed(
                "The CSRF token is missing or wrong. Send it as X-CSRFToken.", code="csrf_failed"
            )
        return Caller(str(request.user.pk))


def _digest(secret: str) -> str:
    # Fast on purpose: a secret of 256 random bits cannot be guessed, however cheap one guess is.
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _note_use(token: ApiToken, now: datetime) -> None:
    # At most once a minute, so that reading through the API does not write at every call.
    if token.last_used_at is None or now - token.last_used_at > USE_IS_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
