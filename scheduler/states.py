"""The states of a job and of a workflow, each with the one who moves it there."""

from django.db import models


class JobState(models.TextChoices):
    """A job moves down this list, and back up only by a retry, a snooze, a rescue or a replay."""

    WAITING = "waiting", "Waiting"  # enqueue: for parents or for its time; execute: for a retry
    READY = "ready", "Ready"  # enqueue, the dispatcher when it is due, the last parent's finish
    RUNNING = "running", "Running"  # a worker's claim
    DONE = "done", "Done"  # the worker that ran it
    DEAD = "dead", "Dead"  # the worker, when no retry is left; the rescuer, at the third crash
    CANCELLED = "cancelled", "Cancelled"  # a person, the handler, or a parent it depended on

    @property
    def is_final(self) -> bool:
        return self in FINAL


OPEN = (JobState.WAITING, JobState.READY, JobState.RUNNING)
FINAL = (JobState.DONE, JobState.DEAD, JobState.CANCELLED)


class WorkflowState(models.TextChoices):
    """Derived from its jobs, in the transaction that settles one of them."""

    RUNNING = "running", "Running"  # some job is still open
    DONE = "done", "Done"  # nothing died
    PARTLY_FAILED = "partly_failed", "Partly failed"  # something died, some last step was done
    FAILED = "failed", "Failed"  # something died and no last step was done
    CANCELLED = "cancelled", "Cancelled"  # a person stopped it before any last step was done


class EdgeCondition(models.TextChoices):
    """When a child may run, as seen from one of its parents."""

    SUCCEEDED = "succeeded", "after it succeeded"
    SETTLED = "settled", "after it settled, however it ended"
    DIED = "died", "only if it died"

    def is_met_by(self, parent: JobState) -> bool:
        """Whether a parent that ended in this state lets the child run. Call with final states only."""
        match self:
            case EdgeCondition.SUCCEEDED:
                return parent is JobState.DONE
            case EdgeCondition.SETTLED:
                return True
            case EdgeCondition.DIED:
                return parent is JobState.DEAD


class AttemptEnd(models.TextChoices):
    """How one attempt at a job ended."""

    DONE = "done", "Done"
    RETRY = "retry", "Failed, to be tried again"
    SNOOZE = "snooze", "Put off: the outside was absent"
    DEAD = "dead", "Failed for good"
    CANCELLED = "cancelled", "Cancelled"
    HANDED_BACK = "handed_back", "Handed back"
    CRASHED = "crashed", "Its worker died"
