"""An uploaded file -> its lines, or a refusal that names what the file really is."""

from interviews import incoming_text
from interviews.docx_text import DocxTooLarge, NotDocx, read_docx
from interviews.importing.result import MOST_BYTES, MOST_LINE_CHARACTERS, MOST_LINES, ImportRefused

OTHER_KINDS = (
    (b"%PDF", "This is a PDF. Export the transcript as VTT, SRT or text and upload that."),
    (b"{\\rtf", "This is a rich-text file. Save it as plain text and upload that."),
    (
        b"\xd0\xcf\x11\xe0",
        "This is an old Word document. Save it as DOCX or plain text and upload that.",
    ),
    (b"\x1f\x8b", "This file is compressed. Unpack it and upload what is inside."),
    (b"RIFF", "This is a sound or video file, not a transcript."),
    (b"ID3", "This is a sound file, not a transcript."),
    (b"OggS", "This is a sound file, not a transcript."),
    (b"fLaC", "This is a sound file, not a transcript."),
    (b"\x1aE\xdf\xa3", "This is a video file, not a transcript."),
)
ARCHIVE = b"PK\x03\x04"
MOST_DOCX_CHARACTERS = 5_000_000
GUESSED = "The file is not UTF-8; it was read as Windows-1252 (Western European)."


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text, and notes about how it was read."""
    if len(data) > MOST_BYTES:
        raise ImportRefused(None, f"The file is larger than {MOST_BYTES // 2**20} MB.")
    if data.startswith(ARCHIVE):
        return _words_of_docx(data), ()
    for start, reason in OTHER_KINDS:
        if data.startswith(start):
            raise ImportRefused(None, reason)
    try:
        decoded = incoming_text.decode(data)
    except incoming_text.NotText:
        raise ImportRefused(
            None, "This is not a text file. Upload VTT, SRT, JSON, DOCX or plain text."
        ) from None
    if not decoded.text.strip("\x00 \t\r\n"):
        raise ImportRefused(None, "The file is empty.")
    return decoded.text, (GUESSED,) if decoded.is_guessed else ()


def _words_of_docx(data: bytes) -> str:
    """Teams and Meet also hand out transcripts as Word documents."""
    try:
        return read_docx(data, most_characters=MOST_DOCX_CHARACTERS)
    except NotDocx:
        raise ImportRefused(
            None, "This archive is no Word document. Upload VTT, SRT, JSON, DOCX or plain text."
        ) from None
    except DocxTooLarge:
        raise ImportRefused(None, "This Word document is too large for one interview.") from None


def split_lines(text: str) -> list[str]:
    lines = incoming_text.split_lines(text)
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
