"""Pages behind the candidate's cookie: each gets the interview, and whoever holds no good cookie is told why."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from interviews import candidate_link
from interviews.models import Interview
from interviews.views.doors import candidate_page
from interviews.views.join import refuse


def cookie_page(
    view: Callable[[HttpRequest, Interview], HttpResponse],
) -> Callable[[HttpRequest], HttpResponseBase]:
    @wraps(view)
    def enter(request: HttpRequest) -> HttpResponseBase:
        try:
            interview = candidate_link.interview_of_cookies(request.COOKIES, now=timezone.now())
        except candidate_link.LinkRefused as refusal:
            return refuse(request, refusal)
        return view(request, interview)

    return candidate_page(enter)
