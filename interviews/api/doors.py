"""The door of every operation: each says who may call it, and a test refuses one that does not.

`@member_operation(Permission.PLAN)` finds the member in whose name is called, and checks the role, before the
operation runs. `@opens(…)` is for operations that find the member by the row they are about, with
`callers.called_interview`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from django.http import HttpRequest

from interviews import access
from interviews.access import Door, Missing, Permission, declare
from interviews.api.callers import calling_member, calling_user
from interviews.models import Member

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., object])


class MemberCall(HttpRequest):
    """A call in the name of a member."""

    member: Member


def member_operation(
    permission: Permission,
) -> Callable[[Callable[Concatenate[MemberCall, P], R]], Callable[Concatenate[HttpRequest, P], R]]:
    """For members whose role has this permission. Missing and Forbidden become 404 and 403."""

    def decorate(
        operation: Callable[Concatenate[MemberCall, P], R],
    ) -> Callable[Concatenate[HttpRequest, P], R]:
        @wraps(operation)
        def enter(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> R:
            member = calling_member(request)
            access.require(member, permission)
            call = cast("MemberCall", request)
            call.member = member
            return operation(call, *args, **kwargs)

        return declare(enter, Door("member", permission))

    return decorate


def opens(permission: Permission) -> Callable[[F], F]:
    """Says who may call; the operation itself enters by the row it is about."""

    def decorate(operation: F) -> F:
        declare(operation, Door("member", permission))
        return operation

    return decorate


def user_operation(operation: F) -> F:
    """For whoever is signed in or has a token."""
    declare(operation, Door("user"))
    return operation


def operator_operation(
    operation: Callable[Concatenate[HttpRequest, P], R],
) -> Callable[Concatenate[HttpRequest, P], R]:
    """For those who run the installation. To everybody else it does not exist."""

    @wraps(operation)
    def enter(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> R:
        user, _ = calling_user(request)
        if not user.is_operator:
            raise Missing
        return operation(request, *args, **kwargs)

    return declare(enter, Door("operator"))
