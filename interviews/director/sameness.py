"""Whether two questions say the same thing. Plain comparison, so that it is the same today and tomorrow."""

import re
import unicodedata
from collections.abc import Iterable

NOT_A_WORD = re.compile(r"[^\w%]+")
# Words that change the politeness of a question, not what it asks.
EMPTY_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "so",
        "and",
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
        "me",
        "us",
        "about",
        "of",
        "to",
        "for",
        "in",
        "on",
        "tell",
        "describe",
        "explain",
        "like",
        "let",
        "i",
        "we",
    ]
)
NEARLY_ALL = 0.85
ENOUGH_WORDS = 4


def normalised(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return NOT_A_WORD.sub(" ", folded).strip()


def says_the_same(text: str, earlier: Iterable[str]) -> bool:
    """True if `text` repeats one of `earlier`: equal but for spelling, or made of nearly the same words."""
    mine = normalised(text)
    my_words = _meaningful(mine)
    for other in map(normalised, earlier):
        if mine == other:
            return True
        their_words = _meaningful(other)
        if min(len(my_words), len(their_words)) < ENOUGH_WORDS:
            continue
        shared = len(my_words & their_words) / len(my_words | their_words)
        if shared >= NEARLY_ALL:
            return True
    return False


def _meaningful(folded: str) -> frozenset[str]:
    return frozenset(folded.split()) - EMPTY_WORDS
