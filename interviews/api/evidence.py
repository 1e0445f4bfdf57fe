"""How claims and the quotes they rest on look to programs."""

from datetime import datetime
from decimal import Decimal

from ninja import Schema

from interviews.models.debrief import Provenance
from interviews.queries.report import Cite, ClaimShown, Section


class QuoteOut(Schema):
    """Verbatim words: `start` and `end` count characters of the segment's text as it was read."""

    segment_id: int
    start: int
    end: int
    text: str
    speaker: str
    speaker_name: str
    fed_by: str

    @staticmethod
    def of(cite: Cite) -> "QuoteOut":
        return QuoteOut(
            segment_id=cite.segment_id,
            start=cite.start,
            end=cite.end,
            text=cite.quote,
            speaker=cite.speaker,
            speaker_name=cite.name,
            fed_by=cite.fed_by,
        )


class ClaimOut(Schema):
    text: str
    quotes: list[QuoteOut]

    @staticmethod
    def of(claim: ClaimShown) -> "ClaimOut":
        return ClaimOut(text=claim.text, quotes=[QuoteOut.of(cite) for cite in claim.cites])


class SectionOut(Schema):
    """`question_state`: answered, asked, skipped or not_asked; empty where nobody noted it."""

    title: str
    question_state: str
    claims: list[ClaimOut]

    @staticmethod
    def of(section: Section) -> "SectionOut":
        return SectionOut(
            title=section.title,
            question_state=section.question_state,
            claims=[ClaimOut.of(claim) for claim in section.claims],
        )


class ProvenanceOut(Schema):
    """Where an AI text comes from. `degraded`: put together without AI."""

    provider: str
    model: str
    prompt_version: str
    written_at: datetime | None
    tokens_in: int
    tokens_out: int
    cost: Decimal | None
    degraded: bool
    dropped_claims: int

    @staticmethod
    def of(row: Provenance) -> "ProvenanceOut":
        return ProvenanceOut(
            provider=row.provider,
            model=row.model,
            prompt_version=row.prompt_version,
            written_at=row.written_at,
            tokens_in=row.tokens_in,
            tokens_out=row.tokens_out,
            cost=row.cost,
            degraded=row.degraded,
            dropped_claims=row.dropped_claims,
        )
