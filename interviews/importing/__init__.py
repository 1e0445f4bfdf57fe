"""A finished interview from a file: WebVTT, SRT, JSON, plain text or DOCX -> segments with speakers and times.

`read_transcript` is the whole face. It either gives a transcript or raises ImportRefused, whatever the bytes.
"""

from pathlib import PurePosixPath

from interviews.importing.cues import read_cues
from interviews.importing.decoding import decode, split_lines
from interviews.importing.joining import join
from interviews.importing.json_shapes import read_json
from interviews.importing.plain import read_plain
from interviews.importing.result import (
    UNNAMED,
    ImportedSegment,
    ImportedTranscript,
    ImportRefused,
    Reading,
)
from interviews.importing.times import read_span

__all__ = [
    "UNNAMED",
    "ImportRefused",
    "ImportedSegment",
    "ImportedTranscript",
    "read_transcript",
]

LINES_LOOKED_AT = 400


def read_transcript(data: bytes, file_name: str) -> ImportedTranscript:
    """The content decides about the format; the name only where the content leaves it open."""
    text, notes = decode(data)
    kind = _format_of(text, PurePosixPath(file_name.replace("\x00", "")).suffix.casefold())
    reading = _read(text, kind)
    joined = join(reading.pieces, names_in_text=kind in ("vtt", "srt"))
    return ImportedTranscript(
        format=kind,
        language=reading.language,
        speakers=joined.speakers,
        segments=joined.segments,
        notes=(*notes, *reading.notes, *joined.notes),
        has_times=joined.has_times,
    )


def _format_of(text: str, suffix: str) -> str:
    start = text[:200].lstrip()
    if start.startswith("WEBVTT"):
        return "vtt"
    if suffix == ".json" or start.startswith("{") or (start[:1] == "[" and _opens_list(start)):
        return "json"
    if suffix in (".vtt", ".srt") or _has_time_spans(text):
        return "vtt" if suffix == ".vtt" else "srt"
    return "text"


def _opens_list(start: str) -> bool:
    """`[{…` is JSON; `[00:01] Jane: …` and `[Jane] 0:01` are not."""
    return start[1:].lstrip()[:1] in ("{", "[", "]")


def _has_time_spans(text: str) -> bool:
    lines = text[:100_000].split("\n")[:LINES_LOOKED_AT]
    return any(read_span(line.strip()) is not None for line in lines if "-->" in line)


def _read(text: str, kind: str) -> Reading:
    if kind == "json":
        return read_json(text)
    lines = split_lines(text)
    if kind == "text":
        return read_plain(lines)
    return read_cues(lines, kind=kind)
