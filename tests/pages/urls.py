"""The addresses of the page tests: the style guide, and pages that use the shared scripts as ours do."""

from types import SimpleNamespace

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import engines
from django.urls import include, path

from meetmind.styleguide import styleguide

ROOM = """{% extends "base_room.html" %}
{% block room_kind %}{% endblock %}{% block footer %}{% endblock %}
{% block title %}Room{% endblock %}
{% block room_status %}<span class="room-clock">22 min left</span>
<span class="connection" data-state="open" role="status">Connected</span>{% endblock %}
{% block main %}<h1 class="visually-hidden">Interview</h1>
<div class="room-scroll" tabindex="0" role="region" aria-label="Conversation"><div class="wrap wrap-narrow"><ol class="chat">
<li class="chat-notice">The interview started. Take your time.</li>
<li class="bubble bubble-ai"><p class="bubble-name">AI interviewer <span class="faint">10:02</span></p>
<p class="bubble-text">Tell me about a system you changed while it was in use. What made it hard?</p></li>
<li class="bubble bubble-candidate"><p class="bubble-name">You <span class="faint">10:04</span></p>
<p class="bubble-text">It was billing. We wrote to the table and to the queue, and one day only one of them happened.</p>
<p class="bubble-note">Saved</p></li>
<li class="bubble bubble-ai is-streaming"><p class="bubble-name">AI interviewer</p>
<p class="bubble-text">And how did you notice that it had</p></li></ol></div></div>
<div class="room-composer"><div class="wrap wrap-narrow"><form class="composer">
<label class="visually-hidden" for="answer">Your answer</label>
<textarea id="answer" placeholder="Write your answer here"></textarea>
<div class="composer-row"><div class="actions">
<button class="button button-quiet button-small" type="button">{% include "components/icon.html" with name="repeat" %} Repeat</button>
<button class="button button-quiet button-small" type="button">{% include "components/icon.html" with name="help" %} Clarify</button>
<button class="button button-quiet button-small" type="button">{% include "components/icon.html" with name="pause" %} Pause</button></div>
<button class="button button-primary" type="submit">I'm done</button></div></form></div></div>{% endblock %}"""
HTMX = """{% extends "base.html" %}
{% block head %}{% include "components/htmx.html" %}{% endblock %}
{% block main %}<h1>Ask</h1><form id="ask" hx-post="/answer/" hx-target="#answer" method="post" action="/answer/">
<label>Question <input name="question"></label><button class="button" type="submit">Ask</button></form>
<div id="answer"></div>{% endblock %}"""
SCRIPTS = """{% extends "base.html" %}
{% block main %}<h1>Scorecard</h1><form id="review" method="post" action="/save/">
<input type="hidden" name="version" value="1"><label>Note <textarea name="note"></textarea></label>
<p class="save-state" id="save-state" role="status"></p></form>
<time id="at" datetime="2026-11-24T09:30:00+00:00">24 November 2026, 09:30 UTC</time>{% endblock %}"""


def _page(source: str, request: HttpRequest) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(source).render({}, request))


def room(request: HttpRequest) -> HttpResponse:
    return _page(ROOM, request)


def htmx(request: HttpRequest) -> HttpResponse:
    return _page(HTMX, request)


def scripts(request: HttpRequest) -> HttpResponse:
    return _page(SCRIPTS, request)


def answer(request: HttpRequest) -> HttpResponse:
    """Takes the CSRF check like any form: without the header of htmx_setup.js this is 403."""
    return HttpResponse(f"<p>You asked for {len(request.POST['question'])} letters.</p>")


def save(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"version": int(request.POST["version"]) + 1})


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken on purpose")


def candidate_try(request: HttpRequest) -> HttpResponse:
    context = {"interview": SimpleNamespace(text_only=False), "room": {"language": "en"}}
    return render(request, "interviews/candidate_try.html", context)


def candidate_room(request: HttpRequest) -> HttpResponse:
    """The candidate's room without a database: the test itself is the server behind its socket."""
    interview = SimpleNamespace(
        text_only="text" in request.GET,
        position=SimpleNamespace(title="Backend engineer"),
        organisation=SimpleNamespace(name="Acme"),
    )
    room = {
        "interview": "7d0f1a52-9f0e-4d07-8a0a-2f3d5a1f0001",
        "name": "Cem Candidate",
        "mode": "ai_led",
        "language": "en",
        "silence": 1,
        "text_only": interview.text_only,
    }
    context = {"interview": interview, "is_ai_led": True, "room": room}
    return render(request, "interviews/candidate_room.html", context)


urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("styleguide/", styleguide),
    path("room/", room),
    path("candidate/", candidate_room, name="candidate_room"),
    path("candidate/try/", candidate_try, name="candidate_try"),
    path("candidate/withdraw/", candidate_room, name="candidate_withdraw"),
    path("htmx/", htmx),
    path("scripts/", scripts),
    path("answer/", answer),
    path("save/", save),
    path("broken/", broken),
]
