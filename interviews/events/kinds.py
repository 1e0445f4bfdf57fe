"""What both sides of a room's websocket know: kinds of events, close codes, limits."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal

from webapi.json import JsonValue

SUBPROTOCOL = "interview.v1"
LONGEST_TEXT = 16 * 1024  # bytes of UTF-8 in one segment
LONGEST_FRAME = (
    64 * 1024
)  # JSON may need several characters for one, so a frame is larger than its text
LONGEST_BINARY = 64 * 1024
LARGEST_NUMBER = 2**53 - 1  # what a browser counts exactly
LONGEST_INTERVIEW_MS = 24 * 3600 * 1000
LIMITS: Mapping[str, JsonValue] = {
    "text_bytes": LONGEST_TEXT,
    "frame_bytes": LONGEST_FRAME,
    "binary_bytes": LONGEST_BINARY,
    "durable_per_second": 20,
    "unacknowledged_events": 256,
    "unacknowledged_bytes": 256 * 1024,
    "ping_seconds": 15,
}

Audience = Literal["candidate", "member"]


class EventKind(StrEnum):
    """What may stand in a room's log. `for members` kinds never reach a candidate."""

    STATE_CHANGED = "state.changed"
    TIME_CHANGED = "time.changed"
    SEGMENT_FINAL = "segment.final"
    SEGMENT_CORRECTED = "segment.corrected"
    SPEECH_RECEIVED = "speech.received"  # for members: its words are still to come
    SEGMENT_EMPTY = "segment.empty"  # there were no words in it
    SEGMENT_DOUBLED = "segment.doubled"  # another microphone heard the same words
    SEGMENT_FAILED = "segment.failed"
    GAP_MARKED = "gap.marked"
    QUESTION_ASKED = "question.asked"
    QUESTION_WITHDRAWN = "question.withdrawn"
    QUESTION_HEARD = "question.heard"  # for members: reading it aloud broke off there
    TURN_FINISHED = "turn.finished"
    REQUEST_MADE = "request.made"  # repeat, clarify, skip or help
    LEAD_CHANGED = "lead.changed"  # the AI leads, or a member
    WHISPERED = "whispered"  # for members
    RECORDING_STARTED = "recording.started"  # for members: the candidate's voice is kept
    CONSENT_ANSWERED = "consent.answered"
    NOTE_ADDED = "note.added"  # for members
    MOMENT_MARKED = "moment.marked"  # for members
    SUGGESTION_ANSWERED = "suggestion.answered"  # for members


def brings_words(kind: str, payload: Mapping[str, Any], member_payload: Mapping[str, Any]) -> bool:
    """Whether from this event on its words stand under its speaker: new ones, or such as were taken for another's."""
    if kind != EventKind.SEGMENT_DOUBLED:
        return kind == EventKind.SEGMENT_FINAL
    return bool(payload["is_kept"]) and member_payload["other"]["speaker"] != payload["speaker"]


class CloseCode:
    """Why a socket is closed; sent after accepting, because a browser cannot read a refused handshake.

    1012 (restarting) is the server's own and is sent by `meetmind.restart`.
    """

    BAD_MESSAGE = 4000
    NOT_SIGNED_IN = 4001
    NOT_ALLOWED = 4003
    NO_SUCH_INTERVIEW = 4004
    TOO_SLOW = COME_BACK = 4008  # nothing is lost: resume
    NEWER_TAB = 4009
    INTERVIEW_OVER = 4010
    TOO_FAST = 4029
