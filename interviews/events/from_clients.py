"""What a client may send, as a closed union, and the one place where its frames are read.

A client's frame is outside data: `parse` reads it strictly, within limits, in linear time, and answers
either a typed message or a BadMessage that says what is wrong.
"""

import re
import unicodedata
import uuid
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from interviews.events.kinds import (
    LARGEST_NUMBER,
    LONGEST_FRAME,
    LONGEST_INTERVIEW_MS,
    LONGEST_TEXT,
    Audience,
)


class BadMessage(Exception):
    """A frame that is not a message. `client_seq` or `seg_id` says which one, where that is known."""

    def __init__(
        self, code: str, message: str, client_seq: int | None = None, seg_id: str | None = None
    ) -> None:
        super().__init__(code)
        self.code, self.message = code, message
        self.client_seq, self.seg_id = client_seq, seg_id


def clean_text(text: str) -> str:
    """Without control characters (a database refuses NUL), line ends as \\n, no blank ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def _fits(text: str) -> str:
    cleaned = clean_text(text)
    if len(cleaned.encode()) > LONGEST_TEXT:
        raise ValueError(_TOO_LONG)
    return cleaned


def _says_something(text: str) -> str:
    if not text:
        raise ValueError(_EMPTY)
    return text


_TOO_LONG, _EMPTY = "text_too_long", "text_empty"
MaybeText = Annotated[str, AfterValidator(_fits)]
Text = Annotated[MaybeText, AfterValidator(_says_something)]
ClientSeq = Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]
Seq = Annotated[int, Field(ge=0, le=LARGEST_NUMBER)]
SegId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")]
Milliseconds = Annotated[int, Field(ge=0, le=LONGEST_INTERVIEW_MS)]
# However long it waited, it is no reason to refuse what was said: it is as old as an interview can be.
Age = Annotated[int, Field(ge=0), AfterValidator(lambda ms: min(ms, LONGEST_INTERVIEW_MS))]
_SEG_ID: TypeAdapter[str] = TypeAdapter(SegId)
_CLIENT_SEQ: TypeAdapter[int] = TypeAdapter(ClientSeq)
T = TypeVar("T")


class _ClientMessage(BaseModel):
    # Unknown fields are ignored, so that a newer page can talk to an older server during a deploy.
    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", populate_by_name=True)


class Hello(_ClientMessage):
    type: Literal["hello"]
    as_: Audience = Field(alias="as")
    client_id: uuid.UUID
    epoch: Annotated[str, Field(max_length=64)] | None = None
    resume_from: Seq = 0


class SegmentInterim(_ClientMessage):
    type: Literal["segment.interim"]
    seg_id: SegId
    text: MaybeText
    speaker: Literal["candidate", "interviewer"] | None = None


class SegmentFinal(_ClientMessage):
    type: Literal["segment.final"]
    client_seq: ClientSeq
    client_id: uuid.UUID | None = None  # of the tab that wrote it first, when another resends it
    seg_id: SegId
    text: Text
    started_ms: Milliseconds = 0
    ended_ms: Milliseconds = 0
    source: Literal["typed", "browser", "provider"] = "typed"
    speaker: Literal["candidate", "interviewer"] | None = None


class SegmentCorrect(_ClientMessage):
    type: Literal["segment.correct"]
    client_seq: ClientSeq
    client_id: uuid.UUID | None = None
    seg_id: SegId
    text: Text


class AudioStart(_ClientMessage):
    type: Literal["audio.start"]
    seg_id: SegId
    codec: Literal["wav", "pcm16", "webm"]
    rate: Annotated[int, Field(ge=8000, le=96_000)]
    speaker: Literal["candidate", "interviewer"] | None = None  # a member feeds it for them


class AudioEnd(_ClientMessage):
    type: Literal["audio.end"]
    seg_id: SegId
    age_ms: Age = 0  # since its last word was said: it may have waited for a connection


class TurnFinished(_ClientMessage):
    type: Literal["turn.finished"]
    client_seq: ClientSeq
    client_id: uuid.UUID | None = None
    seg_ids: Annotated[list[SegId], Field(min_length=1, max_length=200)]


class QuestionHeard(_ClientMessage):
    """Reading a question aloud broke off: its sound was heard that far. Its text was always shown whole."""

    type: Literal["question.heard"]
    client_seq: ClientSeq
    client_id: uuid.UUID | None = None
    msg_id: uuid.UUID
    heard_chars: Annotated[int, Field(ge=0, le=LONGEST_TEXT)]


CandidateAction = Literal["repeat", "clarify", "skip", "help"]
MemberAction = Literal["take_over", "hand_back", "whisper", "stop_ai"]
Action = Literal["start", "pause", "resume", "end"] | CandidateAction | MemberAction


class Control(_ClientMessage):
    type: Literal["control"]
    client_seq: ClientSeq
    client_id: uuid.UUID | None = None
    action: Action
    text: MaybeText = ""


class SuggestionAnswer(_ClientMessage):
    type: Literal["suggestion.answer"]
    client_seq: ClientSeq
    client_id: uuid.UUID | None = None
    suggestion_id: uuid.UUID
    answer: Literal["use", "dismiss", "later"]


class MomentMark(_ClientMessage):
    type: Literal["moment.mark"]
    client_seq: ClientSeq
    client_id: uuid.UUID | None = None
    seg_id: SegId | None = None
    label: MaybeText = ""


class NoteAdd(_ClientMessage):
    type: Literal["note.add"]
    client_seq: ClientSeq
    client_id: uuid.UUID | None = None
    text: Text
    seg_id: SegId | None = None


class Ack(_ClientMessage):
    type: Literal["ack"]
    seq: Seq


class Ping(_ClientMessage):
    type: Literal["ping"]
    t: Annotated[float, Field(allow_inf_nan=False)] = 0


ClientMessage = (
    Hello
    | SegmentInterim
    | SegmentFinal
    | SegmentCorrect
    | AudioStart
    | AudioEnd
    | TurnFinished
    | QuestionHeard
    | Control
    | SuggestionAnswer
    | MomentMark
    | NoteAdd
    | Ack
    | Ping
)
Durable = (
    SegmentFinal
    | SegmentCorrect
    | TurnFinished
    | QuestionHeard
    | Control
    | SuggestionAnswer
    | MomentMark
    | NoteAdd
)
_READER: TypeAdapter[ClientMessage] = TypeAdapter(
    Annotated[ClientMessage, Field(discriminator="type")]
)


def parse(frame: str) -> ClientMessage:
    """The message in a text frame. Raises BadMessage."""
    if len(frame) > LONGEST_FRAME:
        raise BadMessage(
            "frame_too_large",
            f"A message may have {LONGEST_FRAME // 1024} kB.",
            _client_seq_at_its_start(frame),
        )
    try:
        return _READER.validate_json(frame)
    except ValidationError as problem:
        error = problem.errors(include_url=False, include_context=False, include_input=False)[0]
        raise _bad_message(frame, error["type"], error["loc"], error["msg"]) from None
    except UnicodeEncodeError:  # half a character: no text at all
        raise BadMessage("bad_json", "This is not JSON text.") from None


def _bad_message(frame: str, kind: str, where: tuple[int | str, ...], why: str) -> BadMessage:
    if kind in ("json_invalid", "string_unicode"):
        return BadMessage("bad_json", "This is not JSON, or it is nested too deeply.")
    which = _which(frame)
    if kind.startswith("union_tag") or kind in ("model_type", "model_attributes_type", "dict_type"):
        return BadMessage("unknown_type", "A message is an object with a known “type”.", *which)
    if _TOO_LONG in why:
        limit = f"{LONGEST_TEXT // 1024} kB"
        return BadMessage(
            "text_too_long", f"A text may have {limit}: send a long answer in parts.", *which
        )
    if _EMPTY in why:
        return BadMessage("text_empty", "There are no words in this message.", *which)
    field = ".".join(str(part) for part in where[1:]) or "message"
    return BadMessage("bad_field", f"The field “{field}” cannot be used.", *which)


def _which(frame: str) -> tuple[int | None, str | None]:
    """The sender's own number, and the segment, of a message that is wrong elsewhere."""
    value = from_json(frame, cache_strings=False)
    if not isinstance(value, dict):
        return None, None
    return _valid(_CLIENT_SEQ, value.get("client_seq")), _valid(_SEG_ID, value.get("seg_id"))


def _valid(adapter: TypeAdapter[T], value: object) -> T | None:
    try:
        return adapter.validate_python(value, strict=True)
    except ValidationError:
        return None


_CLIENT_SEQ_FIRST = re.compile(r'"client_seq"\s*:\s*([0-9]{1,15})\b')


def _client_seq_at_its_start(frame: str) -> int | None:
    # A frame over the limit is not read as a whole; our own clients put the number before the text.
    found = _CLIENT_SEQ_FIRST.search(frame[:500])
    return int(found[1]) if found else None
