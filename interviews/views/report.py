"""The report: what was said beside what the AI makes of it. It arrives piece by piece."""

import uuid
from collections.abc import Mapping
from dataclasses import replace

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from interviews import access
from interviews.access import Permission
from interviews.models import Debrief, Interview
from interviews.queries import reviews, transcript
from interviews.queries.debrief_progress import Progress, progress_of
from interviews.queries.recordings import recordings_of
from interviews.queries.report import (
    answers_of,
    find_debrief,
    insights_of,
    is_stale,
    scorecard_of,
    summary_of,
)
from interviews.queries.transcript import Window
from interviews.services.record_audit import record_audit
from interviews.services.replay_step import NotDead, replay_step
from interviews.services.start_debrief import DebriefUnderWay, rerun_debrief
from interviews.states import DebriefStatus, InterviewState, Outcome, Overall, PartKind
from interviews.views.doors import MemberRequest, member_page
from interviews.views.insight_charts import charts_of, tiles_of
from interviews.views.report_words import (
    debrief_words,
    has_providers,
    is_degraded,
    length_words,
    whole_number,
)


@require_GET
@member_page(Permission.SEE_REPORT)
def report(request: MemberRequest, interview_id: uuid.UUID) -> HttpResponse:
    interview = access.interview(request.member, interview_id, to=Permission.SEE_REPORT)
    record_audit(
        organisation=interview.organisation_id,
        action="report.seen",
        subject_kind="interview",
        subject_id=interview.id,
        member=request.member,
    )
    return render_report(request, interview)


def render_report(
    request: MemberRequest,
    interview: Interview,
    *,
    status: int = 200,
    fault: Mapping[str, object] | None = None,
) -> HttpResponse:
    """The whole page. `fault`: what a form of it is to show when it was refused."""
    debrief = _chosen_debrief(request, interview)
    context: dict[str, object] = {
        "interview": interview,
        "length_words": length_words(interview),
        "debrief_words": debrief_words(debrief),
        "debrief": debrief,
        "newest": find_debrief(interview) if "debrief" in request.GET else debrief,
        "window": _window(request, interview),
        "recordings": recordings_of(interview),
        "answers": answers_of(interview),
        "decisions": reviews.decisions_of(interview),
        "outcome_choices": Outcome.choices,
        "may_correct": access.may(request.member, Permission.LEAD),
        "may_decide": access.may(request.member, Permission.DECIDE),
        "is_over": interview.state == InterviewState.ENDED,
    }
    context |= _progress_context(request, debrief)
    for kind in PartKind:
        context |= _part_context(request, interview, debrief, kind)
    context |= fault or {}
    return render(request, "interviews/report.html", context, status=status)


@require_GET
@member_page(Permission.SEE_REPORT)
def report_part(request: MemberRequest, interview_id: uuid.UUID, kind: str) -> HttpResponse:
    """One part by itself, once it is there (or will not come); until then 204, which changes nothing."""
    interview = access.interview(request.member, interview_id, to=Permission.SEE_REPORT)
    debrief = _chosen_debrief(request, interview)
    if kind not in PartKind.values or debrief is None:
        raise Http404
    progress = progress_of(debrief)
    context = _part_context(request, interview, debrief, PartKind(kind))
    if context[kind] is None and progress.is_open(kind):
        return HttpResponse(status=204)
    context |= {"interview": interview, "debrief": debrief, "progress": progress}
    context["may_replay"] = access.may(request.member, Permission.LEAD)
    return render(request, f"interviews/_{kind}.html", context)


@require_GET
@member_page(Permission.SEE_REPORT)
def report_progress(request: MemberRequest, interview_id: uuid.UUID) -> HttpResponse:
    """How far the debrief is, unless the page shows that already (`seen`)."""
    interview = access.interview(request.member, interview_id, to=Permission.SEE_REPORT)
    debrief = _chosen_debrief(request, interview)
    if debrief is None:
        raise Http404
    if request.GET.get("seen") == progress_of(debrief).fingerprint:
        return HttpResponse(status=204)
    context: dict[str, object] = {
        "interview": interview,
        "debrief": debrief,
        "newest": find_debrief(interview),
    }
    context |= _progress_context(request, debrief)
    return render(request, "interviews/_progress.html", context)


@require_GET
@member_page(Permission.SEE_REPORT)
def report_transcript(request: MemberRequest, interview_id: uuid.UUID) -> HttpResponse:
    """A stretch of the transcript: `from`, `before` or `around` a place in it.

    It joins what the page shows already: on that side it has no link to what is there.
    """
    interview = access.interview(request.member, interview_id, to=Permission.SEE_REPORT)
    window = _window(request, interview)
    if "before" in request.GET:
        window = replace(window, later=None)
    elif "from" in request.GET:
        window = replace(window, earlier=None)
    context = {
        "interview": interview,
        "window": window,
        "may_correct": access.may(request.member, Permission.LEAD),
    }
    return render(request, "interviews/_transcript.html", context)


@require_POST
@member_page(Permission.LEAD)
def run_again(request: MemberRequest, interview_id: uuid.UUID) -> HttpResponse:
    interview = access.interview(request.member, interview_id, to=Permission.LEAD)
    try:
        with transaction.atomic():
            rerun_debrief(interview_id=interview.id, asked_by=request.member, now=timezone.now())
    except DebriefUnderWay:
        messages.info(request, "A debrief is being written already.")
    else:
        messages.success(request, "The debrief is being written again.")
    return redirect("report", interview.id)


@require_POST
@member_page(Permission.LEAD)
def replay(request: MemberRequest, interview_id: uuid.UUID, step: str) -> HttpResponse:
    interview = access.interview(request.member, interview_id, to=Permission.LEAD)
    debrief = find_debrief(interview)
    if debrief is None:
        raise Http404
    try:
        replay_step(debrief=debrief, step=step, by=request.member)
    except NotDead:
        messages.info(request, "This step is not waiting for anybody any more.")
    else:
        messages.success(request, "The step is being tried again.")
    return redirect("report", interview.id)


def _chosen_debrief(request: MemberRequest, interview: Interview) -> Debrief | None:
    """The newest, or an earlier one that the address names."""
    number = whole_number(request.GET.get("debrief"))
    debrief = find_debrief(interview, number)
    if debrief is None and number is not None:
        raise Http404
    return debrief


def _window(request: MemberRequest, interview: Interview) -> Window:
    around = whole_number(request.GET.get("around"))
    before = whole_number(request.GET.get("before"))
    if around is not None:
        window = transcript.window_around(interview, segment_id=around)
        if window is None:
            raise Http404
        return window
    if before is not None:
        return transcript.window_before(interview, position=before)
    if "whole" in request.GET:
        return transcript.whole(interview)
    return transcript.window_from(interview, position=whole_number(request.GET.get("from")) or 0)


def _part_context(
    request: MemberRequest, interview: Interview, debrief: Debrief | None, kind: PartKind
) -> dict[str, object]:
    """What a part's template needs. The AI's scorecard is not even read before it may be seen."""
    if kind is PartKind.SCORECARD:
        return _scorecard_context(request, interview, debrief)
    if debrief is None:
        return {kind.value: None}
    if kind is PartKind.SUMMARY:
        return {"summary": summary_of(debrief, interview)}
    insights = insights_of(debrief)
    if insights is None or insights.figures is None:
        return {"insights": insights}
    figures = insights.figures
    return {"insights": insights, "tiles": tiles_of(figures), "charts": charts_of(figures)}


def _scorecard_context(
    request: MemberRequest, interview: Interview, debrief: Debrief | None
) -> dict[str, object]:
    own = reviews.own_review(interview, request.member)
    may_see = access.may_see_ai_draft(request.member, interview)
    scorecard = scorecard_of(debrief) if may_see and debrief else None
    context: dict[str, object] = {
        "own": own,
        "overall_choices": Overall.choices,
        "may_see_draft": may_see,
        "may_review": access.may(request.member, Permission.REVIEW),
        "scorecard": scorecard,
        "comparison": None,
    }
    if may_see:
        context["comparison"] = reviews.compare(reviews.submitted_reviews(interview), scorecard)
    return context


def _progress_context(request: MemberRequest, debrief: Debrief | None) -> dict[str, object]:
    if debrief is None:
        return {"progress": Progress.nothing()}
    return {
        "progress": progress_of(debrief),
        "is_stale": is_stale(debrief),
        "is_degraded": is_degraded(debrief),
        "can_run_with_ai": has_providers(request.member.organisation),
        "may_run": access.may(request.member, Permission.LEAD)
        and debrief.status != DebriefStatus.WORKING,
        "may_replay": access.may(request.member, Permission.LEAD),
    }
