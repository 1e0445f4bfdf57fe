"""An AI for tests: it writes what a test tells it to, through the real engine and the real skills."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from ai_engine.engine import Engine, engine
from ai_engine.errors import AiError, Unreachable
from ai_engine.messages import Request
from ai_engine.providers.scripted import Fail, Say, Scripted
from interviews.models import Interview, Segment

Words = Mapping[str, object]
Writer = Callable[[Request], Words]


@contextmanager
def without_ai() -> Iterator[None]:
    """No provider is configured: the engine's last resort writes."""
    with engine.replaced_by(Engine([])):
        yield


@contextmanager
def ai_that_writes(**by_skill: Words | Writer) -> Iterator[Scripted]:
    """Answers each skill with this JSON; skills that are not named get an empty answer of their form."""

    def answer(request: Request) -> str:
        words = by_skill.get(request.skill, EMPTY.get(request.skill, {}))
        return json.dumps(words(request) if callable(words) else words)

    provider = Scripted([Say(answer)])
    with engine.replaced_by(Engine([provider])):
        yield provider


@contextmanager
def ai_that_hears(*said: Say | Fail) -> Iterator[Scripted]:
    """The pieces of speech are heard as these words, one after the other; the last ones stay."""
    provider = Scripted(said)
    with engine.replaced_by(Engine([provider])):
        yield provider


@contextmanager
def ai_that_fails(error: Callable[[str], AiError] = Unreachable) -> Iterator[None]:
    with engine.replaced_by(Engine([Scripted([Fail(error)])])):
        yield


EMPTY: dict[str, Words] = {
    "summarize_interview": {"statements": []},
    "derive_insights": {"statements": []},
    "answer_from_transcript": {"says_nothing": True, "claims": []},
}


def ratings(interview: Interview, *rows: Mapping[str, object]) -> Words:
    """A scorecard of the interview's competencies in their order; those without a row get no level."""
    rubric = interview.plan_version.rubric_version
    competencies = list(rubric.competencies.order_by("position"))
    blank: Words = {"status": "insufficient_evidence", "level": None, "rationale": "", "quotes": []}
    written = []
    for place, competency in enumerate(competencies):
        row = rows[place] if place < len(rows) else {}
        written.append({"competency": str(competency.id), **blank, **row})
    return {"competencies": written}


def rating(level: int, *quotes: tuple[Segment, str]) -> Words:
    return {
        "status": "levelled",
        "level": level,
        "rationale": "Explains own decisions.",
        "quotes": quoted(*quotes),
    }


def quoted(*quotes: tuple[Segment, str]) -> Sequence[Words]:
    return [{"ref": str(segment.id), "text": text} for segment, text in quotes]
