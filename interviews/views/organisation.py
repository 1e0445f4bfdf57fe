"""In whose name one acts, for people who belong to several organisations."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from interviews import access
from interviews.access import ORGANISATION_IN_SESSION, Missing
from interviews.models import User
from interviews.views.doors import user_page


@user_page
@require_POST
def switch(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    assert isinstance(request.user, User)
    try:
        member = access.member_of(request.user, organisation_id)
    except Missing as nothing:
        raise Http404 from nothing
    request.session[ORGANISATION_IN_SESSION] = str(member.organisation_id)
    return redirect("home")
