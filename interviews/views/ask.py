"""Asks about an interview, and shows the answer when it is there."""

import uuid

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from interviews import access
from interviews.access import Permission
from interviews.queries.report import find_answer
from interviews.services.answer_question import ask_question
from interviews.views.doors import MemberRequest, member_page
from interviews.views.report import render_report
from webapi.limits import spend
from webapi.parsing import is_storable

MOST_PER_MINUTE = 20


@require_POST
@member_page(Permission.SEE_REPORT)
def ask(request: MemberRequest, interview_id: uuid.UUID) -> HttpResponse:
    interview = access.interview(request.member, interview_id, to=Permission.SEE_REPORT)
    text = request.POST.get("question", "")
    try:
        _check_text(text)
        _check_rate(request)
        answer = ask_question(
            interview=interview, asked_by=request.member, question=text, now=timezone.now()
        )
    except ValidationError as problem:
        if request.htmx:
            return render(
                request,
                "interviews/_ask_refused.html",
                {"problems": problem.messages},
                status=422,
            )
        fault = {"ask_errors": problem.messages, "ask_text": text}
        return render_report(request, interview, status=422, fault=fault)
    if not request.htmx:
        return redirect(f"{request.path.removesuffix('ask/')}#answer-{answer.id}")
    shown = find_answer(interview, answer.id)
    return render(request, "interviews/_answer.html", {"shown": shown, "interview": interview})


@require_GET
@member_page(Permission.SEE_REPORT)
def answer(request: MemberRequest, interview_id: uuid.UUID, answer_id: uuid.UUID) -> HttpResponse:
    """An answer by itself; 204 while it is worked on, which changes nothing on the page."""
    interview = access.interview(request.member, interview_id, to=Permission.SEE_REPORT)
    shown = find_answer(interview, answer_id)
    if shown is None:
        raise Http404
    if shown.is_working:
        return HttpResponse(status=204)
    return render(request, "interviews/_answer.html", {"shown": shown, "interview": interview})


def _check_text(text: str) -> None:
    if not is_storable(text):
        raise ValidationError("The question holds characters that cannot be kept.")


def _check_rate(request: MemberRequest) -> None:
    wait = spend(key=f"ask:{request.member.id}", most=MOST_PER_MINUTE, seconds=60)
    if wait is not None:
        raise ValidationError(f"That were many questions at once. Ask again in {wait} seconds.")
