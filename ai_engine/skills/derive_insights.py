"""Says how an interview went, from what was measured and what was said; never how a person is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from ai_engine.asking import (
    OneDeadline,
    for_each_chunk,
    in_turns,
    questions_fence,
    request_for,
    together,
)
from ai_engine.chunks import in_chunks
from ai_engine.claims import QuoteOut, Ref, ShortText, StatementOut, checked
from ai_engine.engine import engine
from ai_engine.inputs import CallContext, Claim, Excerpt, JsonValue, PlanQuestion, Provenance
from ai_engine.languages import check_language
from ai_engine.messages import Reply
from ai_engine.prompts import load
from ai_engine.structured import Structured, reader
from ai_engine.untrusted import fence, transcript_fence

SECTIONS = frozenset({"interview", "interviewer"})
MOST = 12


class InsightOut(Structured):
    text: ShortText
    section: Ref
    figure: Ref
    quotes: Annotated[list[QuoteOut], Field(max_length=8)]


class InsightsOut(Structured):
    statements: Annotated[list[InsightOut], Field(max_length=20)]


@dataclass(frozen=True, slots=True)
class Insights:
    """`dropped` counts statements that rest neither on a figure nor on words that were said."""

    statements: tuple[Claim, ...]
    provenance: Provenance
    dropped: int


async def derive_insights(
    excerpts: Sequence[Excerpt],
    figures: Mapping[str, float | str],
    questions: Sequence[PlanQuestion],
    context: CallContext,
) -> Insights:
    """How the interview went, and how it was led."""
    prompt = load("derive_insights")
    time = OneDeadline(context)

    def check(out: InsightsOut) -> None:
        check_language(context.language, [statement.text for statement in out.statements])

    async def ask(chunk: tuple[Excerpt, ...]) -> Reply[InsightsOut]:
        user = prompt.fill(
            "user",
            figures=fence("figures", dict(figures)),
            questions=questions_fence(questions),
            transcript=transcript_fence(chunk),
        )
        request = request_for(
            prompt,
            time.context(),
            user=user,
            form=InsightsOut,
            max_tokens=3000,
            without_ai=lambda: _from_figures(questions),
        )
        return await engine.complete(request, reader(InsightsOut, check))

    replies = await for_each_chunk(in_chunks(excerpts), ask)
    measured: set[str] = set()
    statements: list[StatementOut] = []
    for insight in in_turns([reply.value.statements for reply in replies]):
        if insight.figure in figures or insight.figure == "plan":
            measured.add(insight.text)
        statements.append(
            StatementOut(
                text=insight.text, section=insight.section, question="", quotes=insight.quotes
            )
        )
    found = checked(
        statements,
        excerpts,
        question_refs=frozenset(),
        sections=SECTIONS,
        may_stand_alone=lambda statement: statement.text in measured,
    )
    provenance = together([reply.provenance for reply in replies])
    return Insights(found.claims[:MOST], provenance, found.dropped)


def _from_figures(questions: Sequence[PlanQuestion]) -> str:
    """Only what can be counted; the page shows the figures themselves beside it."""
    asked = sum(question.was_asked for question in questions)
    statement: JsonValue = {
        "text": f"{asked} of {len(questions)} planned questions were asked.",
        "section": "interview",
        "figure": "plan",
        "quotes": [],
    }
    return json.dumps({"statements": [statement] if questions else []})
