"""A résumé (PDF, DOCX or text) -> its text, within limits. The file is untrusted, and so is the text."""

import io
import lzma
import re
import time
import zipfile
import zlib
from dataclasses import dataclass
from typing import Literal
from xml.sax import SAXException
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.xmlreader import AttributesNSImpl

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from interviews import incoming_text

MOST_BYTES = 10 * 2**20
MOST_PAGES = 30
MOST_CHARACTERS = 200_000
MOST_SECONDS = 10.0
MOST_ARCHIVE_ENTRIES = 2_000
MOST_EXPANDED_BYTES = 20 * 2**20  # of the one part of a DOCX that is read
DOCX_BODY = "word/document.xml"
BLANK_LINES = re.compile(r"\n{3,}")

SAVE_AS = "Save it as PDF, DOCX or plain text and upload that."
TOO_LONG = f"The text is longer than {MOST_CHARACTERS:,} characters. Upload the résumé only."
DAMAGED_PDF = (
    "This PDF is damaged and cannot be read. Print it to PDF again, or upload DOCX or text."
)
DAMAGED_DOCX = "This is not a readable DOCX file. Save it again, or upload PDF or text."

# pypdf follows what the file says; a damaged one ends in any of these.
DAMAGE_IN_PDF = (
    PyPdfError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError, OSError,
    RecursionError, NotImplementedError, MemoryError,
)  # fmt: skip
DAMAGE_IN_ARCHIVE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, LookupError, NotImplementedError, RuntimeError, EOFError, OSError,
    ValueError,
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
    except DAMAGE_IN_PDF:
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
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if len(archive.infolist()) > MOST_ARCHIVE_ENTRIES:
                raise ResumeRefused(DAMAGED_DOCX)
            with archive.open(DOCX_BODY) as body:
                # The size that the archive declares may be a lie: count what really comes out.
                xml = body.read(MOST_EXPANDED_BYTES + 1)
    except DAMAGE_IN_ARCHIVE:
        raise ResumeRefused(DAMAGED_DOCX) from None
    if len(xml) > MOST_EXPANDED_BYTES:
        raise ResumeRefused(f"The document is too large when unpacked. {SAVE_AS}")
    return _words_of(xml)


def _words_of(xml: bytes) -> str:
    collector = _Words()
    parser = make_parser()
    parser.forbid_dtd = True
    parser.setFeature(feature_namespaces, 1)
    parser.setContentHandler(collector)
    try:
        parser.parse(io.BytesIO(xml))
    except (DefusedXmlException, SAXException, UnicodeError):
        raise ResumeRefused(DAMAGED_DOCX) from None
    return "".join(collector.words)


class _Words(ContentHandler):
    """Collects what a reader of the document sees: no deleted text, no field codes, no hidden runs.

    Events in place of a tree: a document nested a million deep costs no more than a flat one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._run: list[str] = []
        self._length = 0
        self._in_run = self._in_text = self._is_hidden = False
        self._fallbacks = 0  # inside these, Word keeps a second copy for older programs

    def startElementNS(  # noqa: N802 # the name is SAX's
        self, name: tuple[str | None, str], qname: str | None, attrs: AttributesNSImpl
    ) -> None:
        match name[1]:
            case "r":
                self._in_run, self._is_hidden, self._run = True, False, []
            case "t":
                self._in_text = self._in_run and not self._fallbacks
            case "vanish" | "webHidden":
                self._is_hidden = "0" not in attrs.values() and "false" not in attrs.values()
            case "tab" if self._in_run:
                self._run.append(" ")
            case "br" | "cr" if self._in_run:
                self._run.append("\n")
            case "Fallback":
                self._fallbacks += 1

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:  # noqa: N802 # SAX's
        match name[1]:
            case "r":
                self._in_run = False
                if not self._is_hidden:
                    self.words += self._run
            case "t":
                self._in_text = False
            case "p":
                self.words.append("\n")
            case "tc":
                self.words.append(" ")
            case "Fallback":
                self._fallbacks -= 1

    def characters(self, content: str) -> None:
        if not self._in_text:
            return
        self._length += len(content)
        if self._length > MOST_CHARACTERS:
            raise ResumeRefused(TOO_LONG)
        self._run.append(content)
