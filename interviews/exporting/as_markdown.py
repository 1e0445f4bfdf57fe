"""Markdown, to read or to paste."""

import re

from interviews.exporting.rows import TranscriptRow, TranscriptToExport, clock, one_line

# Markdown lets every one of these stand for itself after a backslash. "!" and "[" make images and links.
SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&$^])")
# A bare address becomes a link without being asked to.
ADDRESS = re.compile(r"(?i)\b(https?|ftp|mailto|javascript|data):|\b(www)\.")


def transcript_as_markdown(transcript: TranscriptToExport) -> str:
    lines = [f"# {_escaped(transcript.title)}", ""]
    if transcript.held_at:
        lines += [_escaped(transcript.held_at), ""]
    for row in transcript.rows:
        lines += [_paragraph(row), ""]
    return "\n".join(lines)


def _paragraph(row: TranscriptRow) -> str:
    mark = " (corrected)" if row.is_corrected else ""
    return f"**{_escaped(row.speaker)}** ({clock(row.started_ms)}){mark}: {_escaped(row.text)}"


def _escaped(text: str) -> str:
    escaped = SPECIAL.sub(r"\\\1", one_line(text))
    return ADDRESS.sub(lambda found: found.group()[:-1] + "\\" + found.group()[-1], escaped)
