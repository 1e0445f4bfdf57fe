"""Hears what was said: compares a sound with the sentences it was taught, and tells which of them are in it.

Loudness and brightness over time make the print of a sentence. That is enough to know a sentence among some dozens again
after a browser has cleaned, levelled and cut the sound; nothing but the sound itself tells which one it was.
"""

import array
import io
import math
import re
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul, ne
from pathlib import Path

FRAMES_A_SECOND = 25
SURE = 0.72  # of a whole sentence: correlation of its print with the sound
SURE_OF_A_PART = 0.8
SHORTEST_PART = 20  # frames: below it anything sounds like anything
FLOOR = 30.0  # of loudness: below it is silence, whatever its noise

Print = list[float]  # loudness and brightness of each frame, one after the other


@dataclass(frozen=True, slots=True)
class Known:
    text: str
    print: Print

    @property
    def frames(self) -> int:
        return len(self.print) // 2


@dataclass(frozen=True, slots=True)
class Match:
    """Where in the sound which frames of a sentence are."""

    score: float
    at: int
    begin: int
    end: int
    known: Known

    @property
    def frames(self) -> range:
        return range(self.at, self.at + self.end - self.begin)

    @property
    def words(self) -> str:
        """Of a part that is cut off: as many words as fit its share of the time."""
        words = self.known.text.split()
        begin, end = (
            round(len(words) * edge / self.known.frames) for edge in (self.begin, self.end)
        )
        return " ".join(words[begin:end])


class Ear:
    def __init__(self) -> None:
        self._known: list[Known] = []

    def learn(self, text: str, sound: Path) -> None:
        prints = _print_of(sound.read_bytes())
        self._known.append(Known(text, prints))

    def hear(self, sent: bytes) -> str:
        """The words in what was sent.

        Some test recordings carry theirs as text after "SPEECH:". Who was taught nothing tells the size.
        """
        written = re.search(rb"SPEECH:([^\0\r\n]+)", sent)
        if written:
            return written.group(1).decode("utf-8", "replace").strip()
        if not self._known:
            return f"{len(sent)} bytes of sound."
        return self._recognise(sent[sent.index(b"RIFF") :])  # it may stand in the middle of a form

    def _recognise(self, sound: bytes) -> str:
        """The sentences in this sound in their order; of one that is cut off, the words that are there."""
        heard = _print_of(sound)
        free = [True] * (len(heard) // 2)
        found: list[Match] = []
        for sure, is_whole in ((SURE, True), (SURE_OF_A_PART, False)):
            while match := self._best(heard, free, sure, is_whole=is_whole):
                found.append(match)
                for frame in match.frames:
                    free[frame] = False
        return " ".join(match.words for match in sorted(found, key=lambda one: one.at))

    def _best(self, heard: Print, free: list[bool], sure: float, *, is_whole: bool) -> Match | None:
        matches = [
            match
            for known in self._known
            for match in _placed(heard, known, free, is_whole=is_whole)
            if match.score >= sure
        ]
        return max(matches, key=lambda match: match.score, default=None)


def _placed(heard: Print, known: Known, free: list[bool], *, is_whole: bool) -> list[Match]:
    """A sentence at every place where the sound has room for it, or for the part that is not cut off."""
    size, room = known.frames, len(free)
    if is_whole:
        spans = [(at, 0, size) for at in range(room - size + 1)]
    else:
        spans = [(0, -at, min(size, room - at)) for at in range(SHORTEST_PART - size, 0)]
        spans += [(at, 0, room - at) for at in range(max(0, room - size + 1), room - SHORTEST_PART)]
    return [
        Match(_likeness(heard, at, known.print, begin, end), at, begin, end, known)
        for at, begin, end in spans
        if end - begin >= SHORTEST_PART and all(free[at : at + end - begin])
    ]


def _likeness(heard: Print, at: int, known: Print, begin: int, end: int) -> float:
    ours, theirs = heard[2 * at : 2 * (at + end - begin)], known[2 * begin : 2 * end]
    return min(_correlation(ours[side::2], theirs[side::2]) for side in (0, 1))


def _correlation(one: Sequence[float], other: Sequence[float]) -> float:
    count = len(one)
    mean, others = sum(one) / count, sum(other) / count
    spread = sum(map(mul, one, one)) - count * mean * mean
    others_spread = sum(map(mul, other, other)) - count * others * others
    if spread < 1e-6 or others_spread < 1e-6:
        return 0.0
    shared: float = sum(map(mul, one, other)) - count * mean * others
    return shared / math.sqrt(spread * others_spread)


def _print_of(sound: bytes) -> Print:
    with wave.open(io.BytesIO(sound)) as file:
        samples = array.array("h", file.readframes(file.getnframes()))
        rate = file.getframerate()
    size = rate // FRAMES_A_SECOND
    found: Print = []
    for start in range(0, len(samples) - size + 1, size):
        frame = samples[start : start + size]
        loudness = 20 * math.log10(1 + sum(map(abs, frame)) / size)
        signs = [sample > 0 for sample in frame]
        turns = sum(map(ne, signs, signs[1:])) / size * rate
        found += [max(FLOOR, loudness), math.log10(100 + turns) if loudness > FLOOR else 2.0]
    return found
