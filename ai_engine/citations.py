"""Checks a model's quotes against the transcript. What is kept is the transcript's own text."""

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ai_engine.inputs import Excerpt, Quote, Speaker

EVERYBODY: frozenset[Speaker] = frozenset({"interviewer", "candidate", "ai"})
CANDIDATE: frozenset[Speaker] = frozenset({"candidate"})
_QUOTES = dict.fromkeys(map(ord, '’‘‚‛`´“”„‟«»″′"'), "'")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_EDGES = " .,;:!?'-()[]"


@dataclass(frozen=True, slots=True)
class ClaimedQuote:
    """What a model says was said: the excerpt it names, and the words it gives."""

    ref: str
    text: str


@dataclass(frozen=True, slots=True)
class Verified:
    quotes: tuple[Quote, ...]
    dropped: int


def verify(
    claimed: Sequence[ClaimedQuote],
    excerpts: Sequence[Excerpt],
    speakers: Collection[Speaker] = EVERYBODY,
) -> Verified:
    """Keeps the quotes that stand in an excerpt of these speakers, and counts the others.

    Compared are letters: spelling variants of quotes, dashes, spaces, case and accents do not matter.
    Words that stand elsewhere than the model says are kept if there is only one such place.
    """
    allowed = [excerpt for excerpt in excerpts if excerpt.speaker in speakers]
    folded = {excerpt.ref: _Folded(excerpt.text) for excerpt in allowed}
    by_ref = {excerpt.ref: excerpt for excerpt in allowed}
    kept: list[Quote] = []
    dropped = 0
    for claim in claimed:
        quote = _found(claim, by_ref, folded)
        if quote is None:
            dropped += 1
        elif quote not in kept:
            kept.append(quote)
    return Verified(tuple(kept), dropped)


def recites(quote: str, texts: Sequence[str], *, words: int = 7) -> bool:
    """Whether the quote says so many words on end of one of the texts: a rubric recited is no answer."""
    said = _fold(quote).split()
    runs = {" ".join(said[i : i + words]) for i in range(len(said) - words + 1)}
    return any(run in " ".join(_fold(text).split()) for text in texts for run in runs)


def _found(
    claim: ClaimedQuote, by_ref: dict[str, Excerpt], folded: dict[str, "_Folded"]
) -> Quote | None:
    words = _fold(claim.text).strip(_EDGES + "…")
    if not words:
        return None
    named = folded.get(claim.ref)
    if named is not None and (place := named.place_of(words)) is not None:
        return _quote(by_ref[claim.ref], place)
    if len(words) < 24:
        return None  # too few to know a place by
    places = [
        (ref, place) for ref, text in folded.items() if (place := text.place_of(words)) is not None
    ]
    if len(places) != 1:
        return None
    ref, place = places[0]
    return _quote(by_ref[ref], place)


def _quote(excerpt: Excerpt, place: tuple[int, int]) -> Quote:
    start, end = place
    return Quote(excerpt.ref, excerpt.text[start:end], start, end)


class _Folded:
    """A text in its plain letters, and where each of them stands in the original."""

    def __init__(self, text: str) -> None:
        letters: list[str] = []
        places: list[int] = []
        for place, character in enumerate(text):
            for letter in _fold_character(character):
                if letter == " " and (not letters or letters[-1] == " "):
                    continue
                letters.append(letter)
                places.append(place)
        self._text = "".join(letters)
        self._places = places

    def place_of(self, words: str) -> tuple[int, int] | None:
        """The first place where these words stand as whole words, enough of them to mean something."""
        enough = len(words.split()) >= 3 or len(words) >= 12
        if not enough and words != self._text.strip(_EDGES):
            return None
        at = self._text.find(words)
        while at >= 0:
            end = at + len(words)
            if not self._joins(at - 1, at) and not self._joins(end - 1, end):
                return self._places[at], self._places[end - 1] + 1
            at = self._text.find(words, at + 1)
        return None

    def _joins(self, left: int, right: int) -> bool:
        """Whether a word goes on across this border. Scripts without spaces have no such borders."""
        if left < 0 or right >= len(self._text):
            return False
        pair = self._text[left] + self._text[right]
        return pair.isalnum() and pair.isascii()


def _fold(text: str) -> str:
    letters: list[str] = []
    for character in text:
        for letter in _fold_character(character):
            if letter == " " and (not letters or letters[-1] == " "):
                continue
            letters.append(letter)
    return "".join(letters)


def _fold_character(character: str) -> str:
    if character.isascii():
        if character.isspace():
            return " "
        return "'" if character == '"' or character == "`" else character.lower()
    plain = unicodedata.normalize("NFKD", character).translate(_QUOTES).translate(_DASHES)
    return "".join(
        " " if letter.isspace() else letter.casefold()
        for letter in plain
        if unicodedata.category(letter) not in {"Mn", "Cf", "Cc"}
    )
