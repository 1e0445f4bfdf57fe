"""Stores what the AI says of an interview, with the evidence that code has found for it."""

import uuid
from collections.abc import Sequence

from ai_engine.inputs import Claim
from interviews.models import Answer, DebriefPart, Evidence, Statement
from interviews.queries.material import Material
from interviews.services.check_evidence import ANYBODY, Transcript, evidence_rows


def provable(
    claims: Sequence[Claim], material: Material, *, may_rest_on_figures: bool = False
) -> tuple[list[Claim], int]:
    """The claims with at least one quote that is really there, and how many there were besides.

    Insights may speak of what was counted, and then quote nobody.
    """
    transcript = Transcript.of(material.excerpts)
    kept = [
        claim
        for claim in claims
        if transcript.found(claim.quotes, ANYBODY) or (may_rest_on_figures and not claim.quotes)
    ]
    return kept, len(claims) - len(kept)


def keep_claims(
    claims: Sequence[Claim],
    material: Material,
    *,
    part: DebriefPart | None = None,
    answer: Answer | None = None,
) -> None:
    """Stores claims in their order, each with those of its quotes that are really there."""
    known = {question.ref for question in material.questions}
    transcript = Transcript.of(material.excerpts)
    statements = Statement.objects.bulk_create(
        Statement(
            part=part,
            answer=answer,
            position=place,
            section=claim.section[:120],
            question_id=_question_id(claim, known),
            text=claim.text,
        )
        for place, claim in enumerate(claims)
    )
    Evidence.objects.bulk_create(
        row
        for statement, claim in zip(statements, claims, strict=True)
        for row in evidence_rows(transcript.found(claim.quotes, ANYBODY), statement=statement)
    )


def _question_id(claim: Claim, known: set[str]) -> uuid.UUID | None:
    """The question of the plan that a claim names, unless the AI made the name up."""
    if claim.question_ref is None or claim.question_ref not in known:
        return None
    return uuid.UUID(claim.question_ref)
