"""Bytes of unknown origin -> text without anything that a page, a database or a model should not meet."""

import codecs
import re

from interviews.importing.result import MOST_BYTES, MOST_LINE_CHARACTERS, MOST_LINES, ImportRefused

# Longest first: the mark of UTF-16 is the beginning of that of UTF-32.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
OTHER_KINDS = (
    (b"%PDF", "This is a PDF. Export the transcript as VTT, SRT or text and upload that."),
    (b"{\\rtf", "This is a rich-text file. Save it as plain text and upload that."),
    (b"\xd0\xcf\x11\xe0", "This is an old Word document. Save it as plain text and upload that."),
    (b"PK\x03\x04", "This is a Word document or an archive. Save the transcript as plain text."),
    (b"\x1f\x8b", "This file is compressed. Unpack it and upload what is inside."),
    (b"RIFF", "This is a sound or video file, not a transcript."),
    (b"ID3", "This is a sound file, not a transcript."),
    (b"OggS", "This is a sound file, not a transcript."),
    (b"fLaC", "This is a sound file, not a transcript."),
    (b"\x1aE\xdf\xa3", "This is a video file, not a transcript."),
)
NOT_TEXT = "This is not a text file. Upload VTT, SRT, JSON or plain text."
FEW_CONTROLS = 8
MOST_CONTROLS = 0.02  # of the characters
SAMPLE = 4096

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Control characters, byte-order marks, zero-width spaces, direction overrides, tag characters and unpaired
# surrogates: invisible to the reader, but not to a model, a database or a browser. Joiners stay: Persian,
# Indic scripts and emoji need them.
UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]+"
)
LINE_ENDS = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text, and notes about how it was read."""
    if len(data) > MOST_BYTES:
        raise ImportRefused(None, f"The file is larger than {MOST_BYTES // 2**20} MB.")
    if not data.strip(b"\x00 \t\r\n"):
        raise ImportRefused(None, "The file is empty.")
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _checked(data[len(mark) :].decode(encoding, "replace")), ()
    for start, reason in OTHER_KINDS:
        if data.startswith(start):
            raise ImportRefused(None, reason)
    unmarked = _encoding_without_mark(data)
    if unmarked is not None:
        return _checked(data.decode(unmarked, "replace")), ()
    try:
        return _checked(data.decode("utf-8")), ()
    except UnicodeDecodeError:
        text = _checked(data.decode("cp1252", "replace"))
        return text, ("The file is not UTF-8; it was read as Windows-1252 (Western European).",)


def clean(text: str) -> str:
    return UNWANTED.sub("", text)


def split_lines(text: str) -> list[str]:
    lines = LINE_ENDS.split(text)
    if len(lines) > MOST_LINES:
        raise ImportRefused(
            MOST_LINES + 1,
            f"The file has more than {MOST_LINES:,} lines. Upload a single interview.",
        )
    for number, line in enumerate(lines, 1):
        if len(line) > MOST_LINE_CHARACTERS:
            raise ImportRefused(
                number,
                f"The line has more than {MOST_LINE_CHARACTERS:,} characters. Put each turn on a line of its own.",
            )
    return lines


def _encoding_without_mark(data: bytes) -> str | None:
    """UTF-16 of mostly Latin letters has a zero byte in every second place."""
    sample = data[:SAMPLE]
    half = len(sample) // 2 or 1
    if sample[1::2].count(0) > half * 0.4 and sample[0::2].count(0) < half * 0.1:
        return "utf-16-le"
    if sample[0::2].count(0) > half * 0.4 and sample[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    return None


def _checked(text: str) -> str:
    if not text.strip():
        raise ImportRefused(None, "The file is empty.")
    sample = text[:SAMPLE]
    odd = len(CONTROLS.findall(sample)) + sample.count("\ufffd")
    if odd > max(FEW_CONTROLS, len(sample) * MOST_CONTROLS):
        raise ImportRefused(None, NOT_TEXT)
    return text
