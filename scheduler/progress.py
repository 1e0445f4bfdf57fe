"""How far things are, for pages. Reads only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from scheduler.models import Edge, Job, WorkflowRun
from scheduler.states import EdgeCondition, JobState, WorkflowState

MOST_STEPS: Final = (
    1_000  # of a larger workflow, the first are told: nobody draws or reads them all
)


@dataclass(frozen=True, slots=True)
class StepProgress:
    """One step of a workflow. `attempts` counts runs that began, `error` is why the last one failed."""

    job_id: int
    name: str
    kind: str
    state: JobState
    attempts: int
    error: str
    progress: float | None
    note: str
    started: datetime | None
    finished: datetime | None
    parents: tuple[tuple[int, EdgeCondition], ...] = ()

    @property
    def is_retrying(self) -> bool:
        """It ran, and waits to be tried again."""
        return self.state is JobState.WAITING and self.attempts > 0


@dataclass(frozen=True, slots=True)
class WorkflowProgress:
    workflow_id: int
    name: str
    scope: str
    state: WorkflowState
    started: datetime
    finished: datetime | None
    steps: tuple[StepProgress, ...]
    is_cut: bool = False  # there are more steps than told

    @property
    def is_over(self) -> bool:
        return self.state is not WorkflowState.RUNNING

    def step(self, name: str) -> StepProgress:
        """Raises KeyError."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)


def workflow_progress(workflow_id: int) -> WorkflowProgress:
    """Raises WorkflowRun.DoesNotExist."""
    run = WorkflowRun.objects.get(pk=workflow_id)
    steps = Job.objects.filter(workflow_id=workflow_id).defer("payload", "result")
    jobs = list(steps.order_by("pk")[: MOST_STEPS + 1])
    told = jobs[:MOST_STEPS]
    parents: dict[int, list[tuple[int, EdgeCondition]]] = {}
    edges = Edge.objects.filter(child_id__in=[job.pk for job in told]).order_by("parent_id")
    for parent_id, child_id, condition in edges.values_list("parent_id", "child_id", "condition"):
        parents.setdefault(child_id, []).append((parent_id, EdgeCondition(condition)))
    return WorkflowProgress(
        workflow_id=run.pk,
        name=run.name,
        scope=run.scope,
        state=WorkflowState(run.state),
        started=run.started_at,
        finished=run.finished_at,
        steps=tuple(_step(job, tuple(parents.get(job.pk, ()))) for job in told),
        is_cut=len(jobs) > len(told),
    )


def _step(job: Job, parents: tuple[tuple[int, EdgeCondition], ...]) -> StepProgress:
    return StepProgress(
        job_id=job.pk,
        name=job.step,
        kind=job.kind,
        state=JobState(job.state),
        attempts=job.attempt,
        error="" if job.state == JobState.DONE else job.reason,
        progress=job.progress,
        note=job.progress_note,
        started=job.started_at,
        finished=job.finished_at,
        parents=parents,
    )
