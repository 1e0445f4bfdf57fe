"""Asking for work. Rows are written in the caller's transaction; workers wake when it commits.

So nothing is done before the commit, and nothing committed is forgotten.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from scheduler import clock, graph
from scheduler.counters import Move, count_moves
from scheduler.databases import database
from scheduler.handlers import Handler, handler_of
from scheduler.models import Edge, Job, WorkflowRun
from scheduler.outcomes import JsonValue
from scheduler.priorities import Priority, sort_key
from scheduler.states import OPEN, JobState, WorkflowState
from scheduler.wakeup import announce, nudge_on_commit
from scheduler.workflow import Step, Workflow

Payload = Mapping[str, object]

_MANY: Final = 500  # rows after which the planner is told


def enqueue(
    kind: str,
    payload: Payload,
    *,
    scope: str = "",
    priority: Priority | None = None,
    run_at: datetime | None = None,
    unique_key: str | None = None,
    idempotency_key: str | None = None,
    recurring: str = "",
) -> Job:
    """Asks for one job.

    unique_key: while a job of this kind with this key is open, that one is answered instead.
    idempotency_key: the first job of this scope with this key is answered, for as long as it is kept.
    Raises UnknownKindError, BadPayloadError.
    """
    handler = handler_of(kind)
    now = clock.synchronised_now()
    job = _new_job(
        handler,
        handler.checked(payload),
        scope=scope,
        priority=handler.priority if priority is None else priority,
        due_at=now if run_at is None else max(run_at, now),  # an old date buys no precedence
        now=now,
    )
    job.unique_key = unique_key or ""
    job.idempotency_key = idempotency_key or ""
    job.recurring = recurring
    with transaction.atomic():
        if unique_key or idempotency_key:
            known = _inserted_or_known(job)
            if known is not job:
                return known
        else:
            job.save(force_insert=True)
        _committed_soon([job], now=now)
    return job


def enqueue_many(
    kind: str, payloads: Iterable[Payload], *, scope: str = "", priority: Priority | None = None
) -> list[Job]:
    """Asks for many jobs of one kind at once. Raises UnknownKindError, BadPayloadError."""
    handler = handler_of(kind)
    now = clock.synchronised_now()
    chosen = handler.priority if priority is None else priority
    jobs = [
        _new_job(
            handler, handler.checked(payload), scope=scope, priority=chosen, due_at=now, now=now
        )
        for payload in payloads
    ]
    with transaction.atomic():
        Job.objects.bulk_create(jobs, batch_size=2_000)
        _committed_soon(jobs, now=now)
    return jobs


def start_workflow(
    workflow: Workflow,
    *,
    payload: Mapping[str, object] | None = None,
    scope: str = "",
    idempotency_key: str | None = None,
) -> WorkflowRun:
    """Asks for all steps of a workflow.

    payload: either step name → that step's payload, or one payload of which each step gets the
    arguments its handler takes. A step's own payload is the default.
    Raises UnknownKindError, BadPayloadError.
    """
    now = clock.synchronised_now()
    given = payload or {}
    by_step = bool(given) and {step.name for step in workflow.steps}.issuperset(given)
    run = WorkflowRun(
        name=workflow.name,
        scope=scope,
        state=WorkflowState.RUNNING,
        idempotency_key=idempotency_key or "",
        started_at=now,
    )
    inner = {parent for step in workflow.steps for parent in step.parents}
    watched = {parent for step in workflow.steps for parent in step.dead}
    jobs: dict[str, Job] = {}
    for step in workflow.in_order():
        job = _step_job(step, _payload_of(step, given, by_step=by_step), scope=scope, now=now)
        job.is_leaf = step.name not in inner
        job.is_plain = not job.is_leaf and step.name not in watched
        jobs[step.name] = job
    with transaction.atomic():
        if idempotency_key:
            known = _started_or_known(run)
            if known is not run:
                return known
        else:
            run.save(force_insert=True)
        for job in jobs.values():
            job.workflow = run
        Job.objects.bulk_create(jobs.values(), batch_size=2_000)
        _connect(workflow, jobs)
        _committed_soon(jobs.values(), now=now)
    return run


def cancel_job(job_id: int, *, reason: str) -> bool:
    """Cancels a job, or asks it to stop if it runs. False when it had ended already."""
    with transaction.atomic():
        concerned = graph.cancel_jobs([job_id], reason=reason, now=clock.now())
        nudge_on_commit()
    return bool(concerned)


def cancel_workflow(workflow_id: int, *, reason: str) -> bool:
    """Cancels all that is open of a workflow. False when it had ended already."""
    now = clock.now()
    with transaction.atomic():
        # The jobs before the workflow, as whoever finishes one of them, and those that have ended, as whoever
        # replays one of them: else the two wait for each other.
        jobs = Job.objects.select_for_update(no_key=True).filter(workflow_id=workflow_id)
        steps = list(jobs.order_by("pk").values_list("pk", "state"))
        runs = WorkflowRun.objects.filter(pk=workflow_id, state=WorkflowState.RUNNING)
        if not runs.update(cancel_reason=reason[:300]):
            return False
        still_open = (job for job, state in steps if state in OPEN)
        graph.cancel_jobs(still_open, reason=reason, now=now)
        graph.settle_workflows([workflow_id], now=now)
    return True


def _new_job(  # each value is a column
    handler: Handler,
    payload: dict[str, JsonValue],
    *,
    scope: str,
    priority: int,
    due_at: datetime,
    now: datetime,
) -> Job:
    return Job(
        kind=handler.kind,
        payload=payload,
        scope=scope,
        priority=priority,
        sort_key=sort_key(due_at=due_at, priority=priority),
        state=JobState.READY if due_at <= now else JobState.WAITING,
        due_at=due_at,
        created_at=now,
    )


def _step_job(step: Step, payload: Payload, *, scope: str, now: datetime) -> Job:
    handler = handler_of(step.kind)
    priority = step.priority or handler.priority
    job = _new_job(
        handler, handler.checked(payload), scope=scope, priority=priority, due_at=now, now=now
    )
    job.step = step.name
    job.unmet = job.fan_in = len(step.parents)
    if job.unmet:
        job.state = JobState.WAITING
    return job


def _payload_of(step: Step, given: Mapping[str, object], *, by_step: bool) -> Payload:
    if by_step:
        own = given.get(step.name, {})
        if not isinstance(own, Mapping):
            raise TypeError(f"The payload of step {step.name!r} is not a mapping.")
        return {**step.payload, **own}
    wanted = handler_of(step.kind).argument_names
    return {**{key: given[key] for key in given if key in wanted}, **step.payload}


def _connect(workflow: Workflow, jobs: Mapping[str, Job]) -> None:
    edges = [
        Edge(parent=jobs[parent], child=jobs[step.name], condition=condition)
        for step in workflow.steps
        for parent, condition in step.parents.items()
    ]
    Edge.objects.bulk_create(edges, batch_size=2_000)


def _inserted_or_known(job: Job) -> Job:
    """The job, or the one that holds its key. The constraint decides, so a race cannot make two."""
    tries = 3
    while True:
        try:
            with transaction.atomic():
                job.save(force_insert=True)
        except IntegrityError:
            known = _holder_of_the_key(job)
            if known is not None:
                return known
            tries -= 1
            if not tries:
                raise  # a snapshot that cannot see who holds the key
            job.pk = None  # the holder ended between the two looks: the key is free
        else:
            return job


def _holder_of_the_key(job: Job) -> Job | None:
    if job.idempotency_key:
        known = Job.objects.filter(scope=job.scope, idempotency_key=job.idempotency_key).first()
        if known is not None:
            return known
    if not job.unique_key:
        return None
    return Job.objects.filter(kind=job.kind, unique_key=job.unique_key, state__in=OPEN).first()


def _started_or_known(run: WorkflowRun) -> WorkflowRun:
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        return WorkflowRun.objects.get(scope=run.scope, idempotency_key=run.idempotency_key)
    return run


def _committed_soon(jobs: Iterable[Job], *, now: datetime) -> None:
    jobs = list(jobs)
    count_moves((Move(job.kind, job.scope, None, JobState(job.state)) for job in jobs), now=now)
    if len(jobs) >= _MANY:
        transaction.on_commit(database().look_again, robust=True)
    if any(job.state == JobState.READY for job in jobs):
        nudge_on_commit()
    timers = [job for job in jobs if job.state == JobState.WAITING and not job.unmet]
    if timers:
        first = min(timers, key=lambda job: job.due_at)
        transaction.on_commit(lambda: announce(first.pk, first.due_at), robust=True)
