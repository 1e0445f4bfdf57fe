"""Which questions of a plan a person has asked, in their own words, and whether two questions are one idea.

Pure: the same words, the same answer.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

NEEDED_SHARE = 0.6  # of the planned question's meaningful words
FEWEST_SHARED = 3
SHARE_OF_IDEA = 0.5  # of the shorter question's
FEWEST_OF_IDEA = 2
_STEM = 5
_WORD = re.compile(r"[^\W_]+")
_EMPTY = frozenset(
    [
        "a",
        "an",
        "the",
        "so",
        "and",
        "or",
        "ok",
        "okay",
        "well",
        "now",
        "please",
        "just",
        "could",
        "can",
        "would",
        "will",
        "you",
        "your",
        "me",
        "us",
        "my",
        "our",
        "about",
        "of",
        "to",
        "for",
        "in",
        "on",
        "at",
        "by",
        "with",
        "from",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "do",
        "does",
        "did",
        "have",
        "has",
        "had",
        "tell",
        "describe",
        "explain",
        "like",
        "let",
        "i",
        "we",
        "that",
        "this",
        "those",
        "these",
        "it",
        "its",
        "how",
        "what",
        "which",
        "who",
        "when",
        "where",
        "why",
        "there",
        "then",
        "some",
        "any",
        "as",
        "if",
    ]
)


@dataclass(frozen=True, slots=True)
class Planned:
    ref: str
    text: str


def asked_in(said: str, planned: Iterable[Planned]) -> str | None:
    """The planned question these words put, if they put one: the one they share most with."""
    spoken = _words(said)
    best: tuple[float, str] | None = None
    for question in planned:
        wanted = _words(question.text)
        shared = len(wanted & spoken)
        if shared < min(FEWEST_SHARED, len(wanted)) or not wanted:
            continue
        share = shared / len(wanted)
        if share >= NEEDED_SHARE and (best is None or share > best[0]):
            best = (share, question.ref)
    return best[1] if best else None


def is_same_idea(one: str, other: str) -> bool:
    """Whether two questions turn on the same words, however they are put. Rather too often than too seldom."""
    ours, theirs = _words(one), _words(other)
    shared = len(ours & theirs)
    return shared >= FEWEST_OF_IDEA and shared >= SHARE_OF_IDEA * min(len(ours), len(theirs))


def _words(text: str) -> frozenset[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return frozenset(_stem(word) for word in _WORD.findall(folded) if word not in _EMPTY)


def _stem(word: str) -> str:
    """Enough for “handled” and “handle”, “tests” and “test” to be one: the beginning counts."""
    return word.removesuffix("s")[:_STEM]
