import pytest

from ai_engine.engine import Engine
from ai_engine.inputs import Delta, Finished, Withdrawn
from ai_engine.skills.ask_next_question import TurnToWord, ask_next_question
from tests.ai_engine.injections import FAMILIES
from tests.ai_engine.material import EXCERPTS, room
from tests.fake_providers.server import FakeProviders

PLANNED = "How did you handle a conflict in your team?"
TURN = TurnToWord("ask", PLANNED, last_answer=EXCERPTS[1].text, recent=EXCERPTS[:2],
                  candidate_name="Cem", position_title="Engineer")  # fmt: skip


async def said(turn: TurnToWord = TURN, language: str = "en") -> tuple[str, Finished, int]:
    """What the candidate sees in the end, the last event, and how often words were withdrawn."""
    shown, withdrawn = "", 0
    async for event in ask_next_question(turn, room(language)):
        if isinstance(event, Delta):
            shown += event.text
        elif isinstance(event, Withdrawn):
            shown, withdrawn = "", withdrawn + 1
        else:
            return shown, event, withdrawn
    raise AssertionError("no end")


async def test_the_question_comes_in_words_and_is_whole_at_the_end(thinking: Engine) -> None:
    shown, finished, _ = await said()
    assert shown == finished.text
    assert PLANNED in shown
    assert finished.provenance.provider == "groq"


async def test_a_probe_takes_up_what_was_said(thinking: Engine) -> None:
    probe = TurnToWord("probe", PLANNED, last_answer=EXCERPTS[1].text)
    assert "I designed the billing system" in (await said(probe))[0]


async def test_the_second_provider_takes_over_unseen_or_after_withdrawing(
    thinking: Engine, fake: FakeProviders
) -> None:
    fake.script("groq", [{"kind": "cut", "after": 1}, {"kind": "silent_end", "after": 7}])
    assert (await said())[2] == 0
    shown, finished, withdrawn = await said()
    assert (shown, withdrawn) == (finished.text, 1)
    assert finished.provenance.provider == "openrouter"


async def test_with_all_down_the_plan_itself_is_asked_and_marked(
    thinking: Engine, fake: FakeProviders
) -> None:
    for provider in ("groq", "openrouter"):
        fake.script(provider, always={"kind": "status", "status": 503})
    shown, finished, _ = await said()
    assert shown == PLANNED
    assert finished.provenance.degraded
    assert finished.provenance.provider == "offline"


@pytest.mark.parametrize("kind", ["other_language", "repeats_prompt", "length"])
async def test_what_must_not_be_said_is_not_left_standing(
    kind: str, thinking: Engine, fake: FakeProviders
) -> None:
    fake.script("groq", always={"kind": kind})
    shown, finished, _ = await said()
    assert PLANNED in shown
    assert finished.provenance.provider == "openrouter"


@pytest.mark.parametrize(("family", "order"), FAMILIES)
async def test_no_order_of_a_candidate_reaches_the_model(
    family: str, order: str, thinking: Engine, fake: FakeProviders
) -> None:
    """By answer and by name; and what the model does not hold it cannot give away."""
    turn = TurnToWord("ask", PLANNED, last_answer=order, candidate_name=order, recent=EXCERPTS[:1])
    shown, _, _ = await said(turn)
    assert PLANNED in shown, family
    assert "level" not in shown.lower()
    assert "mm-" not in shown
