"""In whose name a program calls: the member behind a token or a session."""

import uuid

from django.http import HttpRequest

from interviews import access
from interviews.access import ORGANISATION_IN_SESSION, Missing, Permission
from interviews.models import Interview, Member, User
from webapi.callers import Caller


def calling_member(request: HttpRequest) -> Member:
    """The member of the token's organisation, else of the one chosen on the pages, else of the first.

    Raises Missing.
    """
    user, scope = calling_user(request)
    if not scope and not request.headers.get("Authorization"):
        scope = request.session.get(ORGANISATION_IN_SESSION, "")
    return access.member_of(user, scope or None)


def calling_member_of(request: HttpRequest, organisation_id: uuid.UUID) -> Member:
    """The caller as a member of this organisation. Raises Missing."""
    user, scope = calling_user(request)
    if scope and scope != str(organisation_id):
        raise Missing
    return access.member_of(user, organisation_id)


def called_interview(
    request: HttpRequest, interview_id: uuid.UUID, *, to: Permission
) -> tuple[Interview, Member]:
    """The interview that an address names, and the caller as a member of its organisation.

    Raises Missing, Forbidden.
    """
    user, scope = calling_user(request)
    interview, member = access.interview_of_user(user, interview_id)
    if scope and scope != str(member.organisation_id):
        raise Missing
    access.require(member, to)
    return interview, member


def calling_user(request: HttpRequest) -> tuple[User, str]:
    """Who calls, and the organisation their token is limited to (or nothing)."""
    caller, user = getattr(request, "auth", None), request.user
    assert isinstance(caller, Caller)
    assert isinstance(user, User)
    return user, caller.scope
