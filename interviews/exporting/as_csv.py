"""CSV for spreadsheets, which run as a formula whatever begins like one."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

from interviews.exporting.rows import TranscriptToExport, clock

Cell = str | int | float | None
BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for something else
FORMULA_STARTS = ("=", "+", "-", "@", "|", "%")
HEADER = ("time", "ends", "speaker", "side", "text", "corrected")


def transcript_as_csv(transcript: TranscriptToExport) -> str:
    return write_csv(
        HEADER,
        (
            (
                clock(row.started_ms),
                clock(row.ended_ms),
                row.speaker,
                row.side,
                row.text,
                "yes" if row.is_corrected else "",
            )
            for row in transcript.rows
        ),
    )


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The one way in which this project writes CSV."""
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out)
    writer.writerow([_harmless(cell) for cell in header])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def _harmless(cell: Cell) -> Cell:
    """Numbers stay numbers; text that a spreadsheet could run gets an apostrophe, which shows it as text.

    Spreadsheets skip what is invisible and know full-width signs, so both are looked through.
    """
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\x00", "")
    visible = unicodedata.normalize("NFKC", text).lstrip()
    visible = visible.lstrip("\ufeff\u200b\u200e\u200f\u2060'\" ")
    is_risky = visible.startswith(FORMULA_STARTS) or text.startswith(("\t", "\r", "\n"))
    return f"'{text}" if is_risky else text
