"""The list of interviews with its filters."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from interviews import access
from interviews.access import Missing, Permission
from interviews.models import Position
from interviews.queries.interview_lists import STATE_GROUPS, InterviewFilter, list_interviews
from interviews.views.doors import MemberRequest, member_page
from interviews.views.lists import read_page

_POSITIONS_IN_FILTER = 200


@member_page(Permission.SEE)
@require_safe
def interviews(request: MemberRequest) -> HttpResponse:
    wanted = _filter(request)
    rows = list_interviews(request.member, wanted)
    context = {
        "page": read_page(request, rows, order=("-created_at", "-id")),
        "groups": [(key, label) for key, (label, _states) in STATE_GROUPS.items()],
        "wanted": wanted,
        "positions": access.positions(request.member)[:_POSITIONS_IN_FILTER],
        "is_filtered": wanted != InterviewFilter(),
        "may_invite": access.may(request.member, Permission.INVITE),
    }
    return render(request, "interviews/interviews.html", context)


def _filter(request: MemberRequest) -> InterviewFilter:
    """What the address asks for; a filter that is none of ours filters nothing."""
    group = request.GET.get("state", "")
    return InterviewFilter(
        group=group if group in STATE_GROUPS else "",
        position=_position(request),
        words=request.GET.get("q", "")[:200],
    )


def _position(request: MemberRequest) -> Position | None:
    try:
        return access.position(request.member, request.GET["position"])
    except (KeyError, Missing):
        return None
