"""How far a debrief is, step by step and in words."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ObjectDoesNotExist

from interviews.models import Debrief
from interviews.states import DebriefStatus
from scheduler.progress import StepProgress, workflow_progress
from scheduler.states import FINAL, JobState

_WORDS = {
    "settle_transcript": "Settle the transcript",
    "summary": "Write the summary",
    "scorecard": "Draft the scorecard",
    "insights": "Derive the insights",
}
_EMAILS = "Tell the team by email"
_UNTOLD = frozenset({"finish"})  # a step of the house's own, of no interest to a reader


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step. `note` says why it waits or failed."""

    name: str
    words: str
    state: JobState
    note: str
    seconds: float | None

    @property
    def is_dead(self) -> bool:
        return self.state is JobState.DEAD

    @property
    def is_open(self) -> bool:
        return self.state not in FINAL


@dataclass(frozen=True, slots=True)
class Progress:
    status: str
    steps: tuple[StepShown, ...]

    @classmethod
    def nothing(cls) -> "Progress":
        return cls(DebriefStatus.NONE, ())

    @property
    def is_settled(self) -> bool:
        """Nothing more will come by itself."""
        return all(step.state in FINAL for step in self.steps)

    @property
    def done(self) -> int:
        return sum(step.state is JobState.DONE for step in self.steps)

    @property
    def fingerprint(self) -> str:
        """Changes when what is shown changes."""
        shown = [(step.name, step.state, step.note) for step in self.steps]
        return hashlib.sha256(repr((self.status, shown)).encode()).hexdigest()[:16]

    @property
    def by_name(self) -> dict[str, StepShown]:
        return {step.name: step for step in self.steps}

    def is_open(self, name: str) -> bool:
        """Whether this step may still end well by itself."""
        step = self.by_name.get(name)
        return step is not None and step.is_open


def progress_of(debrief: Debrief) -> Progress:
    return Progress(debrief.status, tuple(_shown(steps_of(debrief))))


def steps_of(debrief: Debrief) -> tuple[StepProgress, ...]:
    """The jobs of its workflow; none when they were pruned long after they ended."""
    if not debrief.workflow_id:
        return ()
    try:
        return workflow_progress(int(debrief.workflow_id)).steps
    except ObjectDoesNotExist:
        return ()


def _shown(rows: Iterable[StepProgress]) -> Iterable[StepShown]:
    emails = []
    for row in rows:
        if row.name.startswith("email_"):
            emails.append(row)
        elif row.name not in _UNTOLD:
            yield _step(row, _WORDS.get(row.name, row.name))
    if emails:
        # One line for all letters: the one that is furthest from being sent speaks for them.
        slowest = min(emails, key=lambda row: _FARTHEST.index(row.state))
        yield _step(slowest, _EMAILS)


_FARTHEST = (
    JobState.DEAD,
    JobState.WAITING,
    JobState.READY,
    JobState.RUNNING,
    JobState.CANCELLED,
    JobState.DONE,
)


def _step(row: StepProgress, words: str) -> StepShown:
    seconds = None
    if row.started is not None and row.finished is not None:
        seconds = (row.finished - row.started).total_seconds()
    return StepShown(row.name, words, row.state, row.error, seconds)
