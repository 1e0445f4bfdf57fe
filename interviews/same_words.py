"""Whether two microphones heard the same words. Pure: the same segments, the same verdict.

A doubled sentence can be read past, a lost one cannot: where there is doubt, the two stay apart.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum, auto

SHARED_TIME = 0.5  # of the shorter one: who repeats a sentence does it after it was said
NEARLY_ALL = (
    0.85  # of the longer one's words: two transcriptions of one sound differ here and there
)
OWN = 2  # the rank from which on a microphone is its owner's
FEW_WORDS = 4  # below it, only the same person can be meant: many say "yes" at once
MANY_WORDS = 6  # from there on a piece of a sentence is known within the whole
LONGEST = 200  # words that are compared one by one
ECHO_MS = 120  # a call brings words out of the other's loudspeaker at least so much later
CLEAR_ECHO_MS = range(300, 1_500)  # sooner may be a slower network, and later is one
SPOKEN_MS_A_WORD = 350
_FASTEST_MS_A_WORD = 120
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_TURNS_MEANING = frozenset(["no", "not", "never", "none", "nobody", "nothing", "cannot", "without"])


class Verdict(Enum):
    APART = auto()
    EARLIER_STAYS = auto()
    LATER_REPLACES = auto()


@dataclass(frozen=True, slots=True)
class Heard:
    """A segment as one microphone heard it.

    `feed` names the microphone. `rank` is higher for the speaker's own: the candidate's, then a member's, then
    one fed for somebody else.
    """

    text: str
    speaker: str
    feed: str
    rank: int
    started_ms: int
    ended_ms: int


def judge(earlier: Heard, later: Heard) -> Verdict:
    """What becomes of the later one. `earlier` is what was stored first, whenever it was said."""
    if earlier.feed == later.feed:
        return Verdict.APART
    ours, theirs = _words(earlier.text), _words(later.text)
    if not ours or not theirs or not _at_once(earlier, len(ours), later, len(theirs)):
        return Verdict.APART
    is_one_speaker = earlier.speaker == later.speaker
    if _are_same(ours, theirs, is_one_speaker=is_one_speaker):
        is_better = later.rank > earlier.rank
        if not is_one_speaker and min(earlier.rank, later.rank) >= OWN:
            ahead = _lag(earlier, len(ours), later, len(theirs)) * (1 if is_better else -1)
            if ahead >= ECHO_MS:
                return _of_an_echo(ahead, is_better=not is_better)
        return Verdict.LATER_REPLACES if is_better else Verdict.EARLIER_STAYS
    if is_one_speaker and later.rank <= earlier.rank and _is_within(theirs, ours):
        return Verdict.EARLIER_STAYS
    if is_one_speaker and later.rank >= earlier.rank and _is_within(ours, theirs):
        return Verdict.LATER_REPLACES
    return Verdict.APART


def _of_an_echo(ahead: float, *, is_better: bool) -> Verdict:
    """Whoever's words would go by rank heard them first: where that need not be an echo, both stand."""
    if not CLEAR_ECHO_MS.start <= ahead < CLEAR_ECHO_MS.stop:
        return Verdict.APART
    return Verdict.LATER_REPLACES if is_better else Verdict.EARLIER_STAYS


def _at_once(one: Heard, its_words: int, other: Heard, others_words: int) -> bool:
    (start, end), (begin, stop) = _time(one, its_words), _time(other, others_words)
    shared = min(end, stop) - max(start, begin)
    return shared > 0 and shared >= SHARED_TIME * min(end - start, stop - begin)


def _lag(one: Heard, its_words: int, other: Heard, others_words: int) -> float:
    """By how many milliseconds the other heard it later, if both tell when it began; else 0.

    Of two people's own microphones the first heard its owner, the second an echo. A call shifts the beginning and the
    end alike; who hears more softly only hears the end sooner.
    """
    if not (_tells_beginning(one, its_words) and _tells_beginning(other, others_words)):
        return 0
    begins, ends = other.started_ms - one.started_ms, other.ended_ms - one.ended_ms
    return min(begins, ends, key=abs) if (begins < 0) == (ends < 0) else 0


def _tells_beginning(heard: Heard, words: int) -> bool:
    return heard.ended_ms - heard.started_ms >= words * _FASTEST_MS_A_WORD


def _time(heard: Heard, words: int) -> tuple[int, int]:
    """The browser's recognition tells when a sentence was over, not when it began."""
    if _tells_beginning(heard, words):
        return heard.started_ms, heard.ended_ms
    return heard.ended_ms - words * SPOKEN_MS_A_WORD, heard.ended_ms


def _are_same(one: Sequence[str], other: Sequence[str], *, is_one_speaker: bool) -> bool:
    longer = max(len(one), len(other))
    if longer < FEW_WORDS:
        return is_one_speaker and one == other
    if one == other:
        return True
    if longer > LONGEST or _weighty(one) != _weighty(other):
        return False
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) >= NEARLY_ALL * longer


def _is_within(piece: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether the whole says all of the piece, word after word."""
    size = len(piece)
    if size < MANY_WORDS or size > len(whole) or len(whole) > LONGEST:
        return False
    return any(whole[at : at + size] == piece for at in range(len(whole) - size + 1))


def _weighty(words: Sequence[str]) -> Counter[str]:
    """What turns a sentence into another one: numbers and negations."""
    return Counter(
        word
        for word in words
        if word in _TURNS_MEANING or word.endswith("n't") or any(c.isdigit() for c in word)
    )


def _words(text: str) -> tuple[str, ...]:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return tuple(_WORD.findall(folded))
