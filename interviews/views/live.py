"""The member's side of a room: watch an AI-led interview, or lead one with the AI beside."""

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from interviews import access
from interviews.access import Permission
from interviews.queries.panel import competencies_of, own_notes, panel_plan
from interviews.queries.report import answers_of
from interviews.states import OVER, InterviewState, Mode
from interviews.views.doors import MemberRequest, member_page


@member_page(Permission.SEE_REPORT)
@never_cache
@require_safe
def live(request: MemberRequest, interview_id: uuid.UUID) -> HttpResponse:
    interview = access.interview(request.member, interview_id, to=Permission.SEE_REPORT)
    if interview.state in OVER or interview.state == InterviewState.DRAFT:
        return redirect("interview", interview.id)
    may_lead = access.may(request.member, Permission.LEAD)
    is_ai_led = interview.mode == Mode.AI_LED
    room = {
        "interview": str(interview.id),
        "mode": interview.mode,
        "member": str(request.member.id),
        "name": str(request.member.user),
        "candidate": interview.candidate.name,
        "may_lead": may_lead,
        "language": interview.language,
    }
    plan = panel_plan(interview)
    return render(
        request,
        "interviews/live.html",
        {
            "interview": interview,
            "plan": plan,
            "competencies": competencies_of(plan),
            "answers": answers_of(interview, newest=5),
            "may_lead": may_lead,
            "is_ai_led": is_ai_led,
            "room": room,
            "notes": own_notes(interview, request.member),
        },
    )
