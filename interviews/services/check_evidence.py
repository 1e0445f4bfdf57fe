"""Checks in code, against the frozen transcript, every quote that a claim rests on.

The skills have checked already; this is asked again where it is stored, so that no way of writing a
debrief, whoever adds it, can bring in words that nobody said.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ai_engine.inputs import Excerpt, Quote
from interviews.models import CompetencyLevel, Evidence, Statement
from interviews.states import Speaker

ANYBODY = frozenset(Speaker)
CANDIDATE_ONLY = frozenset({Speaker.CANDIDATE})


@dataclass(frozen=True, slots=True)
class Transcript:
    """The excerpts by their ref."""

    by_ref: Mapping[str, Excerpt]

    @classmethod
    def of(cls, excerpts: Collection[Excerpt]) -> "Transcript":
        return cls({excerpt.ref: excerpt for excerpt in excerpts})

    def found(self, quotes: Collection[Quote], speakers: Collection[Speaker]) -> list[Quote]:
        """Those quotes that stand where they say they stand, in the words of one of `speakers`."""
        return [quote for quote in quotes if self._holds(quote, speakers)]

    def _holds(self, quote: Quote, speakers: Collection[Speaker]) -> bool:
        excerpt = self.by_ref.get(quote.ref)
        if excerpt is None or excerpt.speaker not in speakers or not quote.text.strip():
            return False
        return excerpt.text[quote.start : quote.end] == quote.text


def evidence_rows(
    quotes: Collection[Quote],
    *,
    statement: Statement | None = None,
    competency_level: CompetencyLevel | None = None,
) -> list[Evidence]:
    """Rows for quotes that were found."""
    return [
        Evidence(
            statement=statement,
            competency_level=competency_level,
            segment_id=int(quote.ref),
            quote=quote.text,
            start=quote.start,
            end=quote.end,
        )
        for quote in quotes
    ]
