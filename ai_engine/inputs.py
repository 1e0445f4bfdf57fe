"""What callers hand to the engine and get back: plain frozen values, no database, no vendor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

JsonValue: TypeAlias = (
    "str | int | float | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
)
Lane = Literal["live", "background", "speech", "interim"]
"""Who is waiting: a person in a room, nobody (a job), a person's spoken words, or those still being spoken."""

Speaker = Literal["interviewer", "candidate", "ai"]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One stored piece of transcript. `ref` is the caller's own name for it."""

    ref: str
    speaker: Speaker
    name: str
    text: str
    started_ms: int


@dataclass(frozen=True, slots=True)
class Competency:
    """What is rated, with the anchor text of each of the levels 1 to 4."""

    ref: str
    name: str
    levels: tuple[str, str, str, str]
    description: str = ""


@dataclass(frozen=True, slots=True)
class PlanQuestion:
    ref: str
    text: str
    competency_ref: str
    was_asked: bool = True


@dataclass(frozen=True, slots=True)
class CallContext:
    """For whom a call is made, and within which bounds.

    `deadline` is in seconds; None takes the lane's own. `allowed_providers` None means all.
    """

    scope: str
    interview_ref: str = ""
    language: str = "en"
    lane: Lane = "background"
    deadline: float | None = None
    allowed_providers: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class ScopeRules:
    """What a scope may use: `budget` in US dollars for this month (None: no limit), and what is spent of it."""

    providers_off: frozenset[str] = frozenset()
    budget: Decimal | None = None
    spent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a text of the AI comes from. `degraded`: written without a model, as a last resort."""

    provider: str
    model: str
    prompt_version: str
    at: datetime
    tokens_in: int
    tokens_out: int
    cost: Decimal | None
    degraded: bool
    calls: int


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that were found in the excerpt `ref`, as they stand there, at [start:end]."""

    ref: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement about the interview with the words it rests on."""

    text: str
    section: str
    question_ref: str | None
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Delta:
    """The next words of an answer that is being written."""

    text: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Forget the words shown so far: the answer is asked anew from another provider."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The whole answer, as shown since the start or the last Withdrawn."""

    text: str
    provenance: Provenance


StreamEvent = Delta | Withdrawn | Finished


@dataclass(frozen=True, slots=True)
class Audio:
    """Recorded speech. `mime` such as "audio/webm"; the name of a file is derived from it."""

    content: bytes
    mime: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    """The words of a recording."""

    text: str
    provenance: Provenance
