"""Who saw, changed and decided what."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from interviews import access
from interviews.access import Permission
from interviews.views.doors import MemberRequest, member_page
from interviews.views.lists import read_page


@member_page(Permission.SEE_AUDIT)
@require_safe
def audit(request: MemberRequest) -> HttpResponse:
    entries = access.audit_entries(request.member).select_related("user")
    subject = request.GET.get("subject", "")[:40]
    if subject:
        entries = entries.filter(subject_id=subject)
    page = read_page(request, entries, order=("-at", "-id"))
    return render(request, "interviews/audit.html", {"page": page, "subject": subject})
