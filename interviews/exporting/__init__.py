"""A transcript, or all about a candidate, as a file that other tools read. Pure: frozen rows in, text out.

What people said is data in every format: no markup, no formula and no cue can be made with it.
"""

from interviews.exporting.as_csv import transcript_as_csv, write_csv
from interviews.exporting.as_json import transcript_as_json
from interviews.exporting.as_markdown import transcript_as_markdown
from interviews.exporting.as_webvtt import transcript_as_webvtt
from interviews.exporting.candidate_as_json import candidate_as_json
from interviews.exporting.receipt_as_json import receipt_as_json
from interviews.exporting.rows import TranscriptRow, TranscriptToExport

__all__ = [
    "TranscriptRow",
    "TranscriptToExport",
    "candidate_as_json",
    "receipt_as_json",
    "transcript_as_csv",
    "transcript_as_json",
    "transcript_as_markdown",
    "transcript_as_webvtt",
    "write_csv",
]
