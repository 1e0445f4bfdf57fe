"""The candidate's link: shows what will happen, and trades the link for a cookie by a POST."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from interviews import candidate_link
from interviews.views.doors import candidate_page
from webapi.limits import spend

_TRIES_A_MINUTE = 60


@candidate_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Mail scanners open links, so a GET changes nothing."""
    wait = spend(
        key=f"join:{request.META.get('REMOTE_ADDR', '')}", most=_TRIES_A_MINUTE, seconds=60
    )
    if wait is not None:
        return render(request, "interviews/join_refused.html", {"reason": "often"}, status=429)
    try:
        interview = candidate_link.interview_of_token(token, now=timezone.now())
    except candidate_link.LinkRefused as refusal:
        return refuse(request, refusal)
    if request.method != "POST":
        return render(request, "interviews/join.html", {"interview": interview})
    response = redirect("candidate_room")
    candidate_link.set_cookie(response, interview)
    return response


def refuse(request: HttpRequest, refusal: candidate_link.LinkRefused) -> HttpResponse:
    """Says in words why a link or cookie opens nothing, and what to do."""
    match refusal:
        case candidate_link.InterviewOver():
            return render(
                request, "interviews/candidate_done.html", {"interview": refusal.interview}
            )
        case candidate_link.LapsedLink():
            context = {"reason": "lapsed", "interview": refusal.interview}
        case candidate_link.RevokedLink():
            context = {"reason": "revoked", "interview": refusal.interview}
        case _:
            return render(
                request, "interviews/join_refused.html", {"reason": "unknown"}, status=404
            )
    return render(request, "interviews/join_refused.html", context, status=410)
