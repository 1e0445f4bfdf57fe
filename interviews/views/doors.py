"""The door of every page: each view says who may come in, and a test refuses a view that does not.

`@member_page(Permission.PLAN)` gives the view the member in whose name the person acts, answers Missing
as 404 and Forbidden as 403, and sends strangers to sign in.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from interviews import access
from interviews.access import (
    ORGANISATION_IN_SESSION,
    Door,
    Forbidden,
    Missing,
    Permission,
    declare,
)
from interviews.models import Member, User

P = ParamSpec("P")


class MemberRequest(HttpRequest):
    """A request on behalf of a member."""

    member: Member
    htmx: HtmxDetails


MemberView = Callable[Concatenate[MemberRequest, P], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def member_page(permission: Permission) -> Callable[[MemberView[P]], View[P]]:
    """For members whose role has this permission."""

    def decorate(view: MemberView[P]) -> View[P]:
        @wraps(view)
        def enter(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            try:
                member = current_member(request)
                access.require(member, permission)
                member_request = cast("MemberRequest", request)
                member_request.member = member
                return view(member_request, *args, **kwargs)
            except Missing as nothing:
                raise Http404 from nothing
            except Forbidden as refusal:
                raise PermissionDenied(str(refusal)) from refusal

        return declare(enter, Door("member", permission))

    return decorate


def user_page(view: View[P]) -> View[P]:
    """For anybody who is signed in, member of an organisation or not."""

    @wraps(view)
    def enter(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return declare(enter, Door("user"))


def operator_page(view: View[P]) -> View[P]:
    """For those who run the installation. To everybody else the page does not exist."""

    @wraps(view)
    def enter(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_operator:
            raise Http404
        return view(request, *args, **kwargs)

    return declare(enter, Door("operator"))


def public_page(view: View[P]) -> View[P]:
    """For everybody: it shows nothing of anybody."""
    return declare(view, Door("public"))


def candidate_page(view: View[P]) -> View[P]:
    """For the holder of a candidate's link or cookie; the view checks it with `candidate_link`."""
    return declare(view, Door("candidate"))


def current_member(request: HttpRequest) -> Member:
    """In whose name this person acts: the organisation they chose last, or their first.

    Raises Missing for a user without any organisation.
    """
    user = request.user
    assert isinstance(user, User)
    chosen = request.session.get(ORGANISATION_IN_SESSION)
    try:
        return access.member_of(user, chosen)
    except Missing:
        if chosen is None:
            raise
        request.session.pop(ORGANISATION_IN_SESSION, None)  # they left that organisation
        return access.member_of(user, None)
