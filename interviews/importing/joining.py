"""Pieces as a tool cut them -> segments as people speak: who, what, from when to when.

Subtitles are cut for reading, every few words. Here consecutive pieces of one speaker become one segment
until a sentence ends and enough has been said, so that a citation points at a thought and not at an hour.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from interviews.importing.names import choose_names, clean_name, split_prefix, unify
from interviews.importing.result import (
    LONGEST_MS,
    MOST_SPEAKERS,
    UNNAMED,
    ImportedSegment,
    ImportRefused,
    Piece,
)
from interviews.importing.sharing import share_out
from interviews.incoming_text import clean

LONGEST_PAUSE_MS = 2_000  # a longer one begins a new segment
SENTENCE_IS_ENOUGH = 160  # characters after which the end of a sentence ends the segment
ALWAYS_ENOUGH = 600
TOO_LONG_TO_CITE = 1_200
SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", ".”", "?”", '."', '?"')  # fmt: skip
MS_PER_WORD = 400  # 150 words a minute
MS_PER_CHARACTER = 80  # for scripts without spaces
SLOWEST_MS_PER_WORD = 1_000
PAUSE_OF_THOUGHT_MS = 1_000


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece with its speaker settled."""

    speaker: str
    lines: tuple[str, ...]
    started_ms: int | None
    ended_ms: int | None

    @property
    def text(self) -> str:
        return " ".join(self.lines)


@dataclass(frozen=True, slots=True)
class Joined:
    segments: tuple[ImportedSegment, ...]
    speakers: tuple[str, ...]
    notes: tuple[str, ...]
    has_times: bool


def join(pieces: Sequence[Piece], *, names_in_text: bool) -> Joined:
    """`names_in_text`: the words may begin with `Name:`, as in formats without a place for speakers."""
    cleaned = [_cleaned(piece) for piece in pieces]
    if names_in_text and all(piece.speaker is None for piece in cleaned):
        cleaned = list(_with_names_from_text(cleaned))
    parts = _with_speakers([piece for piece in cleaned if any(piece.lines)])
    if not parts:
        raise ImportRefused(None, "There are no words in this file.")
    notes: list[str] = []
    has_times = any(part.started_ms is not None for part in parts)
    if not has_times:
        notes.append("The file has no times; they are estimated from the number of words.")
    timed = _with_times(parts)
    if any(later.started_ms < earlier.started_ms for earlier, later in pairwise(timed)):
        notes.append("Some parts were not in order of time; they have been sorted.")
        timed.sort(key=lambda segment: segment.started_ms)
    segments = tuple(_cut(_merge(timed)))
    speakers = tuple(dict.fromkeys(segment.speaker for segment in segments))
    if len(speakers) > MOST_SPEAKERS:
        raise ImportRefused(None, f"The file seems to have more than {MOST_SPEAKERS} speakers.")
    if UNNAMED in speakers:
        notes.append("Some words have no speaker in the file.")
    return Joined(segments, speakers, tuple(notes), has_times)


def _cleaned(piece: Piece) -> Piece:
    lines = tuple(line for line in (clean(line).strip() for line in piece.lines) if line)
    speaker = None if piece.speaker is None else clean_name(clean(piece.speaker)) or None
    return Piece(piece.line, speaker, lines, piece.started_ms, piece.ended_ms)


def _with_names_from_text(pieces: Sequence[Piece]) -> Iterator[Piece]:
    names = choose_names((line for piece in pieces for line in piece.lines), of_turns=len(pieces))
    for piece in pieces:
        turns: list[tuple[str | None, list[str]]] = [(None, [])]
        for line in piece.lines:
            prefix = split_prefix(line)
            if prefix is not None and prefix[0].casefold() in names:
                turns.append((prefix[0], [prefix[1]]))
            else:
                turns[-1][1].append(line.removeprefix(">>").strip())
        yield from share_out(
            piece, [(name, list(filter(None, lines))) for name, lines in turns if any(lines)]
        )


def _with_speakers(pieces: Sequence[Piece]) -> list[_Part]:
    """Who is not named goes on speaking: many tools write a name only when it changes."""
    spelled = unify([piece.speaker for piece in pieces if piece.speaker])
    parts: list[_Part] = []
    speaker = UNNAMED
    for piece in pieces:
        speaker = spelled[piece.speaker] if piece.speaker else speaker
        parts.append(_Part(speaker, piece.lines, piece.started_ms, piece.ended_ms))
    return parts


def _with_times(parts: Sequence[_Part]) -> list[ImportedSegment]:
    """Where a start or an end is missing it is estimated from the words between those that are known."""
    segments: list[ImportedSegment] = []
    position = 0
    while position < len(parts):
        after = position + 1
        while after < len(parts) and parts[after].started_ms is None:
            after += 1
        until = parts[after].started_ms if after < len(parts) else None
        earlier_end = segments[-1].ended_ms if segments else 0
        segments += _spread(parts[position:after], earlier_end, until)
        position = after
    return segments


def _spread(parts: Sequence[_Part], earlier_end: int, until: int | None) -> list[ImportedSegment]:
    """A part with a known start, and those after it without one."""
    first = parts[0]
    start = earlier_end if first.started_ms is None else first.started_ms
    if len(parts) == 1 and first.ended_ms is not None and first.ended_ms > start:
        return [_segment(first, start, first.ended_ms)]
    lengths = [_spoken_ms(part.text) for part in parts]
    room = sum(lengths)
    if until is not None and until > start:
        slowest = room * SLOWEST_MS_PER_WORD // MS_PER_WORD + PAUSE_OF_THOUGHT_MS
        room = min(until - start, slowest)
    total, done = sum(lengths), 0
    segments: list[ImportedSegment] = []
    for part, length in zip(parts, lengths, strict=True):
        begins = start + room * done // total
        done += length
        segments.append(_segment(part, begins, start + room * done // total))
    return segments


def _segment(part: _Part, started_ms: int, ended_ms: int) -> ImportedSegment:
    started_ms = min(started_ms, LONGEST_MS)
    return ImportedSegment(
        part.speaker, part.text, started_ms, max(started_ms, min(ended_ms, LONGEST_MS))
    )


def _spoken_ms(text: str) -> int:
    words, characters = len(text.split()), len(text)
    has_spaces = words * 12 >= characters
    return max(MS_PER_WORD, words * MS_PER_WORD if has_spaces else characters * MS_PER_CHARACTER)


def _merge(parts: Sequence[ImportedSegment]) -> Iterator[ImportedSegment]:
    texts: list[str] = []
    length = 0
    current: ImportedSegment | None = None
    for part in parts:
        if current is not None and _goes_on(current, part, texts, length):
            overlaps = part.started_ms < current.ended_ms
            added = _without_repeated(texts[-1], part.text) if overlaps else part.text
            if added:
                texts.append(added)
                length += len(added) + 1
            current = replace(current, ended_ms=max(current.ended_ms, part.ended_ms))
            continue
        if current is not None:
            yield replace(current, text=" ".join(texts))
        current, texts, length = part, [part.text], len(part.text)
    if current is not None:
        yield replace(current, text=" ".join(texts))


def _goes_on(
    current: ImportedSegment, part: ImportedSegment, texts: Sequence[str], length: int
) -> bool:
    if part.speaker != current.speaker or part.started_ms > current.ended_ms + LONGEST_PAUSE_MS:
        return False
    if length + len(part.text) > ALWAYS_ENOUGH:
        return False
    return length < SENTENCE_IS_ENOUGH or not texts[-1].endswith(SENTENCE_ENDS)


def _without_repeated(last: str, text: str) -> str:
    """Captions that roll show the last words again, or the same words with some more.

    People repeat themselves too, but not while they are still saying it.
    """
    if len(last.split()) > 2 and text.startswith(last):
        return text[len(last) :].strip()
    return text


def _cut(segments: Iterator[ImportedSegment]) -> Iterator[ImportedSegment]:
    """A monologue in one piece (text exports have them) is cut where sentences end."""
    for segment in segments:
        if len(segment.text) <= TOO_LONG_TO_CITE:
            yield segment
            continue
        duration, total, done = segment.ended_ms - segment.started_ms, len(segment.text), 0
        for text in _slices(segment.text):
            begins = segment.started_ms + duration * done // total
            done = min(total, done + len(text) + 1)
            ends = segment.started_ms + duration * done // total
            yield ImportedSegment(segment.speaker, text, begins, ends)


def _slices(text: str) -> Iterator[str]:
    start = 0
    while len(text) - start > TOO_LONG_TO_CITE:
        end = _end_of_sentence(text, start) or _end_of_word(text, start)
        yield text[start:end].strip()
        start = end
    if text[start:].strip():
        yield text[start:].strip()


def _end_of_sentence(text: str, start: int) -> int | None:
    window = start + SENTENCE_IS_ENOUGH, start + ALWAYS_ENOUGH
    found = max(text.rfind(f"{mark} ", *window) for mark in (".", "!", "?", "…"))
    return found + 1 if found > 0 else None


def _end_of_word(text: str, start: int) -> int:
    """No sentence ends in sight (speech without punctuation)."""
    end = start + TOO_LONG_TO_CITE
    space = text.rfind(" ", start + SENTENCE_IS_ENOUGH, end)
    return space if space > 0 else end
