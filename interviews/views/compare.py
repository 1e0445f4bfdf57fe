"""The candidates of one position, side by side."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from interviews import access
from interviews.access import Permission
from interviews.queries.compare_candidates import compare_candidates
from interviews.views.doors import MemberRequest, member_page


@require_GET
@member_page(Permission.SEE_REPORT)
def compare(request: MemberRequest, position_id: uuid.UUID) -> HttpResponse:
    position = access.position(request.member, position_id, to=Permission.SEE_REPORT)
    side_by_side = compare_candidates(position, request.member)
    return render(
        request, "interviews/compare.html", {"position": position, "side_by_side": side_by_side}
    )
