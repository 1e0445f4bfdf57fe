"""What a handler is told about the job it runs, and may ask."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from scheduler.models import Edge, Job
from scheduler.outcomes import JsonValue
from scheduler.states import JobState
from scheduler.storable import storable


class AttemptLostError(Exception):
    """The job is no longer this attempt's: it was rescued, cancelled or replayed meanwhile."""


@dataclass(frozen=True, slots=True)
class ParentResult:
    """How a parent ended, and what it answered."""

    state: JobState
    result: JsonValue
    error: str


@dataclass
class Run:
    """One attempt at one job."""

    job_id: int
    attempt: int
    scope: str = ""
    kind: str = ""
    step: str = ""
    workflow_id: int | None = None
    fan_in: int = 0
    reported: tuple[float, str] | None = field(default=None, repr=False)
    _cancel_requested: bool = field(default=False, repr=False)

    @cached_property
    def parents(self) -> Mapping[str, ParentResult]:
        """By the name of the step."""
        if not self.fan_in:
            return {}
        edges = Edge.objects.filter(child_id=self.job_id).values_list(
            "parent__step", "parent__state", "parent__result", "parent__reason"
        )
        return {
            step: ParentResult(JobState(state), result, reason)
            for step, state, result, reason in edges
        }

    def progress(self, fraction: float, note: str = "") -> None:
        """Shows on the job's page within a second. Cheap: call it as often as you like."""
        self.reported = (min(1.0, max(0.0, fraction)), storable(note)[:200])

    def cancel_requested(self) -> bool:
        """Long synchronous handlers ask this now and then, and answer Cancel."""
        return self._cancel_requested

    def request_cancel(self) -> None:
        self._cancel_requested = True

    def still_mine(self) -> None:
        """Call inside `transaction.atomic()`, before writing: the result then commits together with
        the certainty that no other attempt can commit one. Raises AttemptLostError."""
        held = (
            Job.objects.select_for_update(no_key=True)
            .filter(pk=self.job_id, attempt=self.attempt, state=JobState.RUNNING)
            .values_list("pk", flat=True)
            .first()
        )
        if held is None:
            raise AttemptLostError(f"Job {self.job_id} is no longer attempt {self.attempt}'s.")
