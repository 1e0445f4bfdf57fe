"""Where the scheduler meets the product: who may look at which jobs, and the doors of its pages and API.

A member sees the jobs of the organisation in whose name they act; an operator sees and operates all.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern
from ninja.operation import Operation

from interviews.access import Door, Forbidden, Missing, Permission, declare, require
from interviews.api.callers import calling_member
from interviews.models import User
from interviews.views.doors import current_member
from scheduler.api import router
from scheduler.authoriser import Viewer, set_authoriser
from scheduler.dashboard.urls import AnyView, Entrance, page_urls

_DOORS = {
    "look": Door("member", Permission.SEE, for_operators_too=True),
    "operate": Door("operator"),
}
_READ_BY_OPERATORS = {"list_job_kinds"}


def viewer(request: HttpRequest) -> Viewer:
    """Raises Missing, Forbidden."""
    user = request.user
    if not isinstance(user, User):
        raise Missing
    if user.is_operator:
        return Viewer(user.email, may_operate=True)
    member = calling_member(request) if hasattr(request, "auth") else current_member(request)
    require(member, Permission.SEE)
    return Viewer(user.email, scope=str(member.organisation_id))


def enter(view: AnyView, entrance: Entrance) -> AnyView:
    """Strangers go to sign in; what one may not see does not exist."""
    if iscoroutinefunction(view):
        return declare(_asynchronous(view), _DOORS[entrance])
    return declare(_synchronous(view), _DOORS[entrance])


def scheduler_pages() -> tuple[list[URLPattern], str]:
    """For urls.py."""
    set_authoriser(viewer)
    for operation in (one for path in router.path_operations.values() for one in path.operations):
        declare(operation.view_func, _door_of(operation))  # each asks the authoriser itself
    return page_urls(enter)


def _door_of(operation: Operation) -> Door:
    reads = set(operation.methods) == {"GET"}
    name = operation.view_func.__name__
    return _DOORS["look" if reads and name not in _READ_BY_OPERATORS else "operate"]


def _synchronous(view: AnyView) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def come_in(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            return cast("HttpResponseBase", view(request, *args, **kwargs))
        except Missing as nothing:
            raise Http404 from nothing
        except Forbidden as refusal:
            raise PermissionDenied(str(refusal)) from refusal

    return come_in


def _asynchronous(view: AnyView) -> Callable[..., Awaitable[HttpResponseBase]]:
    @wraps(view)
    async def come_in(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not (await request.auser()).is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            return await cast("Awaitable[HttpResponseBase]", view(request, *args, **kwargs))
        except Missing as nothing:
            raise Http404 from nothing
        except Forbidden as refusal:
            raise PermissionDenied(str(refusal)) from refusal

    return come_in
