"""Bytes of unknown origin -> text without anything that a page, a database or a model should not meet."""

import codecs
import re
from dataclasses import dataclass

# Longest first: the mark of UTF-16 is the beginning of that of UTF-32.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
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


class NotText(ValueError):
    """These bytes are no text in any encoding that people use."""


@dataclass(frozen=True, slots=True)
class DecodedText:
    """`is_guessed`: not Unicode, and read as Western European for want of better."""

    text: str
    is_guessed: bool = False


def decode(data: bytes) -> DecodedText:
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return DecodedText(_checked(data[len(mark) :].decode(encoding, "replace")))
    unmarked = _encoding_without_mark(data)
    if unmarked is not None:
        return DecodedText(_checked(data.decode(unmarked, "replace")))
    try:
        return DecodedText(_checked(data.decode("utf-8")))
    except UnicodeDecodeError:
        return DecodedText(_checked(data.decode("cp1252", "replace")), is_guessed=True)


def clean(text: str) -> str:
    return UNWANTED.sub("", text)


def split_lines(text: str) -> list[str]:
    return LINE_ENDS.split(text)


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
    sample = text[:SAMPLE]
    odd = len(CONTROLS.findall(sample)) + sample.count("\ufffd")
    if odd > max(FEW_CONTROLS, len(sample) * MOST_CONTROLS):
        raise NotText
    return text
