"""What can be said without a model: sentences that were said, chosen by the words they share."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ai_engine.inputs import Competency, Excerpt, PlanQuestion
from ai_engine.untrusted import orders_in

_WORD = re.compile(r"[^\W\d_]{4,}")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")


@dataclass(frozen=True, slots=True)
class Sentence:
    ref: str
    text: str


def sentences(excerpts: Iterable[Excerpt]) -> list[Sentence]:
    """The candidate's sentences that say something, orders to the machine left out."""
    found: list[Sentence] = []
    for excerpt in excerpts:
        if excerpt.speaker != "candidate":
            continue
        orders = orders_in(excerpt.text)
        for match in _SENTENCE.finditer(excerpt.text):
            text = match.group().strip()
            addressed = any(match.start() < end and match.end() > start for start, end in orders)
            if len(text.split()) >= 5 and not addressed:
                found.append(Sentence(excerpt.ref, text))
    return found


def stems(text: str) -> set[str]:
    """Words by their beginnings, so that "testing" meets "tests"."""
    return {word[:5] for word in _WORD.findall(text.lower())}


def nearest(text: str, among: Sequence[Sentence], *, most: int = 2) -> list[Sentence]:
    """The sentences that share the most words with the text, in the order they were said."""
    wanted = stems(text)
    scored = [(len(wanted & stems(sentence.text)), at) for at, sentence in enumerate(among)]
    best = sorted((pair for pair in scored if pair[0] > 0), reverse=True)[:most]
    return [among[at] for at in sorted(at for _, at in best)]


def about(competency: Competency) -> str:
    return " ".join((competency.name, competency.description, *competency.levels))


def answer_to(
    question: PlanQuestion, excerpts: Sequence[Excerpt], *, most: int = 2
) -> list[Sentence]:
    """The longest sentences of what the candidate said after the question was put."""
    wanted = stems(question.text)
    best, at = 0, -1
    for place, excerpt in enumerate(excerpts):
        shared = len(wanted & stems(excerpt.text)) if excerpt.speaker != "candidate" else 0
        if shared > best:
            best, at = shared, place
    if at < 0 or best * 2 < len(wanted):
        return []
    answer: list[Excerpt] = []
    for excerpt in excerpts[at + 1 :]:
        if excerpt.speaker != "candidate":
            break
        answer.append(excerpt)
    return sorted(sentences(answer), key=lambda sentence: -len(sentence.text))[:most]
