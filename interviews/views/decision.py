"""Records a decision; only a person with the right to decide comes in."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from interviews import access
from interviews.access import Permission
from interviews.services.decide import decide as record_decision
from interviews.views.doors import MemberRequest, member_page
from interviews.views.report import render_report
from webapi.parsing import is_storable


@require_POST
@member_page(Permission.DECIDE)
def decide(request: MemberRequest, interview_id: uuid.UUID) -> HttpResponse:
    interview = access.interview(request.member, interview_id, to=Permission.DECIDE)
    outcome, reason = request.POST.get("outcome", ""), request.POST.get("reason", "")
    try:
        if not is_storable(reason + outcome):
            raise ValidationError("The reason holds characters that cannot be kept.")
        record_decision(
            interview=interview,
            decided_by=request.member,
            outcome=outcome,
            reason=reason.replace("\r\n", "\n"),
            now=timezone.now(),
        )
    except ValidationError as problem:
        fault = {
            "decision_errors": problem.messages,
            "decision_typed": {"outcome": outcome, "reason": reason},
        }
        return render_report(request, interview, status=422, fault=fault)
    messages.success(request, "The decision is recorded.")
    return redirect("report", interview.id)
