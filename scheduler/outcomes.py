"""What a handler may answer. Any exception it raises counts as Retry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

JsonValue: TypeAlias = (
    "str | int | float | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
)


@dataclass(frozen=True, slots=True)
class Done:
    """It is done. The result is handed to the children."""

    result: JsonValue = None


@dataclass(frozen=True, slots=True)
class Retry:
    """The job's own failure: spend an attempt and try again after the back-off, or `after` seconds."""

    reason: str
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Snooze:
    """The outside is absent: no attempt is spent; the kind pauses, and one probe goes first.

    With `pauses_kind=False` it is absent for this job alone: the others of its kind go on.
    """

    reason: str
    seconds: float
    pauses_kind: bool = True


@dataclass(frozen=True, slots=True)
class Fail:
    """It can never succeed as it stands: a dead letter now."""

    reason: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """It is no longer wanted."""

    reason: str


Outcome: TypeAlias = Done | Retry | Snooze | Fail | Cancel
