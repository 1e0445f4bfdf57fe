"""What passes between claiming, running and finishing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scheduler.outcomes import JsonValue
from scheduler.states import AttemptEnd, JobState


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a slot claims: the first due of the ready jobs; if it is of the kind `batch_of`, up to `limit` of it."""

    limit: int
    worker_id: int | None
    now: datetime
    batch_of: str = ""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that a worker holds. (id, attempt) is the fence for all it writes."""

    id: int
    attempt: int
    kind: str
    payload: Mapping[str, JsonValue]
    scope: str
    priority: int
    failures: int
    crashes: int
    snoozed_since: datetime | None
    workflow_id: int | None
    step: str
    fan_in: int
    is_leaf: bool
    is_plain: bool
    due_at: datetime
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """What is to be written about an attempt. Without `ended` it never began and leaves no trace.

    due_at and sort_key are given where the job goes back to wait.
    """

    id: int
    attempt: int
    kind: str
    scope: str
    is_leaf: bool
    is_plain: bool
    state: JobState
    ended: AttemptEnd | None
    started_at: datetime
    finished_at: datetime
    waited_ms: int
    reason: str = ""
    traceback: str = ""
    result: JsonValue = None
    due_at: datetime | None = None
    sort_key: int | None = None
    spent: int = 0
    crashed: int = 0
    snoozed_since: datetime | None = None
    snoozed_until: datetime | None = None

    @property
    def ran_ms(self) -> int:
        if self.ended is None:
            return 0
        return max(0, round((self.finished_at - self.started_at).total_seconds() * 1000))


@dataclass(frozen=True, slots=True)
class Finished:
    """A job whose row really changed: the attempt was still its own."""

    id: int
    state: JobState
    workflow_id: int | None
    is_leaf: bool
    is_plain: bool
