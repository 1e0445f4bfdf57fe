"""What one may look at. Each view asks the authoriser whose scope it shows."""

import json
from collections.abc import AsyncIterator, Mapping

from asgiref.sync import sync_to_async
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from scheduler import clock
from scheduler.authoriser import Viewer, viewer_of
from scheduler.counters import live_counts
from scheduler.dashboard.bars import bars_of
from scheduler.dashboard.forms import JobFilter, PayloadForm, ReasonForm
from scheduler.dashboard.picture import draw
from scheduler.dashboard.stream import events, figures_json
from scheduler.figures import last_day, last_hour, look
from scheduler.handlers import HANDLERS
from scheduler.models import Attempt, Edge, Job, LeaderLease, RecurringJob, Worker, WorkflowRun
from scheduler.progress import workflow_progress
from scheduler.states import JobState

_PAGE = 50


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Everything at a glance, kept alive by the stream."""
    viewer = viewer_of(request)
    now = clock.now()
    figures = look(now=now, scope=viewer.scope)
    context = {
        "figures": figures,
        "live": figures_json(figures),
        "hour": bars_of(last_hour(now=now, scope=viewer.scope)),
        "day": bars_of(last_day(now=now, scope=viewer.scope)),
        "recent_workflows": _workflows(viewer).order_by("-pk")[:6],
    }
    return _page(request, viewer, "scheduler", context)


@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    form = JobFilter(request.GET)
    rows = _jobs(viewer)
    if form.is_valid():
        rows = rows.filter(state=form.cleaned_data["state"]) if form.cleaned_data["state"] else rows
        rows = rows.filter(kind=form.cleaned_data["kind"]) if form.cleaned_data["kind"] else rows
        workflow = form.cleaned_data["workflow"]
        rows = rows.filter(workflow_id=workflow) if workflow else rows
    return _page(request, viewer, "jobs", {"form": form, **_older(request, rows)})


@require_safe
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    viewer = viewer_of(request)
    row = _jobs(viewer).select_related("workflow").filter(pk=job_id).first()
    if row is None:
        raise Http404
    return _page(request, viewer, "job", job_context(row))


def job_context(row: Job) -> dict[str, object]:
    """What a job's page shows; also when an edit of its payload was refused."""
    attempts = list(Attempt.objects.filter(job_id=row.pk).order_by("-number")[: _PAGE + 1])
    edges = Edge.objects.filter(child=row).select_related("parent").order_by("parent_id")
    parents = edges[:_PAGE]
    return {
        "job": row,
        "attempts": attempts[:_PAGE],
        "more_attempts": len(attempts) > _PAGE,
        "parents": [(edge.parent, edge.get_condition_display()) for edge in parents],
        "is_known": row.kind in HANDLERS,
        "is_dead": row.state == JobState.DEAD,
        "is_open": not JobState(row.state).is_final,
        "payload_text": json.dumps(row.payload, indent=2, ensure_ascii=False),
        "payload_form": PayloadForm(initial={"payload": row.payload}),
        "reason_form": ReasonForm(),
    }


@require_safe
def workflows(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    return _page(request, viewer, "workflows", _older(request, _workflows(viewer)))


@require_safe
def workflow(request: HttpRequest, workflow_id: int) -> HttpResponse:
    """The graph, which fills in as the workflow runs."""
    viewer = viewer_of(request)
    if not _workflows(viewer).filter(pk=workflow_id).exists():
        raise Http404
    progress = workflow_progress(workflow_id)
    context = {"progress": progress, "picture": draw(progress), "states": JobState}
    return _page(request, viewer, "scheduler_workflow", context)


@require_safe
def dead_letters(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    rows = _jobs(viewer).filter(state=JobState.DEAD, discarded_at__isnull=True)
    counts = live_counts(scope=viewer.scope).by_kind  # those that were discarded, too
    kinds = sorted(kind for kind, states in counts.items() if states[JobState.DEAD.value] > 0)
    chosen = request.GET.get("kind", "")
    context = {"kinds": kinds, "kind": chosen, "form": JobFilter(request.GET)}
    if chosen:
        rows = rows.filter(kind=chosen)
    return _page(request, viewer, "dead_letters", {**context, **_older(request, rows)})


@require_safe
def workers(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    if not viewer.may_operate:
        raise Http404
    context = {
        "workers": Worker.objects.order_by("stopped_at", "-pk")[:60],
        "leader": LeaderLease.objects.filter(name="dispatcher").first(),
        "now": clock.now(),
    }
    return _page(request, viewer, "workers", context)


@require_safe
def recurring(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    rows = RecurringJob.objects.order_by("name")
    if viewer.scope is not None:
        rows = rows.filter(scope=viewer.scope)
    return _page(request, viewer, "recurring", {"rows": rows})


async def stream(request: HttpRequest) -> HttpResponseBase:
    """Server-sent events; `?workflow=` adds those of one workflow."""
    viewer = await sync_to_async(viewer_of)(request)
    wanted = request.GET.get("workflow", "")
    workflow_id = int(wanted) if wanted.isdecimal() and len(wanted) < 19 else None
    if workflow_id is not None:
        known = _workflows(viewer).filter(pk=workflow_id)
        if not await known.aexists():
            raise Http404
    return event_stream(events(scope=viewer.scope, workflow_id=workflow_id))


def event_stream(source: AsyncIterator[str]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(source, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"  # nginx would hold the events back
    return response


def _page(
    request: HttpRequest, viewer: Viewer, name: str, context: Mapping[str, object]
) -> HttpResponse:
    always = {"viewer": viewer, "tab": name, "known_kinds": HANDLERS}
    return render(request, f"scheduler/{name}.html", {**always, **context})


def _jobs(viewer: Viewer) -> QuerySet[Job]:
    return Job.objects.all() if viewer.scope is None else Job.objects.filter(scope=viewer.scope)


def _workflows(viewer: Viewer) -> QuerySet[WorkflowRun]:
    runs = WorkflowRun.objects.all()
    return runs if viewer.scope is None else runs.filter(scope=viewer.scope)


def _older(request: HttpRequest, rows: QuerySet[Job] | QuerySet[WorkflowRun]) -> dict[str, object]:
    """A page by the last id seen: page one thousand costs what page one costs, and nothing is counted."""
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: _PAGE + 1])
    query = request.GET.copy()
    if len(found) > _PAGE:
        query["before"] = str(found[_PAGE - 1].pk)
    older = f"?{query.urlencode()}" if len(found) > _PAGE else ""
    return {"rows": found[:_PAGE], "page_info": {"next_url": older, "previous_url": ""}}
