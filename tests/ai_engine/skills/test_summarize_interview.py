from dataclasses import replace

import pytest

from ai_engine.engine import Engine
from ai_engine.skills.summarize_interview import summarize_interview
from tests.ai_engine.material import EXCERPTS, QUESTIONS, job, three_hours
from tests.fake_providers.server import FakeProviders


async def test_every_statement_rests_on_words_of_the_transcript(thinking: Engine) -> None:
    summary = await summarize_interview(EXCERPTS, QUESTIONS, "Engineer", job())
    texts = {excerpt.ref: excerpt.text for excerpt in EXCERPTS}
    assert len(summary.statements) >= 3
    for statement in summary.statements:
        assert all(
            texts[quote.ref][quote.start : quote.end] == quote.text for quote in statement.quotes
        )
    assert summary.statements[0].question_ref == "q1"
    assert not summary.provenance.degraded
    assert summary.provenance.prompt_version == "summarize_interview-1"
    assert summary.provenance.tokens_in > 0


async def test_invented_statements_are_dropped_and_counted(
    thinking: Engine, fake: FakeProviders
) -> None:
    fake.script("groq", always={"kind": "fabricate"})
    summary = await summarize_interview(EXCERPTS, QUESTIONS, "Engineer", job())
    assert summary.dropped == 1
    assert "forty million" not in str(summary.statements)


@pytest.mark.parametrize("kind", ["prose", "wrong_schema", "length", "other_language"])
async def test_an_unusable_answer_is_repaired_or_asked_elsewhere(
    kind: str, thinking: Engine, fake: FakeProviders
) -> None:
    fake.script("groq", always={"kind": kind})
    summary = await summarize_interview(EXCERPTS, QUESTIONS, "Engineer", job())
    assert summary.statements
    elsewhere = "groq" if kind == "prose" else "openrouter"
    assert summary.provenance.provider == elsewhere
    state = {status.name: status.health["complete"].state for status in thinking.status()}
    assert state["groq"] == "closed", "a model that errs is not a provider that is down"
    assert fake.wire_calls("groq") == (1 if kind == "prose" else 2)


async def test_a_prompt_that_comes_back_is_thrown_away(
    thinking: Engine, fake: FakeProviders
) -> None:
    fake.script("groq", always={"kind": "repeats_prompt"})
    summary = await summarize_interview(EXCERPTS, QUESTIONS, "Engineer", job())
    assert summary.provenance.provider == "openrouter"


async def test_it_is_written_in_the_language_of_the_interview(thinking: Engine) -> None:
    said = "Wir haben das System mit drei Personen gebaut und es ist für die Kunden sehr schnell."
    excerpts = (EXCERPTS[0], replace(EXCERPTS[1], text=said))
    summary = await summarize_interview(excerpts, QUESTIONS, "Entwicklung", job("de"))
    assert summary.statements[0].text.startswith("Gesagt wurde")


async def test_three_hours_are_read_in_pieces_and_nothing_is_lost(
    thinking: Engine, fake: FakeProviders
) -> None:
    summary = await summarize_interview(three_hours(), QUESTIONS, "Engineer", job())
    assert fake.wire_calls("groq") >= 5
    assert summary.provenance.calls == fake.wire_calls("groq")
    quoted = {quote.ref for statement in summary.statements for quote in statement.quotes}
    assert {"s2", "s4"} <= quoted


async def test_without_a_model_it_keeps_to_what_was_said(without_ai: Engine) -> None:
    summary = await summarize_interview(EXCERPTS, QUESTIONS, "Engineer", job())
    assert summary.provenance.degraded
    assert summary.provenance.provider == "offline"
    assert {statement.question_ref for statement in summary.statements} == {"q1", "q2"}
    assert summary.dropped == 0
