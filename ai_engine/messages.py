"""What the engine says to a provider and hears from it: one request, one answer, for all vendors."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, Literal, TypeVar

from ai_engine.call_log import CallRecord
from ai_engine.inputs import Audio, CallContext, Delta, JsonValue, Provenance, Withdrawn

T = TypeVar("T")
Operation = Literal["complete", "stream", "transcribe"]
Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    role: Role
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question to a model. Skills fill the first part; the engine the second.

    `accept` turns the text into a value or raises ValueError with what is wrong, which the model
    is told once. `without_ai` writes the answer of last resort, in the same form; `read_own` turns it
    into the value where `accept` asks for more than that of a model (such as the interview's language).
    `forbidden`: an answer that holds one of these strings is thrown away.
    """

    skill: str
    messages: tuple[Message, ...]
    context: CallContext
    prompt_version: str = ""
    schema: Mapping[str, JsonValue] | None = None
    accept: Callable[[str], object] | None = None
    max_tokens: int = 1024
    temperature: float = 0.3
    forbidden: tuple[str, ...] = ()
    without_ai: Callable[[], str] | None = None
    read_own: Callable[[str], object] | None = None
    audio: Audio | None = None

    id: str = ""
    streamed: bool = False
    until: float = math.inf
    """The absolute end of this attempt, or of the whole request, on the engine's clock."""
    first_by: float = math.inf
    """When the first word of a streamed answer must have come."""
    hurried: bool = False
    """This attempt has less time than a provider may expect: to be late is no fault of its own."""
    trail: list[CallRecord] = field(default_factory=list, compare=False)
    """Every attempt made for this request, in order: the one thing written along the way."""

    @property
    def operation(self) -> Operation:
        if self.audio is not None:
            return "transcribe"
        return "stream" if self.streamed else "complete"


@dataclass(frozen=True, slots=True)
class Usage:
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    tokens_thinking: int = 0
    audio_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A provider's whole answer; in a stream its last part, without text of its own.

    `model` is the one that answered, `cost` what the provider itself says it cost.
    """

    text: str
    model: str
    finish: Literal["stop", "length"] = "stop"
    usage: Usage = Usage()
    cost: Decimal | None = None
    value: object = None


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """What a caller of the engine gets: the text, the accepted value, and where they come from."""

    text: str
    value: T
    provenance: Provenance
    truncated: bool = False


StreamPart = Delta | Withdrawn | Answer
