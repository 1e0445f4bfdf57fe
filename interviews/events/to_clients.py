"""What the server sends: a closed union of frozen values, and the frames of stored events."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import ClassVar

from interviews.states import InterviewState
from webapi.json import JsonValue


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the room."""

    role: str
    name: str


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question whose words are still coming."""

    msg_id: str
    text: str


@dataclass(frozen=True, slots=True)
class RoomClock:
    """Live time, pauses left out. `total_ms` is stretched by the candidate's extra time."""

    elapsed_ms: int
    total_ms: int
    runs: bool


@dataclass(frozen=True, slots=True)
class Welcome:
    type: ClassVar[str] = "welcome"
    you: Person
    state: InterviewState
    last_seq: int
    epoch: str
    presence: Sequence[Person]
    limits: Mapping[str, JsonValue]
    clock: RoomClock
    led_by: str  # "ai", or the name of the member who leads
    question: OpenQuestion | None = None
    is_reset: bool = False  # what the client had is of another history: drop it


@dataclass(frozen=True, slots=True)
class InterimHeard:
    type: ClassVar[str] = "segment.interim"
    seg_id: str
    text: str
    speaker: str
    name: str


@dataclass(frozen=True, slots=True)
class QuestionDelta:
    type: ClassVar[str] = "question.delta"
    msg_id: str
    offset: int
    text: str


@dataclass(frozen=True, slots=True)
class SuggestionReady:
    """For members. `because`: the candidate's words that caused it, each with its segment's id.

    `answer` is "later" for one that was put aside, told again to who comes in.
    """

    type: ClassVar[str] = "suggestion.ready"
    id: str
    text: str
    because: Sequence[Sequence[str]]
    answer: str = "open"


@dataclass(frozen=True, slots=True)
class CoverageChanged:
    """For members: the planned questions asked so far, and the competencies they belong to.

    `asked_ms`: what the room's clock showed when each of them was asked.
    """

    type: ClassVar[str] = "coverage.changed"
    questions: Sequence[str]
    competencies: Sequence[str]
    asked_ms: Sequence[int]


@dataclass(frozen=True, slots=True)
class GuardWarned:
    """For members: a prohibited topic, or a protected fact that must not count."""

    type: ClassVar[str] = "guard.warned"
    seg_id: str
    topic: str
    words: str
    advice: str


@dataclass(frozen=True, slots=True)
class AssistPaused:
    """For members: there are no suggestions for a while."""

    type: ClassVar[str] = "assist.paused"
    reason: str


@dataclass(frozen=True, slots=True)
class AssistResumed:
    """For members: an AI answers again."""

    type: ClassVar[str] = "assist.resumed"


@dataclass(frozen=True, slots=True)
class Presence:
    type: ClassVar[str] = "presence"
    people: Sequence[Person]


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Only after the commit. Speech has no number of its sender's own: `seg_id` says which it was."""

    type: ClassVar[str] = "ack"
    client_seq: int | None
    seq: int
    duplicate: bool
    seg_id: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    type: ClassVar[str] = "error"
    code: str
    message: str
    client_seq: int | None = None
    seg_id: str | None = None


@dataclass(frozen=True, slots=True)
class Pong:
    type: ClassVar[str] = "pong"
    t: float
    last_seq: int


ServerMessage = (
    Welcome
    | InterimHeard
    | QuestionDelta
    | SuggestionReady
    | CoverageChanged
    | GuardWarned
    | AssistPaused
    | AssistResumed
    | Presence
    | Acknowledged
    | Refused
    | Pong
)


def encode(message: ServerMessage) -> str:
    """The frame of a message that is not an event. Fields that are None are left out."""
    values = {field.name: getattr(message, field.name) for field in fields(message)}
    body = {name: value for name, value in values.items() if value is not None}
    return json.dumps({"type": message.type, **body}, default=_plain, ensure_ascii=False)


def encode_event(seq: int, kind: str, at: str, payload: Mapping[str, JsonValue]) -> str:
    """The frame of a stored event in the numbering of one audience."""
    return json.dumps(
        {**payload, "type": "event", "seq": seq, "kind": kind, "at": at}, ensure_ascii=False
    )


def _plain(value: object) -> object:
    assert isinstance(value, Person | OpenQuestion | RoomClock)
    return {field.name: getattr(value, field.name) for field in fields(value)}
