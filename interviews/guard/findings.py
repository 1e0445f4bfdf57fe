"""Looks through a text and says what was found, in which words, and what to do instead."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from interviews.guard.facts import FACTS
from interviews.guard.personal_words import ABOUT_WORK, ADDRESSED, PERSONAL_WORDS
from interviews.guard.questions import ALLOWED, QUESTIONS
from interviews.guard.rubric_words import RUBRIC_WORDS
from interviews.guard.topics import Topic

QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})
SENTENCE_END = re.compile(r"(?<=[.!?;])(?<!\b[A-Za-z]\.)\s+|\n+")  # but not within "a U.S. citizen"
LONGEST_SENTENCE = 600  # beyond it a sentence is looked at in pieces, so that time stays linear
OVERLAP = 80


@dataclass(frozen=True, slots=True)
class Finding:
    topic: Topic
    words: str  # those that gave rise to it
    sentence: str
    ask_instead: str


@dataclass(frozen=True, slots=True)
class RubricFinding:
    words: str
    reason: str


def find_prohibited(text: str) -> tuple[Finding, ...]:
    """Questions that must not be asked. At most one finding for each topic and sentence."""
    found: list[Finding] = []
    for sentence in _sentences(text):
        plain = ALLOWED.sub(" ", sentence)
        about_the_person = ADDRESSED.search(plain) is not None and not ABOUT_WORK.search(plain)
        for topic, patterns in QUESTIONS.items():
            personal = (PERSONAL_WORDS[topic],) if about_the_person else ()
            words = _first_match((*patterns, *personal), plain)
            if words is not None:
                found.append(Finding(topic, words, sentence, topic.ask_instead))
    return tuple(found)


def find_protected_facts(text: str) -> tuple[Finding, ...]:
    """What a candidate told of their own accord, and must play no part in a judgement."""
    found: list[Finding] = []
    for sentence in _sentences(text):
        for topic, patterns in FACTS.items():
            words = _first_match(patterns, sentence)
            if words is not None:
                found.append(Finding(topic, words, sentence, topic.ask_instead))
    return tuple(found)


def rubric_findings(text: str) -> tuple[RubricFinding, ...]:
    """Words that would have somebody judge feelings, voice, looks or “fit” in place of behaviour."""
    plain = _plain(text)
    found: list[RubricFinding] = []
    for pattern, reason in RUBRIC_WORDS:
        found += [RubricFinding(match.group(), reason) for match in pattern.finditer(plain)]
    return tuple(found)


def _first_match(patterns: Iterable[re.Pattern[str]], sentence: str) -> str | None:
    match = next(filter(None, (pattern.search(sentence) for pattern in patterns)), None)
    return None if match is None else match.group().strip()


def _sentences(text: str) -> Iterator[str]:
    for raw in SENTENCE_END.split(unicodedata.normalize("NFKC", text).translate(QUOTES)):
        sentence = " ".join(raw.split())
        for start in range(0, len(sentence), LONGEST_SENTENCE):
            yield sentence[max(0, start - OVERLAP) : start + LONGEST_SENTENCE]


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).translate(QUOTES).split())
