"""A résumé (PDF, DOCX or text) -> its text, within limits. The file is untrusted, and so is the text."""

import io
import re
import time
from dataclasses import dataclass
from typing import Literal

from interviews import incoming_text
from interviews.docx_text import DocxTooLarge, NotDocx, read_docx

MOST_BYTES = 10 * 2**20
MOST_PAGES = 30
MOST_CHARACTERS = 200_000
MOST_SECONDS = 10.0
BLANK_LINES = re.compile(r"\n{3,}")

SAVE_AS = "Save it as PDF, DOCX or plain text and upload that."
TOO_LONG = f"The text is longer than {MOST_CHARACTERS:,} characters. Upload the résumé only."
TOO_LARGE = f"This document is too large: {MOST_CHARACTERS:,} characters are read at most."
DAMAGED_PDF = (
    "This PDF is damaged and cannot be read. Print it to PDF again, or upload DOCX or text."
)
DAMAGED_DOCX = "This is not a readable DOCX file. Save it again, or upload PDF or text."

# pypdf follows what the file says; a damaged one ends in its own errors or any of these.
DAMAGE_IN_PDF = (
    ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError, OSError,
    RecursionError, NotImplementedError, MemoryError,
)  # fmt: skip


class ResumeRefused(Exception):
    """The file cannot be read. The message is a sentence for the person who uploaded it."""


@dataclass(frozen=True, slots=True)
class ResumeText:
    text: str
    format: Literal["pdf", "docx", "text"]
    pages: int | None = None  # PDF only


def read_resume(data: bytes) -> ResumeText:
    """By content, whatever the file is called."""
    if len(data) > MOST_BYTES:
        raise ResumeRefused(f"The file is larger than {MOST_BYTES // 2**20} MB.")
    if data[:1024].lstrip().startswith(b"%PDF"):
        return _read_pdf(data)
    if data.startswith(b"PK"):
        return ResumeText(_finished(_read_docx(data)), "docx")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise ResumeRefused(f"This is an old Word document (.doc). {SAVE_AS}")
    if data.startswith(b"{\\rtf"):
        raise ResumeRefused(f"This is a rich-text file. {SAVE_AS}")
    try:
        return ResumeText(_finished(incoming_text.decode(data).text), "text")
    except incoming_text.NotText:
        raise ResumeRefused(f"This kind of file cannot be read. {SAVE_AS}") from None


def _finished(text: str) -> str:
    lines = (" ".join(line.split()) for line in incoming_text.split_lines(text))
    text = BLANK_LINES.sub("\n\n", incoming_text.clean("\n".join(lines))).strip()
    if not text:
        raise ResumeRefused("There is no text in this file. If it is a scan, upload it as text.")
    if len(text) > MOST_CHARACTERS:
        raise ResumeRefused(TOO_LONG)
    return text


def _read_pdf(data: bytes) -> ResumeText:
    # Here, because it is slow to load and few requests need it.
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ResumeRefused("This PDF is protected by a password. Upload it without one.")
        count = len(reader.pages)
        if count > MOST_PAGES:
            raise ResumeRefused(f"The PDF has {count} pages; {MOST_PAGES} are read at most.")
        watch = _Watch()
        pages = [
            page.extract_text(visitor_operand_before=watch.time, visitor_text=watch.text)
            for page in reader.pages
        ]
    except (PyPdfError, *DAMAGE_IN_PDF):
        raise ResumeRefused(DAMAGED_PDF) from None
    return ResumeText(_finished("\n\n".join(pages)), "pdf", count)


class _Watch:
    """Called by pypdf for every operation and piece of text: stops a file that would never end."""

    def __init__(self) -> None:
        self._ends = time.monotonic() + MOST_SECONDS
        self._characters = 0

    def time(self, *_: object) -> None:
        if time.monotonic() > self._ends:
            raise ResumeRefused(f"Reading this file takes too long. {SAVE_AS}")

    def text(self, text: str, *_: object) -> None:
        self._characters += len(text)
        if self._characters > MOST_CHARACTERS:
            raise ResumeRefused(TOO_LONG)


def _read_docx(data: bytes) -> str:
    try:
        return read_docx(data, most_characters=MOST_CHARACTERS)
    except NotDocx:
        raise ResumeRefused(DAMAGED_DOCX) from None
    except DocxTooLarge:
        raise ResumeRefused(TOO_LARGE) from None
