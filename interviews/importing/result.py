"""What an import gives, its limits, and the one way in which it refuses."""

from dataclasses import dataclass

MOST_BYTES = 20 * 1024 * 1024
MOST_CUES = 60_000
MOST_LINES = 300_000
MOST_LINE_CHARACTERS = 100_000
MOST_SPEAKERS = 200
LONGEST_NAME = 80
LONGEST_MS = 24 * 60 * 60 * 1000

UNNAMED = "Speaker"


class ImportRefused(Exception):
    """The file cannot become a transcript. `reason` is a sentence for the person who uploaded it.

    `line` counts from 1; None when the fault is in no single line.
    """

    def __init__(self, line: int | None, reason: str) -> None:
        super().__init__(reason if line is None else f"Line {line}: {reason}")
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ImportedSegment:
    speaker: str
    text: str
    started_ms: int
    ended_ms: int


@dataclass(frozen=True, slots=True)
class ImportedTranscript:
    """`notes` tell the person what was guessed or left out. Without `has_times` the times are estimates."""

    format: str  # vtt, srt, json or text
    language: str | None
    speakers: tuple[str, ...]  # in the order of their first words
    segments: tuple[ImportedSegment, ...]
    notes: tuple[str, ...] = ()
    has_times: bool = True


@dataclass(frozen=True, slots=True)
class Piece:
    """What a reader of one format found: somebody's words and their time, not yet joined.

    `speaker` None: not said. `started_ms` or `ended_ms` None: to be estimated.
    """

    line: int
    speaker: str | None
    lines: tuple[str, ...]
    started_ms: int | None
    ended_ms: int | None


@dataclass(frozen=True, slots=True)
class Reading:
    pieces: tuple[Piece, ...]
    language: str | None = None
    notes: tuple[str, ...] = ()
