"""A member's own scorecard: saved while it is filled in, then submitted."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from interviews import access
from interviews.access import Permission
from interviews.models import Competency, Interview
from interviews.queries.reviews import (
    LevelWritten,
    ReviewShown,
    competencies_of,
    own_review,
)
from interviews.services.review_interview import (
    LevelGiven,
    ReviewChanged,
    ReviewDraft,
    ReviewSubmitted,
    save_review,
    submit_review,
)
from interviews.states import Overall
from interviews.views.doors import MemberRequest, member_page
from interviews.views.report import render_report
from interviews.views.report_words import whole_number
from webapi.parsing import is_storable


@require_POST
@member_page(Permission.REVIEW)
def review(request: MemberRequest, interview_id: uuid.UUID) -> HttpResponse:
    """Saves the form, or submits it. The autosave of the page asks for JSON."""
    interview = access.interview(request.member, interview_id, to=Permission.REVIEW)
    by_script = request.accepts("application/json") and not request.accepts("text/html")
    answer = _answer_in_json if by_script else _answer_in_html
    return answer(request, interview)


def _answer_in_json(request: MemberRequest, interview: Interview) -> HttpResponse:
    try:
        version = _store(request, interview, submit=False)
    except ReviewChanged:
        stored = own_review(interview, request.member)
        return JsonResponse({"version": stored.revision, "stored": _in_words(stored)}, status=409)
    except ReviewSubmitted:
        return JsonResponse({"problems": ["It was submitted already."]}, status=422)
    except ValidationError as problem:
        return JsonResponse({"problems": problem.messages}, status=422)
    return JsonResponse({"version": version})


def _answer_in_html(request: MemberRequest, interview: Interview) -> HttpResponse:
    submit = "submit" in request.POST
    try:
        _store(request, interview, submit=submit)
    except ReviewChanged:
        # Both texts are kept: theirs in the form, the other one beside it.
        stored = own_review(interview, request.member)
        typed = _as_typed(request, interview, version=stored.revision)
        return render_report(request, interview, status=409, fault={"own": typed, "stored": stored})
    except ReviewSubmitted:
        messages.info(request, "Your scorecard was submitted already.")
    except ValidationError as problem:
        version = whole_number(request.POST.get("version")) or 0
        fault = {
            "own": _as_typed(request, interview, version=version),
            "review_errors": problem.messages,
        }
        return render_report(request, interview, status=422, fault=fault)
    else:
        words = "Your scorecard is submitted." if submit else "Your scorecard is saved."
        messages.success(request, words)
    return redirect("report", interview.id)


def _store(request: MemberRequest, interview: Interview, *, submit: bool) -> int:
    draft = _draft(request.POST, competencies_of(interview))
    store = submit_review if submit else save_review
    stored = store(
        interview=interview,
        reviewer=request.member,
        draft=draft,
        revision=whole_number(request.POST.get("version")) or 0,
        now=timezone.now(),
    )
    return stored.revision


def _draft(posted: QueryDict, competencies: Sequence[Competency]) -> ReviewDraft:
    """The scorecard in a form. Raises ValidationError."""
    overall = posted.get("overall", "")
    if overall and overall not in Overall.values:
        raise ValidationError({"overall": "Choose one of the four."})
    return ReviewDraft(
        overall=overall,
        note=_text(posted, "note"),
        levels={
            each.id: LevelGiven(_level(posted, each), _text(posted, f"note-{each.id}"))
            for each in competencies
        },
    )


def _level(posted: QueryDict, competency: Competency) -> int | None:
    text = posted.get(f"level-{competency.id}", "")
    level = whole_number(text) if text else None
    if text and (level is None or not 1 <= level <= 4):
        raise ValidationError({"levels": f"Choose a level from 1 to 4 for {competency.name}."})
    return level


def _text(posted: QueryDict, name: str) -> str:
    text = posted.get(name, "").replace("\r\n", "\n")
    if not is_storable(text):
        raise ValidationError("A note holds characters that cannot be kept.")
    return text.strip()


def _as_typed(request: MemberRequest, interview: Interview, *, version: int) -> ReviewShown:
    """The form as it came, for showing it again."""
    stored = own_review(interview, request.member)
    levels = tuple(
        LevelWritten(
            row.competency,
            whole_number(request.POST.get(f"level-{row.competency.id}")),
            request.POST.get(f"note-{row.competency.id}", ""),
        )
        for row in stored.levels
    )
    return replace(
        stored,
        overall=request.POST.get("overall", ""),
        note=request.POST.get("note", ""),
        levels=levels,
        revision=version,
    )


def _in_words(shown: ReviewShown) -> dict[str, object]:
    """What the other window saved, for the page to show beside one's own words."""
    return {
        "overall": shown.overall_words,
        "note": shown.note,
        "levels": [
            {"competency": row.competency.name, "level": row.level, "note": row.note}
            for row in shown.levels
        ],
    }
