"""Summarises an interview: statements by section and question, each with words that were said."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from ai_engine.asking import OneDeadline, for_each_chunk, questions_fence, request_for, together
from ai_engine.chunks import in_chunks
from ai_engine.claims import StatementsOut, checked
from ai_engine.engine import engine
from ai_engine.extractive import answer_to
from ai_engine.inputs import CallContext, Claim, Excerpt, JsonValue, PlanQuestion, Provenance
from ai_engine.languages import check_language
from ai_engine.messages import Reply
from ai_engine.prompts import load
from ai_engine.structured import reader
from ai_engine.untrusted import clean, transcript_fence

SECTIONS = frozenset({"question", "background", "candidate_asked", "other"})


@dataclass(frozen=True, slots=True)
class Summary:
    """`dropped` counts statements whose quotes are not in the transcript."""

    statements: tuple[Claim, ...]
    provenance: Provenance
    dropped: int


async def summarize_interview(
    excerpts: Sequence[Excerpt],
    questions: Sequence[PlanQuestion],
    position_title: str,
    context: CallContext,
) -> Summary:
    """What was said, by question of the plan."""
    prompt = load("summarize_interview")
    time = OneDeadline(context)

    def check(out: StatementsOut) -> None:
        check_language(context.language, [statement.text for statement in out.statements])

    async def ask(chunk: tuple[Excerpt, ...]) -> Reply[StatementsOut]:
        user = prompt.fill(
            "user",
            position=clean(position_title, most=120) or "not named",
            questions=questions_fence(questions),
            transcript=transcript_fence(chunk),
        )
        request = request_for(
            prompt,
            time.context(),
            user=user,
            form=StatementsOut,
            max_tokens=6000,
            without_ai=lambda: _extract(chunk, questions),
        )
        return await engine.complete(request, reader(StatementsOut, check))

    replies = await for_each_chunk(in_chunks(excerpts), ask)
    found = checked(
        [statement for reply in replies for statement in reply.value.statements],
        excerpts,
        question_refs=frozenset(question.ref for question in questions),
        sections=SECTIONS,
    )
    order = {question.ref: at for at, question in enumerate(questions)}
    last = len(order)
    statements = sorted(found.claims, key=lambda claim: order.get(claim.question_ref or "", last))
    provenance = together([reply.provenance for reply in replies])
    return Summary(tuple(statements), provenance, found.dropped)


def _extract(excerpts: Sequence[Excerpt], questions: Sequence[PlanQuestion]) -> str:
    """Per question the longest sentences of its answer: no model, no wording of our own."""
    statements: list[JsonValue] = []
    for question in questions:
        for sentence in answer_to(question, excerpts):
            quote: JsonValue = {"ref": sentence.ref, "text": sentence.text}
            statements.append(
                {
                    "text": f"“{sentence.text}”",
                    "section": "question",
                    "question": question.ref,
                    "quotes": [quote],
                }
            )
    return json.dumps({"statements": statements[:80]})
