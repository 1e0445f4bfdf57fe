"""Where sign-in lands: what waits for this person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from interviews.views.doors import user_page


@user_page
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "interviews/home.html")
