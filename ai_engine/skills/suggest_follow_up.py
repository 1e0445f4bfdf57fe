"""Whispers one follow-up question to a human interviewer, with the words that caused it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, StringConstraints

from ai_engine.asking import questions_fence, request_for
from ai_engine.citations import CANDIDATE, verify
from ai_engine.claims import QuoteOut, claimed
from ai_engine.engine import engine
from ai_engine.inputs import CallContext, Excerpt, PlanQuestion, Provenance, Quote
from ai_engine.languages import check_language
from ai_engine.prompts import load
from ai_engine.structured import PlainText, Structured, reader
from ai_engine.untrusted import fence, mask, transcript_fence

RECENT = 12
IDEAS = 20  # the latest of each kind


class SuggestionOut(Structured):
    text: Annotated[PlainText, StringConstraints(max_length=400)]
    because: Annotated[list[QuoteOut], Field(max_length=4)]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question and the candidate's words it follows up."""

    text: str
    because: tuple[Quote, ...]
    provenance: Provenance


async def suggest_follow_up(
    excerpts: Sequence[Excerpt],
    questions: Sequence[PlanQuestion],
    context: CallContext,
    *,
    shown: Sequence[str] = (),
    dismissed: Sequence[str] = (),
) -> FollowUp | None:
    """None when there is nothing to follow up, or nothing that was really said.

    `shown` and `dismissed` are earlier suggestions: neither is to come again.
    """
    recent = tuple(excerpts)[-RECENT:]
    prompt = load("suggest_follow_up")

    def check(out: SuggestionOut) -> None:
        check_language(context.language, [out.text])

    request = request_for(
        prompt,
        context,
        user=prompt.fill(
            "user",
            questions=questions_fence(questions),
            ideas=_ideas_fence(shown, dismissed),
            transcript=transcript_fence(recent),
        ),
        form=SuggestionOut,
        max_tokens=400,
    )
    reply = await engine.complete(request, reader(SuggestionOut, check))
    because = verify(claimed(reply.value.because), recent, CANDIDATE).quotes
    if not reply.value.text or not because:
        return None
    return FollowUp(reply.value.text, because, reply.provenance)


def _ideas_fence(shown: Sequence[str], dismissed: Sequence[str]) -> str:
    """A suggestion was worded after what a candidate said: it is data like their own words."""
    return fence(
        "ideas",
        {
            "shown": [mask(text, most=400) for text in shown[-IDEAS:]],
            "dismissed": [mask(text, most=400) for text in dismissed[-IDEAS:]],
        },
    )
