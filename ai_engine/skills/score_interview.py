"""Drafts a scorecard: a level per competency, only where checked words of the candidate carry it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from ai_engine.asking import OneDeadline, for_each_chunk, questions_fence, request_for, together
from ai_engine.chunks import around, in_chunks
from ai_engine.citations import CANDIDATE, Verified, recites, verify
from ai_engine.claims import QuoteOut, Ref, ShortText, claimed
from ai_engine.engine import engine
from ai_engine.extractive import about, nearest, sentences
from ai_engine.inputs import (
    CallContext,
    Competency,
    Excerpt,
    JsonValue,
    PlanQuestion,
    Provenance,
    Quote,
)
from ai_engine.languages import check_language
from ai_engine.messages import Reply
from ai_engine.prompts import load
from ai_engine.structured import Structured, reader
from ai_engine.untrusted import (
    Spans,
    clean,
    fence,
    is_order,
    orders_in,
    split_orders,
    transcript_fence,
)

Status = Literal["levelled", "insufficient_evidence", "not_asked"]


class LevelOut(Structured):
    competency: Ref
    status: Status
    level: Annotated[int, Field(ge=1, le=4)] | None
    rationale: ShortText
    quotes: Annotated[list[QuoteOut], Field(max_length=12)]


class ScorecardOut(Structured):
    competencies: Annotated[list[LevelOut], Field(max_length=20)]


class EvidenceOut(Structured):
    competency: Ref
    quotes: Annotated[list[QuoteOut], Field(max_length=12)]


class CollectedOut(Structured):
    competencies: Annotated[list[EvidenceOut], Field(max_length=20)]


@dataclass(frozen=True, slots=True)
class LevelDraft:
    """A level is there only with status "levelled", and then with evidence."""

    competency_ref: str
    level: int | None
    status: Status
    rationale: str
    evidence: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class ScorecardDraft:
    """`dropped` counts quotes that are not the candidate's, or speak to the machine; `flagged` are the
    excerpts that do so, for a person to look at."""

    levels: tuple[LevelDraft, ...]
    provenance: Provenance
    dropped: int
    flagged: tuple[str, ...] = ()


async def score_interview(
    excerpts: Sequence[Excerpt],
    competencies: Sequence[Competency],
    questions: Sequence[PlanQuestion],
    context: CallContext,
) -> ScorecardDraft:
    """One draft per competency, in their order."""
    provenances: list[Provenance] = []
    time = OneDeadline(context)
    split = split_orders(excerpts)
    read = tuple(excerpts)
    chunks = in_chunks(excerpts)
    if len(chunks) > 1:
        refs, provenances = await _collected(chunks, excerpts, competencies, questions, time)
        read = around(excerpts, refs)
    reply = await _scored(read, competencies, questions, time.context())
    given = {level.competency: level for level in reply.value.competencies}
    drafts: list[LevelDraft] = []
    dropped = 0
    for competency in competencies:
        level = given.get(competency.ref)
        evidence = _evidence(level.quotes if level else [], excerpts, competencies, split)
        dropped += evidence.dropped
        drafts.append(_draft(competency, level, evidence.quotes, questions))
    flagged = tuple(
        excerpt.ref
        for excerpt in excerpts
        if excerpt.speaker == "candidate" and (excerpt.ref in split or orders_in(excerpt.text))
    )
    return ScorecardDraft(
        tuple(drafts), together([*provenances, reply.provenance]), dropped, flagged
    )


async def _scored(
    excerpts: Sequence[Excerpt],
    competencies: Sequence[Competency],
    questions: Sequence[PlanQuestion],
    context: CallContext,
) -> Reply[ScorecardOut]:
    prompt = load("score_interview")
    known = {competency.ref for competency in competencies}

    def check(out: ScorecardOut) -> None:
        unknown = sorted({level.competency for level in out.competencies} - known)
        if unknown:
            raise ValueError(f"Unknown competencies: {', '.join(unknown)[:200]}.")
        missing = sorted(known - {level.competency for level in out.competencies})
        if missing:
            raise ValueError(f"Competencies left out: {', '.join(missing)[:200]}.")
        check_language(context.language, [level.rationale for level in out.competencies])

    request = request_for(
        prompt,
        context,
        user=_user(excerpts, competencies, questions),
        form=ScorecardOut,
        max_tokens=6000,
        temperature=0.0,
        without_ai=lambda: _quotes_only(excerpts, competencies),
    )
    return await engine.complete(request, reader(ScorecardOut, check))


async def _collected(
    chunks: Sequence[tuple[Excerpt, ...]],
    excerpts: Sequence[Excerpt],
    competencies: Sequence[Competency],
    questions: Sequence[PlanQuestion],
    time: OneDeadline,
) -> tuple[set[str], list[Provenance]]:
    """The refs of what is evidence in a transcript too long to be rated in one piece."""
    prompt = load("score_interview")

    async def ask(chunk: tuple[Excerpt, ...]) -> Reply[CollectedOut]:
        request = request_for(
            prompt,
            time.context(),
            section="collect",
            user=_user(chunk, competencies, questions),
            form=CollectedOut,
            max_tokens=4000,
            temperature=0.0,
            without_ai=lambda: _quotes_only(chunk, competencies),
        )
        return await engine.complete(request, reader(CollectedOut))

    replies = await for_each_chunk(chunks, ask)
    quotes = [
        quote for reply in replies for found in reply.value.competencies for quote in found.quotes
    ]
    refs = {
        quote.ref
        for quote in _evidence(quotes, excerpts, competencies, split_orders(excerpts)).quotes
    }
    return refs, [reply.provenance for reply in replies]


def _draft(
    competency: Competency,
    given: LevelOut | None,
    evidence: tuple[Quote, ...],
    questions: Sequence[PlanQuestion],
) -> LevelDraft:
    """What the checked words allow to be said of one competency."""
    rationale = given.rationale if given else ""
    if given is not None and given.level is not None and evidence:
        return LevelDraft(competency.ref, given.level, "levelled", rationale, evidence)
    about_it = [question for question in questions if question.competency_ref == competency.ref]
    asked = any(question.was_asked for question in about_it) or not about_it
    if evidence or asked:
        why = rationale if given is not None and given.level is None else ""
        return LevelDraft(competency.ref, None, "insufficient_evidence", why, evidence)
    return LevelDraft(competency.ref, None, "not_asked", "", ())


def _evidence(
    quotes: Sequence[QuoteOut],
    excerpts: Sequence[Excerpt],
    competencies: Sequence[Competency],
    split: Mapping[str, Spans],
) -> Verified:
    """Words of the candidate that are neither an order to the machine nor the rubric recited."""
    found = verify(claimed(quotes), excerpts, CANDIDATE)
    texts = {excerpt.ref: excerpt.text for excerpt in excerpts}
    anchors = [anchor for competency in competencies for anchor in competency.levels]
    kept = tuple(
        quote
        for quote in found.quotes
        if not _is_addressed(quote, texts[quote.ref], split.get(quote.ref, ()))
        and not recites(quote.text, anchors)
    )
    return Verified(kept, found.dropped + len(found.quotes) - len(kept))


def _is_addressed(quote: Quote, text: str, split: Spans) -> bool:
    """Whether the words, or most of the answer they stand in, speak to the machine."""
    return is_order(text) or any(
        quote.start < end and quote.end > start for start, end in (*orders_in(text), *split)
    )


def _user(
    excerpts: Sequence[Excerpt],
    competencies: Sequence[Competency],
    questions: Sequence[PlanQuestion],
) -> str:
    rubric: list[JsonValue] = [
        {
            "ref": competency.ref,
            "name": clean(competency.name, most=120),
            "description": clean(competency.description, most=600),
            "levels": [clean(level, most=600) for level in competency.levels],
        }
        for competency in competencies
    ]
    return load("score_interview").fill(
        "user",
        competencies=fence("competencies", rubric),
        questions=questions_fence(questions),
        transcript=transcript_fence(excerpts),
    )


def _quotes_only(excerpts: Sequence[Excerpt], competencies: Sequence[Competency]) -> str:
    """Without a model: words that may matter, and no level, since nobody weighed them."""
    said = sentences(excerpts)
    levels: list[JsonValue] = []
    for competency in competencies:
        quotes: list[JsonValue] = [
            {"ref": sentence.ref, "text": sentence.text}
            for sentence in nearest(about(competency), said, most=3)
        ]
        levels.append(
            {
                "competency": competency.ref,
                "status": "insufficient_evidence",
                "level": None,
                "rationale": "",
                "quotes": quotes,
            }
        )
    return json.dumps({"competencies": levels})
