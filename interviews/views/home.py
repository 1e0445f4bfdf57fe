"""Where sign-in lands: what waits for this person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from interviews import access
from interviews.access import Missing, Permission
from interviews.models import Member
from interviews.queries import interview_lists
from interviews.views.doors import current_member, user_page

_SHOWN = 8


@user_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    try:
        member = current_member(request)
    except Missing:
        return render(request, "interviews/home_without_organisation.html")
    return render(request, "interviews/home.html", _what_waits_for(member))


def _what_waits_for(member: Member) -> dict[str, object]:
    now = timezone.now()
    return {
        "running": interview_lists.running_now(member)[:_SHOWN],
        "to_review": interview_lists.to_review(member, now=now)[:_SHOWN],
        "wants_a_person": interview_lists.wants_a_person(member, now=now)[:_SHOWN],
        "may_lead": access.may(member, Permission.LEAD),
        "coming_up": interview_lists.coming_up(member)[:_SHOWN],
        "unfinished": interview_lists.unfinished(member, now=now)[:_SHOWN],
        "has_positions": access.positions(member).exists(),
        "has_interviews": access.interviews(member).exists(),
        "may_plan": access.may(member, Permission.PLAN),
        "may_invite": access.may(member, Permission.INVITE),
    }
