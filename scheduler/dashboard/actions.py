"""What an operator may do from the pages. To everybody else these do not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from scheduler import dead_letters, recurring
from scheduler.authoriser import Viewer, viewer_of
from scheduler.dashboard.forms import DemoForm, PayloadForm, ReasonForm
from scheduler.dashboard.views import job_context
from scheduler.dead_letters import NotReplayableError
from scheduler.demo import start_demo
from scheduler.enqueue import cancel_job, cancel_workflow
from scheduler.handlers import HANDLERS, BadPayloadError, UnknownKindError
from scheduler.kinds import pause_kind, resume_kind
from scheduler.models import Job, RecurringJob

P = ParamSpec("P")
_AT_ONCE = 500


def operating(
    view: Callable[Concatenate[HttpRequest, Viewer, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Only for viewers who may operate."""

    @wraps(view)
    def enter(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        viewer = viewer_of(request)
        if not viewer.may_operate:
            raise Http404
        return view(request, viewer, *args, **kwargs)

    return enter


@require_POST
@operating
def replay(request: HttpRequest, viewer: Viewer, job_id: int) -> HttpResponse:
    """As it is, or with the payload that was typed."""
    row = _job(job_id)
    payload = None
    if "payload" in request.POST:
        form = PayloadForm(request.POST)
        if not form.is_valid():
            return _refused(request, viewer, row, form)
        payload = form.cleaned_data["payload"]
    try:
        dead_letters.replay(job_id, payload=payload)
    except (BadPayloadError, UnknownKindError, NotReplayableError) as problem:
        form = PayloadForm(request.POST or {"payload": "{}"})
        form.is_valid()
        form.add_error(None, str(problem))
        return _refused(request, viewer, row, form)
    messages.success(request, f"Job {job_id} runs again.")
    return redirect("scheduler:job", job_id)


@require_POST
@operating
def replay_many(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    chosen = [int(one) for one in request.POST.getlist("job") if one.isdecimal() and len(one) < 19]
    if "all" in request.POST:
        rows = Job.objects.filter(state="dead", discarded_at__isnull=True)
        kind = request.POST.get("kind", "")
        rows = rows.filter(kind=kind) if kind else rows
        chosen = list(rows.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])
    count = dead_letters.replay_many(chosen)
    messages.success(request, f"{count} dead letter{'' if count == 1 else 's'} replayed.")
    return redirect("scheduler:dead-letters")


@require_POST
@operating
def discard(request: HttpRequest, viewer: Viewer, job_id: int) -> HttpResponse:
    row = _job(job_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say why it can go.")
        return redirect("scheduler:job", row.pk)
    try:
        dead_letters.discard(job_id, reason=f"{form.cleaned_data['reason']} ({viewer.name})")
    except NotReplayableError as problem:
        messages.error(request, str(problem))
        return redirect("scheduler:job", row.pk)
    messages.success(request, f"Job {job_id} is off the list. Its history stays.")
    return redirect("scheduler:dead-letters")


@require_POST
@operating
def cancel(request: HttpRequest, viewer: Viewer, job_id: int) -> HttpResponse:
    _job(job_id)
    if cancel_job(job_id, reason=f"Cancelled by {viewer.name}."):
        messages.success(request, f"Job {job_id} is cancelled, or was asked to stop.")
    else:
        messages.info(request, f"Job {job_id} had ended already.")
    return redirect("scheduler:job", job_id)


@require_POST
@operating
def cancel_run(request: HttpRequest, viewer: Viewer, workflow_id: int) -> HttpResponse:
    if cancel_workflow(workflow_id, reason=f"Cancelled by {viewer.name}."):
        messages.success(request, "The workflow is cancelled.")
    else:
        messages.info(request, "The workflow had ended already.")
    return redirect("scheduler:workflow", workflow_id)


@require_POST
@operating
def pause(request: HttpRequest, viewer: Viewer, kind: str) -> HttpResponse:
    if kind not in HANDLERS:
        raise Http404
    pause_kind(kind, by=viewer.name)
    messages.success(request, f"{kind} is paused. What runs goes on; nothing new starts.")
    return redirect("scheduler:overview")


@require_POST
@operating
def resume(request: HttpRequest, viewer: Viewer, kind: str) -> HttpResponse:
    if kind not in HANDLERS:
        raise Http404
    resume_kind(kind)
    messages.success(request, f"{kind} goes on.")
    return redirect("scheduler:overview")


@require_POST
@operating
def recurring_action(request: HttpRequest, viewer: Viewer, name: str) -> HttpResponse:
    """Run it now, or switch it on or off."""
    row = RecurringJob.objects.filter(pk=name).first()
    if row is None:
        raise Http404
    if request.POST.get("action") == "run":
        job_id = recurring.run_now(name)
        return redirect("scheduler:job", job_id)
    row.is_paused = not row.is_paused
    row.save(update_fields=["is_paused"])
    messages.success(request, f"{name} is {'paused' if row.is_paused else 'on again'}.")
    return redirect("scheduler:recurring")


@require_http_methods(["GET", "HEAD", "POST"])
@operating
def demo(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Start a workflow of a shape of one's own, and watch it."""
    form = DemoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        run = start_demo(**form.cleaned_data)
        return redirect("scheduler:workflow", run.pk)
    context = {"form": form, "viewer": viewer, "tab": "demo"}
    return render(request, "scheduler/demo.html", context, status=422 if form.is_bound else 200)


def _job(job_id: int) -> Job:
    row = Job.objects.filter(pk=job_id).first()
    if row is None:
        raise Http404
    return row


def _refused(request: HttpRequest, viewer: Viewer, row: Job, form: PayloadForm) -> HttpResponse:
    context = {**job_context(row), "payload_form": form, "viewer": viewer, "tab": "job"}
    return render(request, "scheduler/job.html", context, status=422)
