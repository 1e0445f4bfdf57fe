"""Which words before a colon are somebody's name. A whole file is looked at before that is decided."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from interviews.importing.result import LONGEST_NAME

MOST_WORDS = 6
PARTICLES = frozenset(
    ["van", "von", "der", "den", "de", "da", "do", "dos", "di", "du", "del", "della", "la", "le", "el", "al",
     "bin", "ibn", "ter", "ten", "zu", "y", "e", "af", "av", "and"]
)  # fmt: skip
NOT_NAMES = frozenset(
    ["note", "notes", "ps", "example", "date", "time", "title", "subject", "topic", "attendees", "participants",
     "duration", "location", "meeting", "transcript", "recording", "language", "link", "url", "http", "https",
     "warning", "summary", "invited", "position", "started", "ended"]
)  # fmt: skip
OFTEN_ENOUGH = 3
OFTEN_IN_A_LONG_FILE = 5
LINES_OF_A_START = 12
# A name: no end of a sentence in it ("J. Doe", "jane.doe@acme.com" and "Doe, Jane" are fine).
SENTENCE = re.compile(r"[?!;\"“”<>{}]|\.\s+[a-z]|\.$|…")
MARKER = re.compile(r"(?:>>+|[-–—*•])\s{0,3}")


def split_prefix(line: str) -> tuple[str, str] | None:
    """`Name: words` -> (name, words), whether or not the name is one."""
    marker = MARKER.match(line)
    line = line[marker.end() :] if marker else line
    head, colon, rest = line[: LONGEST_NAME + 2].partition(":")
    if not colon:
        return None
    rest = line[len(head) + 1 :]
    name = clean_name(head)
    if not name or len(name.split()) > MOST_WORDS or SENTENCE.search(name):
        return None
    if rest and not rest[0].isspace():  # 10:30, http://
        return None
    return name, rest.strip()


def clean_name(head: str) -> str:
    name = " ".join(head.split())
    if name.startswith("[") and name.endswith("]"):
        name = name[1:-1].strip()
    return name[:LONGEST_NAME]


def looks_like_name(name: str) -> bool:
    words = name.split()
    if (
        not words
        or len(words) > MOST_WORDS
        or name.casefold() in NOT_NAMES
        or SENTENCE.search(name)
    ):
        return False
    if not any(map(str.isalpha, name)):
        return False
    return all(_is_capital(word) or word in PARTICLES for word in words) and _is_capital(words[0])


def choose_names(lines: Iterable[str], *, of_turns: int) -> frozenset[str]:
    """The prefixes that are names, casefolded. `of_turns`: how many lines could have had one.

    Who speaks often is known by that. A name that occurs once is believed in a file that names its speakers
    from the start; but not a single word in a long one, where it is more likely to be part of a sentence.
    """
    counts: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    named_from_the_start = False
    for number, line in enumerate(lines):
        prefix = split_prefix(line)
        if prefix is None:
            continue
        key = prefix[0].casefold()
        counts[key] += 1
        spelled.setdefault(key, prefix[0])
        if number < LINES_OF_A_START and looks_like_name(prefix[0]):
            named_from_the_start = True
    is_long = max(counts.values(), default=0) >= OFTEN_IN_A_LONG_FILE
    return frozenset(
        key
        for key, count in counts.items()
        if _is_name(key, spelled, counts, of_turns)
        and (count > 1 or (named_from_the_start and (" " in key or not is_long)))
    )


def _is_name(key: str, spelled: dict[str, str], counts: Counter[str], of_turns: int) -> bool:
    if looks_like_name(spelled[key]):
        return True
    often = counts[key] >= OFTEN_ENOUGH and counts[key] * 10 >= of_turns
    return often and key not in NOT_NAMES and len(key.split()) <= 3


def _is_capital(word: str) -> bool:
    letter = next((character for character in word if character.isalnum()), "")
    # Letters of scripts without capitals (王, محمد) count as capitals.
    return letter.isdigit() or (letter != "" and letter == letter.upper())


def unify(names: Sequence[str]) -> dict[str, str]:
    """Every spelling of a name -> its first one."""
    first: dict[str, str] = {}
    return {name: first.setdefault(name.casefold(), name) for name in names}
