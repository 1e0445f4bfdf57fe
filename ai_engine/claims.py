"""Statements with quotes, as models give them, and what is left of them after the check."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, StringConstraints

from ai_engine.citations import EVERYBODY, ClaimedQuote, verify
from ai_engine.inputs import Claim, Excerpt, Speaker
from ai_engine.structured import PlainText, Structured

ShortText = Annotated[PlainText, StringConstraints(max_length=1200)]
Ref = Annotated[str, StringConstraints(max_length=80)]


class QuoteOut(Structured):
    ref: Ref
    text: Annotated[str, StringConstraints(max_length=4000)]


class StatementOut(Structured):
    text: ShortText
    section: Ref
    question: Ref
    quotes: Annotated[list[QuoteOut], Field(max_length=8)]


class StatementsOut(Structured):
    statements: Annotated[list[StatementOut], Field(max_length=80)]


@dataclass(frozen=True, slots=True)
class Checked:
    claims: tuple[Claim, ...]
    dropped: int


def claimed(quotes: Iterable[QuoteOut]) -> list[ClaimedQuote]:
    return [ClaimedQuote(quote.ref, quote.text) for quote in quotes]


def checked(
    statements: Iterable[StatementOut],
    excerpts: Sequence[Excerpt],
    *,
    question_refs: frozenset[str],
    sections: frozenset[str],
    speakers: frozenset[Speaker] = EVERYBODY,
    may_stand_alone: Callable[[StatementOut], bool] = lambda statement: False,
) -> Checked:
    """Claims whose quotes stand in the transcript. A statement none of whose quotes does is dropped,
    and counted; so is one that says what another already said."""
    kept: list[Claim] = []
    dropped = 0
    said: set[str] = set()
    for statement in statements:
        quotes = verify(claimed(statement.quotes), excerpts, speakers)
        if not quotes.quotes and not may_stand_alone(statement):
            dropped += 1
            continue
        key = " ".join(statement.text.lower().split())
        if not key or key in said:
            continue  # chunks overlap, so the same thing may be found twice
        said.add(key)
        section = statement.section if statement.section in sections else min(sections)
        question = statement.question if statement.question in question_refs else None
        kept.append(Claim(statement.text, section, question, quotes.quotes))
    return Checked(tuple(kept), dropped)
