"""Insights, answers, follow-ups and plans."""

import pytest

from ai_engine.engine import Engine
from ai_engine.errors import NoProviderConfigured
from ai_engine.skills.answer_from_transcript import answer_from_transcript
from ai_engine.skills.derive_insights import derive_insights
from ai_engine.skills.draft_plan import draft_plan
from ai_engine.skills.suggest_follow_up import suggest_follow_up
from tests.ai_engine.material import EXCERPTS, QUESTIONS, job, room, three_hours
from tests.fake_providers.server import FakeProviders

FIGURES: dict[str, float | str] = {"talk_ratio": 0.7, "longest_monologue": "2:10"}
JOB = "You build payment systems in Python. You lead reviews. You talk to customers every week."


async def test_insights_rest_on_figures_or_on_words(thinking: Engine) -> None:
    insights = await derive_insights(EXCERPTS, FIGURES, QUESTIONS, job())
    assert any("Talk ratio: 0.7" in statement.text for statement in insights.statements)
    assert any(statement.quotes for statement in insights.statements)
    assert insights.dropped == 0


async def test_insights_without_a_model_count_the_questions(without_ai: Engine) -> None:
    insights = await derive_insights(EXCERPTS, FIGURES, QUESTIONS, job())
    assert insights.statements[0].text == "2 of 3 planned questions were asked."
    assert insights.provenance.degraded


async def test_an_answer_is_cited(thinking: Engine) -> None:
    answer = await answer_from_transcript("How were migrations tested?", EXCERPTS, room())
    assert answer.claims[0].quotes[0].ref == "s2"
    assert not answer.says_nothing


async def test_what_the_transcript_does_not_say_is_said_to_be_missing(thinking: Engine) -> None:
    answer = await answer_from_transcript("Which kayak does he own?", EXCERPTS, room())
    assert answer.says_nothing
    assert answer.claims == ()


async def test_an_answer_is_found_anywhere_in_three_hours(thinking: Engine) -> None:
    answer = await answer_from_transcript("Was the billing system tested?", three_hours(), room())
    assert answer.claims[0].quotes[0].ref == "s2"


async def test_a_follow_up_names_the_words_that_caused_it(thinking: Engine) -> None:
    follow_up = await suggest_follow_up(EXCERPTS, QUESTIONS, room())
    assert follow_up is not None
    assert follow_up.because[0].ref == "s4"


async def test_a_follow_up_to_words_nobody_said_is_not_made(
    thinking: Engine, fake: FakeProviders
) -> None:
    assert await suggest_follow_up(EXCERPTS[:1], QUESTIONS, room()) is None


async def test_a_plan_is_drafted_from_the_job(thinking: Engine) -> None:
    plan = await draft_plan(JOB, job())
    assert len(plan.questions) >= 2
    assert {question.competency_ref for question in plan.questions} <= {
        competency.ref for competency in plan.competencies
    }
    assert all(len(competency.levels) == 4 for competency in plan.competencies)


async def test_without_a_model_no_plan_is_made_up(without_ai: Engine) -> None:
    with pytest.raises(NoProviderConfigured):
        await draft_plan(JOB, job())
