"""Drafts a plan from a job description, for a person to edit."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, StringConstraints

from ai_engine.asking import request_for
from ai_engine.engine import engine
from ai_engine.inputs import CallContext, Competency, Provenance
from ai_engine.languages import check_language
from ai_engine.prompts import load
from ai_engine.structured import PlainText, Structured, reader
from ai_engine.untrusted import fence, mask

Line = Annotated[PlainText, StringConstraints(min_length=1, max_length=600)]
Ref = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]


class CompetencyOut(Structured):
    ref: Ref
    name: Line
    description: Line
    levels: Annotated[list[Line], Field(min_length=4, max_length=4)]


class QuestionOut(Structured):
    text: Line
    competency: Ref
    must_ask: bool
    probe_depth: Annotated[int, Field(ge=0, le=3)]
    minutes: Annotated[int, Field(ge=1, le=60)]


class PlanOut(Structured):
    opening: Line
    closing: Line
    competencies: Annotated[list[CompetencyOut], Field(min_length=1, max_length=8)]
    questions: Annotated[list[QuestionOut], Field(min_length=1, max_length=20)]


@dataclass(frozen=True, slots=True)
class DraftedQuestion:
    text: str
    competency_ref: str
    must_ask: bool
    probe_depth: int
    minutes: int


@dataclass(frozen=True, slots=True)
class PlanDraft:
    opening: str
    closing: str
    competencies: tuple[Competency, ...]
    questions: tuple[DraftedQuestion, ...]
    provenance: Provenance


async def draft_plan(job_description: str, context: CallContext, *, minutes: int = 45) -> PlanDraft:
    """Questions and competencies for the job."""
    prompt = load("draft_plan")

    def check(out: PlanOut) -> None:
        known = {competency.ref for competency in out.competencies}
        if any(question.competency not in known for question in out.questions):
            raise ValueError("Every question's competency must be one of the competencies.")
        for texts in _groups_of_texts(out):
            check_language(context.language, texts)

    request = request_for(
        prompt,
        context,
        user=prompt.fill("user", job=fence("job_description", mask(job_description, most=20_000))),
        form=PlanOut,
        values={"minutes": str(minutes)},
        max_tokens=5000,
        temperature=0.4,
    )
    reply = await engine.complete(request, reader(PlanOut, check))
    out = reply.value
    return PlanDraft(
        opening=out.opening,
        closing=out.closing,
        competencies=tuple(
            Competency(
                competency.ref,
                competency.name,
                (
                    competency.levels[0],
                    competency.levels[1],
                    competency.levels[2],
                    competency.levels[3],
                ),
                competency.description,
            )
            for competency in out.competencies
        ),
        questions=tuple(
            DraftedQuestion(
                question.text,
                question.competency,
                question.must_ask,
                question.probe_depth,
                question.minutes,
            )
            for question in out.questions
        ),
        provenance=reply.provenance,
    )


def _groups_of_texts(out: PlanOut) -> tuple[list[str], ...]:
    """What is heard or read apart: one in the right language must not cover up for another."""
    competencies = [
        text
        for competency in out.competencies
        for text in (competency.name, competency.description, *competency.levels)
    ]
    questions = [question.text for question in out.questions]
    return [out.opening], [out.closing], questions, competencies
