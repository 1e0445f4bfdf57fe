"""What the writers get."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TranscriptRow:
    """One segment. Times in milliseconds from the start of the interview."""

    ref: str
    speaker: str
    side: str  # interviewer, candidate or ai
    text: str
    started_ms: int
    ended_ms: int
    is_corrected: bool = False


@dataclass(frozen=True, slots=True)
class TranscriptToExport:
    title: str
    rows: tuple[TranscriptRow, ...]
    held_at: str = ""  # ISO 8601
    language: str = ""


def one_line(text: str) -> str:
    """Line breaks would end a cue, a paragraph or a header."""
    return " ".join(text.split())


def clock(milliseconds: int, *, with_milliseconds: bool = False) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    whole = f"{hours:02}:{minutes:02}:{seconds:02}"
    return f"{whole}.{rest:03}" if with_milliseconds else whole
