"""A page to try microphone, connection and answering before the interview. Nothing said or written there is sent."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from interviews import candidate_link
from interviews.states import ConsentState
from interviews.views.doors import candidate_page
from interviews.views.join import refuse


@candidate_page
@never_cache
@require_GET
def candidate_try(request: HttpRequest) -> HttpResponse:
    """Open before the agreement too: it asks for no agreement, because it keeps nothing."""
    try:
        interview = candidate_link.interview_of_cookies(request.COOKIES, now=timezone.now())
    except candidate_link.LinkRefused as refusal:
        return refuse(request, refusal)
    context = {
        "interview": interview,
        "is_agreed": interview.consent == ConsentState.GIVEN,
        "room": {"language": interview.language},
    }
    return render(request, "interviews/candidate_try.html", context)
