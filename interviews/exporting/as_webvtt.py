"""WebVTT, which players show as captions."""

from interviews.exporting.rows import TranscriptRow, TranscriptToExport, clock, one_line


def transcript_as_webvtt(transcript: TranscriptToExport) -> str:
    # The title goes into a note of its own: after "WEBVTT" some players take it for a header.
    head = f"WEBVTT\n\nNOTE {_escaped(transcript.title)}\n"
    if transcript.language:
        head += f"\nNOTE language:{_escaped(transcript.language)}\n"
    rows = filter(_has_words, transcript.rows)
    # Players want cues by their time; speech that waited for a connection stands later in the room.
    return "\n".join([head, *map(_cue, sorted(rows, key=lambda row: row.started_ms))])


def _has_words(row: TranscriptRow) -> bool:
    return bool(row.text.strip())


def _cue(row: TranscriptRow) -> str:
    # A cue of no length is never shown.
    start, end = row.started_ms, max(row.ended_ms, row.started_ms + 1)
    span = f"{clock(start, with_milliseconds=True)} --> {clock(end, with_milliseconds=True)}"
    return f"{span}\n<v {_escaped(row.speaker)}>{_escaped(row.text)}</v>\n"


def _escaped(text: str) -> str:
    """Without < and > there is neither a tag nor an arrow."""
    return one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
