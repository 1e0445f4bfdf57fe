"""Every skill answers in the interview's language: what comes in another is asked for once more, and then elsewhere."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from ai_engine.engine import Engine
from ai_engine.inputs import CallContext, Delta, Excerpt, Provenance, Withdrawn
from ai_engine.skills.answer_from_transcript import answer_from_transcript
from ai_engine.skills.ask_next_question import TurnToWord, ask_next_question
from ai_engine.skills.derive_insights import derive_insights
from ai_engine.skills.draft_plan import draft_plan
from ai_engine.skills.score_interview import score_interview
from ai_engine.skills.suggest_follow_up import suggest_follow_up
from ai_engine.skills.summarize_interview import summarize_interview
from tests.ai_engine.material import COMPETENCIES, EXCERPTS, QUESTIONS, job, room
from tests.fake_providers.server import FakeProviders

Said = tuple[str, Provenance]
Skill = Callable[[tuple[Excerpt, ...], CallContext], Awaitable[Said]]
JOB = "You build payment systems in Python. You lead reviews. You talk to customers every week."


async def asks(excerpts: tuple[Excerpt, ...], context: CallContext) -> Said:
    turn = TurnToWord("ask", QUESTIONS[1].text, last_answer=excerpts[1].text, recent=excerpts[:2])
    shown = ""
    async for event in ask_next_question(turn, replace(context, lane="live")):
        if isinstance(event, Delta):
            shown += event.text
        elif isinstance(event, Withdrawn):
            shown = ""
        else:
            return shown, event.provenance
    raise AssertionError("no end")


async def suggests(excerpts: tuple[Excerpt, ...], context: CallContext) -> Said:
    follow_up = await suggest_follow_up(excerpts, QUESTIONS, context)
    assert follow_up is not None
    return follow_up.text, follow_up.provenance


async def summarizes(excerpts: tuple[Excerpt, ...], context: CallContext) -> Said:
    summary = await summarize_interview(excerpts, QUESTIONS, "Engineer", context)
    return " ".join(claim.text for claim in summary.statements), summary.provenance


async def scores(excerpts: tuple[Excerpt, ...], context: CallContext) -> Said:
    draft = await score_interview(excerpts, COMPETENCIES, QUESTIONS, context)
    said = [level.rationale for level in draft.levels]
    said += [quote.text for level in draft.levels for quote in level.evidence]
    return " ".join(said), draft.provenance


async def derives(excerpts: tuple[Excerpt, ...], context: CallContext) -> Said:
    insights = await derive_insights(excerpts, {"talk_ratio": 0.7}, QUESTIONS, context)
    return " ".join(claim.text for claim in insights.statements), insights.provenance


async def answers(excerpts: tuple[Excerpt, ...], context: CallContext) -> Said:
    answer = await answer_from_transcript("How were migrations tested?", excerpts, context)
    return " ".join(claim.text for claim in answer.claims), answer.provenance


async def drafts(excerpts: tuple[Excerpt, ...], context: CallContext) -> Said:
    plan = await draft_plan(JOB, context)
    said = [plan.opening, plan.closing, *(question.text for question in plan.questions)]
    for competency in plan.competencies:
        said += [competency.name, competency.description, *competency.levels]
    return " ".join(said), plan.provenance


SKILLS: list[Skill] = [asks, suggests, summarizes, scores, derives, answers, drafts]


def is_latin(said: str) -> bool:
    return bool(said) and not any("\u0400" <= letter <= "\u04ff" for letter in said)


@pytest.mark.parametrize("skill", SKILLS)
async def test_an_answer_in_another_language_is_asked_for_once_more_and_then_elsewhere(
    skill: Skill, thinking: Engine, fake: FakeProviders
) -> None:
    fake.script("groq", [{"kind": "other_language"}])
    said, provenance = await skill(EXCERPTS, job())
    assert is_latin(said)
    # spoken words were heard: they are withdrawn, and nobody waits for the same provider
    assert provenance.provider == ("openrouter" if skill is asks else "groq")
    assert provenance.calls == 2

    fake.calls.clear()
    fake.script("groq", always={"kind": "other_language"})
    said, provenance = await skill(EXCERPTS, job())
    assert is_latin(said)
    assert provenance.provider == "openrouter"
    assert fake.wire_calls("groq") == (1 if skill is asks else 2), "one retry, and no more"


@pytest.mark.parametrize("field", ["opening", "text", "levels"])
async def test_no_part_of_a_plan_is_in_another_language(
    field: str, thinking: Engine, fake: FakeProviders
) -> None:
    fake.script("groq", always={"kind": "other_language", "fields": [field]})
    said, provenance = await drafts(EXCERPTS, job())
    assert is_latin(said)
    assert provenance.provider == "openrouter"


@pytest.mark.parametrize("language", ["de", "uk"])
@pytest.mark.parametrize("skill", [asks, summarizes, scores, derives, answers])
async def test_without_a_model_words_stay_in_the_language_in_which_they_were_said(
    skill: Skill, language: str, without_ai: Engine
) -> None:
    """An interview in German may be held in English: what was said is shown, and no job fails over it."""
    said, provenance = await skill(EXCERPTS, replace(room(language), lane="background"))
    assert is_latin(said)
    assert provenance.degraded
