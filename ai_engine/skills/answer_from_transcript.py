"""Answers a question about an interview, with the words each claim rests on, or says that the
transcript does not say."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from ai_engine.asking import OneDeadline, for_each_chunk, in_turns, request_for, together
from ai_engine.chunks import in_chunks
from ai_engine.claims import QuoteOut, ShortText, StatementOut, checked
from ai_engine.engine import engine
from ai_engine.extractive import nearest, sentences, stems
from ai_engine.inputs import CallContext, Claim, Excerpt, JsonValue, Provenance
from ai_engine.languages import check_language
from ai_engine.messages import Reply
from ai_engine.prompts import load
from ai_engine.structured import Structured, reader
from ai_engine.untrusted import clean, fence, transcript_fence

MOST = 6


class ClaimOut(Structured):
    text: ShortText
    quotes: Annotated[list[QuoteOut], Field(max_length=8)]


class AnswerOut(Structured):
    says_nothing: bool
    claims: Annotated[list[ClaimOut], Field(max_length=12)]


@dataclass(frozen=True, slots=True)
class CitedAnswer:
    """`says_nothing`: the transcript does not say, or nothing of the answer could be checked."""

    claims: tuple[Claim, ...]
    says_nothing: bool
    provenance: Provenance
    dropped: int


async def answer_from_transcript(
    question: str, excerpts: Sequence[Excerpt], context: CallContext
) -> CitedAnswer:
    """Only what the transcript says."""
    prompt = load("answer_from_transcript")
    time = OneDeadline(context)

    def check(out: AnswerOut) -> None:
        check_language(context.language, [claim.text for claim in out.claims])

    async def ask(chunk: tuple[Excerpt, ...]) -> Reply[AnswerOut]:
        user = prompt.fill(
            "user",
            question=fence("question", clean(question, most=1000)),
            transcript=transcript_fence(chunk),
        )
        request = request_for(
            prompt,
            time.context(),
            user=user,
            form=AnswerOut,
            max_tokens=1500,
            without_ai=lambda: _nearest_words(question, chunk),
        )
        return await engine.complete(request, reader(AnswerOut, check))

    replies = await for_each_chunk(in_chunks(excerpts), ask)
    statements = [
        StatementOut(text=claim.text, section="answer", question="", quotes=claim.quotes)
        for claim in in_turns([reply.value.claims for reply in replies])
    ]
    found = checked(statements, excerpts, question_refs=frozenset(), sections=frozenset({"answer"}))
    claims = found.claims
    if len(replies) > 1:
        claims = tuple(sorted(claims, key=lambda claim: -_shared(question, claim)))
    provenance = together([reply.provenance for reply in replies])
    return CitedAnswer(claims[:MOST], not claims, provenance, found.dropped)


def _shared(question: str, claim: Claim) -> int:
    """How many words of the question come back in a claim and in what it rests on. A model ranks the claims
    of one chunk; between chunks this does."""
    said = " ".join((claim.text, *(quote.text for quote in claim.quotes)))
    return len(stems(question) & stems(said))


def _nearest_words(question: str, excerpts: Sequence[Excerpt]) -> str:
    """The sentences that share words with the question, as they were said."""
    claims: list[JsonValue] = []
    for sentence in nearest(question, sentences(excerpts), most=3):
        quote: JsonValue = {"ref": sentence.ref, "text": sentence.text}
        claims.append({"text": f"“{sentence.text}”", "quotes": [quote]})
    return json.dumps({"says_nothing": not claims, "claims": claims})
