"""The words of a DOCX, which is XML from outside in an archive from outside: read with limits on both."""

import io
import lzma
import zipfile
import zlib
from xml.sax import SAXException
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.xmlreader import AttributesNSImpl

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser

MOST_ARCHIVE_ENTRIES = 2_000
MOST_EXPANDED_BYTES = 20 * 2**20
BODY = "word/document.xml"
DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, LookupError, NotImplementedError, RuntimeError, EOFError, OSError,
    ValueError,
)  # fmt: skip


class NotDocx(ValueError):
    """No DOCX, or a damaged one."""


class DocxTooLarge(ValueError):
    """It unpacks to more than is read."""


def read_docx(data: bytes, *, most_characters: int) -> str:
    """A line for each paragraph. Raises NotDocx, DocxTooLarge."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if len(archive.infolist()) > MOST_ARCHIVE_ENTRIES:
                raise NotDocx
            with archive.open(BODY) as body:
                # The size that the archive declares may be a lie: count what really comes out.
                xml = body.read(MOST_EXPANDED_BYTES + 1)
    except DAMAGE:
        raise NotDocx from None
    if len(xml) > MOST_EXPANDED_BYTES:
        raise DocxTooLarge
    return _words_of(xml, most_characters)


def _words_of(xml: bytes, most_characters: int) -> str:
    collector = _Words(most_characters)
    parser = make_parser()
    parser.forbid_dtd = True
    parser.setFeature(feature_namespaces, 1)
    parser.setContentHandler(collector)
    try:
        parser.parse(io.BytesIO(xml))
    except (DefusedXmlException, SAXException, UnicodeError):
        raise NotDocx from None
    return "".join(collector.words)


class _Words(ContentHandler):
    """Collects what a reader of the document sees: no deleted text, no field codes, no hidden runs.

    Events in place of a tree: a document nested a million deep costs no more than a flat one.
    """

    def __init__(self, most_characters: int) -> None:
        super().__init__()
        self._most_characters = most_characters
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
        if self._length > self._most_characters:
            raise DocxTooLarge
        self._run.append(content)
