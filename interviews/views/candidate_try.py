"""A page to try microphone, connection and answering before the interview. Nothing said or written there is sent."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from interviews.models import Interview
from interviews.states import ConsentState
from interviews.views.cookie_page import cookie_page


@never_cache
@require_GET
@cookie_page
def candidate_try(request: HttpRequest, interview: Interview) -> HttpResponse:
    """Open before the agreement too: it asks for no agreement, because it keeps nothing."""
    context = {
        "interview": interview,
        "is_agreed": interview.consent == ConsentState.GIVEN,
        "room": {"language": interview.language},
    }
    return render(request, "interviews/candidate_try.html", context)
