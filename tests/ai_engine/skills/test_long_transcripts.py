"""Three hours are read in pieces: what is said at the end counts as much, and all pieces share one deadline."""

import json
from collections.abc import Callable, Coroutine

import pytest

from ai_engine.engine import Engine, engine
from ai_engine.errors import AllProvidersDown
from ai_engine.inputs import CallContext, Excerpt
from ai_engine.messages import Request
from ai_engine.providers.scripted import Say, Scripted
from ai_engine.skills.answer_from_transcript import answer_from_transcript
from ai_engine.skills.derive_insights import derive_insights
from ai_engine.skills.score_interview import score_interview
from ai_engine.skills.summarize_interview import summarize_interview
from tests.ai_engine.material import COMPETENCIES, QUESTIONS, three_hours
from tests.simulated_time import SimulatedLoop, run_simulated

LAST_WORDS = "The storage decision of the billing service was mine alone, and I stand by it."
FILLER = "then had another long meeting about the plan"


def with_last_words() -> tuple[Excerpt, ...]:
    return (*three_hours(), Excerpt("last", "candidate", "Cem", LAST_WORDS, 11_000_000))


def writes(row: Callable[[str, str, int], dict[str, object]], into: str) -> Scripted:
    """A model that finds twelve things in every piece: eleven of little weight, and the last words first
    if they are in it."""

    def answer(request: Request) -> str:
        piece = request.messages[-1].text
        ref = piece.partition(FILLER)[0].rpartition('"ref": "')[2].partition('"')[0]
        rows = [row(ref, FILLER, number) for number in range(11)]
        if LAST_WORDS in piece:
            rows.insert(0, row("last", LAST_WORDS, 99))
        return json.dumps({into: rows, "says_nothing": False})

    return Scripted([Say(answer)])


async def test_an_answer_leads_with_what_was_said_at_the_end() -> None:
    def claim(ref: str, words: str, number: int) -> dict[str, object]:
        return {"text": f"Finding {number} {ref}: {words}", "quotes": [{"ref": ref, "text": words}]}

    with engine.replaced_by(Engine([writes(claim, "claims")])):
        question = "Who took the storage decision of the billing service?"
        answer = await answer_from_transcript(
            question, with_last_words(), CallContext(scope="acme")
        )
    assert len(answer.claims) == 6
    assert answer.claims[0].quotes[0].ref == "last"


async def test_insights_hear_the_end_as_well_as_the_beginning() -> None:
    def statement(ref: str, words: str, number: int) -> dict[str, object]:
        return {"text": f"Finding {number} {ref}.", "section": "interview", "figure": "",
                "quotes": [{"ref": ref, "text": words}]}  # fmt: skip

    with engine.replaced_by(Engine([writes(statement, "statements")])):
        insights = await derive_insights(
            with_last_words(), {}, QUESTIONS, CallContext(scope="acme")
        )
    assert len(insights.statements) == 12
    refs = [quote.ref for statement in insights.statements for quote in statement.quotes]
    assert "last" in refs[:7], "the first of each piece come first"


Skill = Callable[[CallContext], Coroutine[object, object, object]]
NOTHING = '{"claims": [], "says_nothing": true, "statements": [], "competencies": []}'
SKILLS: dict[str, Skill] = {
    "summary": lambda context: summarize_interview(three_hours(), QUESTIONS, "Engineer", context),
    "scorecard": lambda context: score_interview(three_hours(), COMPETENCIES, QUESTIONS, context),
    "insights": lambda context: derive_insights(three_hours(), {}, QUESTIONS, context),
    "answer": lambda context: answer_from_transcript("Was it tested?", three_hours(), context),
}


@pytest.mark.parametrize("name", SKILLS)
def test_all_pieces_share_one_deadline(name: str) -> None:
    """Seventy seconds for a piece, four at a time: the second round would end after the job's own timeout."""
    loop = SimulatedLoop()
    slow = Scripted([Say(NOTHING, pause=70)])

    async def seconds() -> float:
        began = loop.time()
        with pytest.raises(AllProvidersDown):
            await SKILLS[name](CallContext(scope="acme"))
        return loop.time() - began

    with engine.replaced_by(Engine([slow], clock=loop.time)):
        assert run_simulated(seconds(), loop) == pytest.approx(120)


def test_the_last_piece_has_what_the_first_ones_left() -> None:
    loop = SimulatedLoop()
    provider = Scripted([Say(NOTHING, pause=30)])

    async def ask() -> float:
        await answer_from_transcript("Was it tested?", three_hours(), CallContext(scope="acme"))
        return loop.time()

    with engine.replaced_by(Engine([provider], clock=loop.time)):
        began = loop.time()
        ended = run_simulated(ask(), loop)
    assert ended - began == pytest.approx(60), "two rounds, four at a time"
    ends = sorted({round(request.until - began) for request in provider.asked})
    assert ends == [120], "one end for all of them"
