"""Jobs, workflows, recurring jobs and dead letters, for programs.

Who sees what, the authoriser says; what somebody may not see answers as what does not exist.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status
from pydantic import AwareDatetime, computed_field

from scheduler import clock, dead_letters
from scheduler.authoriser import Viewer, viewer_of
from scheduler.dead_letters import NotReplayableError
from scheduler.enqueue import cancel_job, cancel_workflow, enqueue, start_workflow
from scheduler.handlers import HANDLERS, BadPayloadError, UnknownKindError
from scheduler.housekeeping import remove
from scheduler.kinds import pause_kind, resume_kind
from scheduler.models import Attempt, Job, Kind, RecurringJob, WorkflowRun
from scheduler.priorities import Priority
from scheduler.progress import workflow_progress
from scheduler.recurring import BadScheduleError, run_now, set_recurring
from scheduler.states import JobState, WorkflowState
from scheduler.workflow import BadWorkflowError, Step, Workflow
from webapi.pages import PageOf, PageQuery, page_of
from webapi.problems import Conflict, FieldError, NotFound, Unprocessable

router = Router(tags=["jobs"])
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")]
Scope = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f]*$")]
Key = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f]*$")]
Reason = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00]+$")]
Payload = dict[str, Any]
_ATTEMPTS_TOLD: Final = 200  # a job that was put off for a day may have thousands
Identity = Annotated[int, Field(ge=1, lt=2**63)]


class JobOut(Schema):
    id: int
    kind: str
    state: JobState
    scope: str
    priority: int
    payload: Payload
    result: Any
    reason: str
    progress: float | None
    progress_note: str
    attempts: int = Field(alias="attempt")
    failures: int
    due_at: datetime
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    workflow: int | None = Field(alias="workflow_id")
    step: str

    @computed_field  # type: ignore[prop-decorator] # as pydantic documents it
    @property
    def is_known(self) -> bool:
        """Whether a handler of its kind is registered here; else it waits for one."""
        return self.kind in HANDLERS


class AttemptOut(Schema):
    number: int
    ended: str
    reason: str
    traceback: str
    worker: int | None = Field(alias="worker_id")
    started_at: datetime
    finished_at: datetime
    waited_ms: int


class JobWithAttempts(JobOut):
    attempts_made: list[AttemptOut]


class JobIn(Schema):
    kind: Name
    payload: Payload = {}
    scope: Scope = ""
    priority: Literal[-2, -1, 0, 1, 2] = 0
    run_at: AwareDatetime | None = None
    unique_key: Key = ""


class JobFilter(PageQuery):
    kind: str = Field("", max_length=100)
    state: JobState | None = None


class StepIn(Schema):
    name: Name
    kind: Name
    after: list[Name] = Field([], max_length=200)
    settled: list[Name] = Field([], max_length=200)
    dead: list[Name] = Field([], max_length=200)
    payload: Payload = {}


class WorkflowIn(Schema):
    name: Name
    steps: list[StepIn] = Field(min_length=1, max_length=1_000)
    scope: Scope = ""


class WorkflowOut(Schema):
    id: int
    name: str
    state: WorkflowState
    scope: str
    started_at: datetime
    finished_at: datetime | None


class EdgeOut(Schema):
    parent: int
    condition: str


class StepOut(Schema):
    job: int
    name: str
    kind: str
    state: JobState
    attempts: int
    error: str
    parents: list[EdgeOut]


class WorkflowWithSteps(WorkflowOut):
    steps: list[StepOut]
    is_cut: bool = Field(description="There are more steps than these.")


class RecurringIn(Schema):
    kind: Name
    payload: Payload = {}
    scope: Scope = ""
    cron: str = Field(max_length=100)
    time_zone: str = Field("UTC", max_length=60)
    catch_up: RecurringJob.CatchUp = RecurringJob.CatchUp.ONCE
    is_paused: bool = False


class RecurringOut(RecurringIn):
    name: str
    next_at: datetime
    last_at: datetime | None


class ReplayIn(Schema):
    """Without a payload it runs with the one it died with."""

    payload: Payload | None = None


class ReplayManyIn(Schema):
    jobs: list[Identity] = Field(max_length=500)


class ReplayedOut(Schema):
    replayed: int


class DiscardIn(Schema):
    reason: Reason


class KindOut(Schema):
    kind: str
    description: str
    timeout: float
    batch: int
    is_paused: bool


@router.get("/jobs", response=PageOf[JobOut])
def list_jobs(request: HttpRequest, wanted: Query[JobFilter]) -> Any:
    rows = _jobs(viewer_of(request))
    rows = rows.filter(kind=_storable(wanted.kind)) if wanted.kind else rows
    rows = rows.filter(state=wanted.state) if wanted.state else rows
    return page_of(rows, wanted)


@router.post("/jobs", response={201: JobOut})
def create_job(request: HttpRequest, body: JobIn) -> Any:
    """Enqueues a job of a kind that some installed app handles."""
    _operator(request)
    with _problems():
        job = enqueue(
            body.kind,
            body.payload,
            scope=body.scope,
            priority=Priority(body.priority),
            run_at=body.run_at,
            unique_key=body.unique_key or None,
        )
    return Status(201, job)


@router.get("/jobs/{int:job_id}", response=JobWithAttempts)
def read_job(request: HttpRequest, job_id: Identity) -> Any:
    """With its last attempts."""
    job = _job(viewer_of(request), job_id)
    attempts = Attempt.objects.filter(job_id=job.pk).order_by("-number")[:_ATTEMPTS_TOLD]
    known = JobOut.from_orm(job).model_dump(by_alias=True)
    return known | {"attempts_made": list(attempts)[::-1]}


@router.post("/jobs/{int:job_id}/cancel", response=JobOut)
def cancel_one_job(request: HttpRequest, job_id: Identity) -> Any:
    """Cancels what waits; asks what runs to stop."""
    viewer = _operator(request)
    job = _job(viewer, job_id)
    if not cancel_job(job.pk, reason=f"Cancelled by {viewer.name}."):
        raise Conflict("The job has ended.")
    job.refresh_from_db()
    return job


@router.delete("/jobs/{int:job_id}", response={204: None})
def delete_job(request: HttpRequest, job_id: Identity) -> Any:
    """Removes a job that has ended and belongs to no workflow."""
    job = _job(_operator(request), job_id)
    with transaction.atomic():
        held = Job.objects.select_for_update().get(pk=job.pk)
        if not JobState(held.state).is_final or held.workflow_id is not None:
            raise Conflict("Only a job that has ended, outside of a workflow, can be removed.")
        remove(held, now=clock.now())
    return Status(204, None)


@router.get("/workflows", response=PageOf[WorkflowOut])
def list_workflows(request: HttpRequest, page: Query[PageQuery]) -> Any:
    return page_of(_workflows(viewer_of(request)), page)


@router.post("/workflows", response={201: WorkflowOut})
def create_workflow(request: HttpRequest, body: WorkflowIn) -> Any:
    """Starts a graph of steps. A cycle is refused, and named."""
    _operator(request)
    with _problems():
        steps = tuple(
            Step(
                step.name,
                step.kind,
                after=tuple(step.after),
                settled=tuple(step.settled),
                dead=tuple(step.dead),
                payload=step.payload,
            )
            for step in body.steps
        )
        run = start_workflow(Workflow(body.name, steps), scope=body.scope)
    return Status(201, run)


@router.get("/workflows/{int:workflow_id}", response=WorkflowWithSteps)
def read_workflow(request: HttpRequest, workflow_id: Identity) -> Any:
    run = _workflow(viewer_of(request), workflow_id)
    progress = workflow_progress(run.pk)
    steps = [
        StepOut(
            job=step.job_id,
            name=step.name,
            kind=step.kind,
            state=step.state,
            attempts=step.attempts,
            error=step.error,
            parents=[EdgeOut(parent=parent, condition=how.value) for parent, how in step.parents],
        )
        for step in progress.steps
    ]
    return WorkflowOut.from_orm(run).model_dump() | {"steps": steps, "is_cut": progress.is_cut}


@router.post("/workflows/{int:workflow_id}/cancel", response=WorkflowOut)
def cancel_one_workflow(request: HttpRequest, workflow_id: Identity) -> Any:
    viewer = _operator(request)
    run = _workflow(viewer, workflow_id)
    if not cancel_workflow(run.pk, reason=f"Cancelled by {viewer.name}."):
        raise Conflict("The workflow has ended.")
    run.refresh_from_db()
    return run


@router.get("/recurring-jobs", response=PageOf[RecurringOut])
def list_recurring_jobs(request: HttpRequest, page: Query[PageQuery]) -> Any:
    return page_of(_recurring(viewer_of(request)), page, order=("pk",))


@router.get("/recurring-jobs/{name}", response=RecurringOut)
def read_recurring_job(request: HttpRequest, name: Name) -> Any:
    return _one_recurring(viewer_of(request), name)


@router.put("/recurring-jobs/{name}", response=RecurringOut)
def put_recurring_job(request: HttpRequest, name: Name, body: RecurringIn) -> Any:
    """Makes it, or changes it."""
    _operator(request)
    with _problems(), transaction.atomic():
        row = set_recurring(
            name=name,
            kind=body.kind,
            payload=body.payload,
            cron=body.cron,
            time_zone=body.time_zone,
            scope=body.scope,
            catch_up=body.catch_up,
        )
        row.is_paused = body.is_paused
        row.save(update_fields=["is_paused"])
    return row


@router.post("/recurring-jobs/{name}/run", response={201: JobOut})
def run_recurring_job(request: HttpRequest, name: Name) -> Any:
    """Once more, outside of its times."""
    row = _one_recurring(_operator(request), name)
    with _problems():
        return Status(201, Job.objects.get(pk=run_now(row.name)))


@router.delete("/recurring-jobs/{name}", response={204: None})
def delete_recurring_job(request: HttpRequest, name: Name) -> Any:
    """Its jobs stay."""
    _one_recurring(_operator(request), name).delete()
    return Status(204, None)


@router.get("/dead-letters", response=PageOf[JobOut])
def list_dead_letters(request: HttpRequest, wanted: Query[JobFilter]) -> Any:
    rows = _dead(viewer_of(request))
    rows = rows.filter(kind=_storable(wanted.kind)) if wanted.kind else rows
    return page_of(rows, wanted)


@router.get("/dead-letters/{int:job_id}", response=JobWithAttempts)
def read_dead_letter(request: HttpRequest, job_id: Identity) -> Any:
    if not _dead(viewer_of(request)).filter(pk=job_id).exists():
        raise NotFound
    return read_job(request, job_id)


@router.post("/dead-letters/replay", response=ReplayedOut)
def replay_dead_letters(request: HttpRequest, body: ReplayManyIn) -> Any:
    """Those of them that are dead letters."""
    _operator(request)
    return {"replayed": dead_letters.replay_many(body.jobs)}


@router.post("/dead-letters/{int:job_id}/replay", response=JobOut)
def replay_dead_letter(request: HttpRequest, job_id: Identity, body: ReplayIn) -> Any:
    """Runs it again with all its attempts ahead, and the workflow from there."""
    job = _job(_operator(request), job_id)
    with _problems():
        return dead_letters.replay(job.pk, payload=body.payload)


@router.post("/dead-letters/{int:job_id}/discard", response=JobOut)
def discard_dead_letter(request: HttpRequest, job_id: Identity, body: DiscardIn) -> Any:
    viewer = _operator(request)
    job = _job(viewer, job_id)
    with _problems():
        return dead_letters.discard(job.pk, reason=f"{body.reason} ({viewer.name})")


@router.get("/job-kinds", response=list[KindOut])
def list_job_kinds(request: HttpRequest) -> Any:
    """What can be enqueued here."""
    _operator(request)
    paused = set(Kind.objects.filter(paused_at__isnull=False).values_list("name", flat=True))
    return [
        KindOut(
            kind=handler.kind,
            description=handler.description,
            timeout=handler.timeout,
            batch=handler.batch,
            is_paused=handler.kind in paused,
        )
        for _, handler in sorted(HANDLERS.items())
    ]


@router.post("/job-kinds/{kind}/pause", response={204: None})
def pause_job_kind(request: HttpRequest, kind: Name) -> Any:
    """What runs goes on; nothing new starts."""
    pause_kind(_known(kind), by=_operator(request).name)
    return Status(204, None)


@router.post("/job-kinds/{kind}/resume", response={204: None})
def resume_job_kind(request: HttpRequest, kind: Name) -> Any:
    _operator(request)
    resume_kind(_known(kind))
    return Status(204, None)


@contextmanager
def _problems() -> Iterator[None]:
    """The scheduler's own refusals, as the API says them."""
    try:
        yield
    except UnknownKindError as problem:
        raise Unprocessable(errors=[FieldError("/kind", str(problem))]) from problem
    except BadPayloadError as problem:
        raise Unprocessable(errors=[FieldError("/payload", str(problem))]) from problem
    except BadWorkflowError as problem:
        raise Unprocessable(errors=[FieldError("/steps", str(problem))]) from problem
    except BadScheduleError as problem:
        raise Unprocessable(errors=[FieldError("/cron", str(problem))]) from problem
    except NotReplayableError as problem:
        raise Conflict(str(problem)) from problem


def _operator(request: HttpRequest) -> Viewer:
    viewer = viewer_of(request)
    if not viewer.may_operate:
        raise NotFound
    return viewer


def _jobs(viewer: Viewer) -> QuerySet[Job]:
    return Job.objects.all() if viewer.scope is None else Job.objects.filter(scope=viewer.scope)


def _dead(viewer: Viewer) -> QuerySet[Job]:
    return _jobs(viewer).filter(state=JobState.DEAD, discarded_at__isnull=True)


def _workflows(viewer: Viewer) -> QuerySet[WorkflowRun]:
    runs = WorkflowRun.objects.all()
    return runs if viewer.scope is None else runs.filter(scope=viewer.scope)


def _recurring(viewer: Viewer) -> QuerySet[RecurringJob]:
    rows = RecurringJob.objects.all()
    return rows if viewer.scope is None else rows.filter(scope=viewer.scope)


def _job(viewer: Viewer, job_id: int) -> Job:
    job = _jobs(viewer).filter(pk=job_id).first()
    if job is None:
        raise NotFound
    return job


def _workflow(viewer: Viewer, workflow_id: int) -> WorkflowRun:
    run = _workflows(viewer).filter(pk=workflow_id).first()
    if run is None:
        raise NotFound
    return run


def _one_recurring(viewer: Viewer, name: str) -> RecurringJob:
    row = _recurring(viewer).filter(pk=_storable(name)).first()
    if row is None:
        raise NotFound
    return row


def _known(kind: str) -> str:
    if kind not in HANDLERS:
        raise NotFound
    return kind


def _storable(text: str) -> str:
    """A NUL is in no row, and PostgreSQL refuses the question."""
    return text.replace("\x00", "")
