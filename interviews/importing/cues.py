"""WebVTT and SubRip, which differ in little: blocks of a time span and lines of text.

Read line by line, so that the time taken grows with the file and with nothing else.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from interviews.importing.languages import read_language
from interviews.importing.result import MOST_CUES, ImportRefused, Piece, Reading
from interviews.importing.sharing import share_out
from interviews.importing.times import is_too_late, read_span

# Only tags that subtitles use: what else stands in angle brackets was said or typed by somebody.
TAG = re.compile(
    r"<(/?)(v|c|i|b|u|ruby|rt|lang|font)(?:\.[^\s<>]{0,100})?(?:[ \t]([^<>]{0,300}))?>|<[\d:.,]{4,16}>",
    re.IGNORECASE,
)
POSITION = re.compile(r"\{\\[a-z]{1,4}\d{0,3}\}")  # {\an8}: where SubRip wants the text to stand
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
BLOCKS_TO_SKIP = ("NOTE", "STYLE", "REGION")
HEADER_FIELDS = ("language", "lang")
LONGEST_COUNTER = 12
LINES_OF_A_HEADER = 3
MOST_VOICES_IN_A_CUE = 1_000


@dataclass(slots=True)
class _Cue:
    line: int
    started_ms: int
    ended_ms: int
    lines: list[str] = field(default_factory=list)


def read_cues(lines: list[str], *, kind: str) -> Reading:
    reader = _CueReader(lines)
    for number, line in enumerate(lines, 1):
        reader.take(number, line.strip())
    if not reader.cues:
        raise ImportRefused(
            None, f"No time spans were found; this is not a complete {kind.upper()} file."
        )
    pieces: list[Piece] = []
    for cue in reader.cues:
        pieces += _pieces(cue)
        if len(pieces) > MOST_CUES:
            raise ImportRefused(cue.line, f"The file has more than {MOST_CUES:,} turns.")
    return Reading(tuple(pieces), reader.language, tuple(reader.notes))


class _CueReader:
    """Takes one line after the other, and knows whether it stands in a cue, in a note, or between blocks."""

    def __init__(self, lines: list[str]) -> None:
        self.cues: list[_Cue] = []
        self.notes: list[str] = []
        self.language: str | None = None
        self._lines = lines
        self._skipping = self._in_cue = False
        self._after_blank = True

    def take(self, number: int, bare: str) -> None:
        span = read_span(bare) if "-->" in bare else None
        if span is not None:
            self._begin_cue(number, span)
        elif not bare:
            self._skipping = self._in_cue = False
            self._after_blank = True
        elif self._is_aside(number, bare):
            self._skipping = True
            self.language = self.language or _language_in(bare)
        elif self._in_cue:
            self.cues[-1].lines.append(bare)
        elif "-->" in bare and bare[:1].isdigit():
            self._refuse_or_leave_out(number, bare)
        else:
            self._take_stray(number, bare)

    def _begin_cue(self, number: int, span: tuple[int, int, str]) -> None:
        if self._in_cue and not self._after_blank:
            _drop_counter(self.cues[-1])
        self.cues.append(_new_cue(number, span, len(self.cues)))
        self._in_cue, self._skipping, self._after_blank = True, False, False

    def _is_aside(self, number: int, bare: str) -> bool:
        """A header, note or style sheet: until the next empty line nothing is said."""
        begins_block = self._after_blank and bare.split(None, 1)[0] in BLOCKS_TO_SKIP
        is_header = bare.startswith("WEBVTT") and number <= LINES_OF_A_HEADER
        return self._skipping or begins_block or is_header

    def _refuse_or_leave_out(self, number: int, bare: str) -> None:
        if any(map(str.strip, self._lines[number:])):
            raise ImportRefused(
                number,
                f"“{bare[:60]}” is not a time span. It should read like 00:01:02.500 --> 00:01:04.000.",
            )
        self.notes.append("The file ends in the middle of a cue; that cue was left out.")

    def _take_stray(self, number: int, bare: str) -> None:
        """After an empty line comes a cue's name, or, in careless exports, more text of the cue before."""
        names_next_cue = number < len(self._lines) and "-->" in self._lines[number]
        self._in_cue = bool(self.cues) and not names_next_cue and not bare.isdigit()
        if self._in_cue:
            self.cues[-1].lines.append(bare)
        self._after_blank = False


def _new_cue(number: int, span: tuple[int, int, str], count: int) -> _Cue:
    started_ms, ended_ms, words = span
    if is_too_late(started_ms):
        raise ImportRefused(number, "The cue starts more than 24 hours after the beginning.")
    if count >= MOST_CUES:
        raise ImportRefused(number, f"The file has more than {MOST_CUES:,} cues.")
    return _Cue(number, started_ms, ended_ms, [words] if words else [])


def _language_in(bare: str) -> str | None:
    name, colon, value = bare.removeprefix("NOTE").partition(":")
    if colon and name.strip().casefold() in HEADER_FIELDS:
        return read_language(value)
    return None


def _drop_counter(cue: _Cue) -> None:
    """The next cue followed without an empty line: its number was taken for text."""
    if cue.lines and cue.lines[-1].isdigit() and len(cue.lines[-1]) <= LONGEST_COUNTER:
        cue.lines.pop()


def _pieces(cue: _Cue) -> Iterator[Piece]:
    """One for each voice in the cue."""
    voices: list[tuple[str | None, list[str]]] = [(None, [])]
    for line in cue.lines:
        if len(voices) > MOST_VOICES_IN_A_CUE:
            raise ImportRefused(cue.line, f"The cue has more than {MOST_VOICES_IN_A_CUE} voices.")
        for voice, words in _split_voices(POSITION.sub("", line)):
            if voice is not None:
                voices.append((voice, []))
            if words:
                voices[-1][1].append(words)
    whole = Piece(cue.line, None, (), cue.started_ms, max(cue.started_ms, cue.ended_ms))
    yield from share_out(whole, [(voice, said) for voice, said in voices if said])


def _split_voices(line: str) -> Iterator[tuple[str | None, str]]:
    voice: str | None = None
    text: list[str] = []
    position = 0
    for tag in TAG.finditer(line):
        text.append(line[position : tag.start()])
        position = tag.end()
        if (tag.group(2) or "").lower() == "v" and not tag.group(1):
            yield voice, _words("".join(text))
            voice, text = _words(tag.group(3) or ""), []
    text.append(line[position:])
    yield voice, _words("".join(text))


def _words(text: str) -> str:
    return " ".join(ENTITY.sub(lambda match: html.unescape(match.group()), text).split())
