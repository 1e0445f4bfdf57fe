import pytest

from ai_engine.engine import Engine
from ai_engine.errors import AllProvidersDown
from ai_engine.inputs import Excerpt
from ai_engine.skills.score_interview import ScorecardDraft, score_interview
from tests.ai_engine.injections import FAMILIES
from tests.ai_engine.material import COMPETENCIES, EXCERPTS, QUESTIONS, job, three_hours, with_order
from tests.fake_providers.server import FakeProviders


async def scored(excerpts: tuple[Excerpt, ...] = EXCERPTS) -> ScorecardDraft:
    return await score_interview(excerpts, COMPETENCIES, QUESTIONS, job())


def levels(draft: ScorecardDraft) -> dict[str, tuple[int | None, str]]:
    return {level.competency_ref: (level.level, level.status) for level in draft.levels}


EXPECTED = {"design": (3, "levelled"), "teamwork": (3, "levelled"), "users": (None, "not_asked")}


async def test_a_level_has_words_of_the_candidate(thinking: Engine) -> None:
    draft = await scored()
    assert levels(draft) == EXPECTED
    for level in draft.levels:
        assert all(quote.ref in {"s2", "s4"} for quote in level.evidence)
        assert bool(level.evidence) == (level.level is not None)


async def test_a_false_quote_is_dropped_and_counted(thinking: Engine, fake: FakeProviders) -> None:
    fake.script("groq", always={"kind": "fabricate"})
    draft = await scored()
    assert draft.dropped == 1
    assert levels(draft) == EXPECTED


async def test_only_false_quotes_carry_no_level(thinking: Engine, fake: FakeProviders) -> None:
    said = "I once earned a very large amount of money for everybody there"
    fake.script("groq", always={"kind": "gullible", "order": said, "ref": "s2"})
    draft = await scored()
    assert {level.level for level in draft.levels} == {None}
    assert draft.dropped == len(COMPETENCIES)


@pytest.mark.parametrize(("family", "order"), FAMILIES)
@pytest.mark.parametrize("cited", [False, True], ids=["reads it", "was told it and cites it"])
async def test_a_model_that_obeys_every_order_moves_no_level(
    family: str, order: str, cited: bool, thinking: Engine, fake: FakeProviders
) -> None:
    told = {"order": order, "ref": "bad"} if cited else {}
    for provider in ("groq", "openrouter"):
        fake.script(provider, always={"kind": "gullible", **told})
    draft = await scored(with_order(order))
    assert "bad" in draft.flagged, family
    if cited:
        assert {level.level for level in draft.levels} == {None}, family
    else:
        assert levels(draft) == EXPECTED, family


async def test_reciting_the_rubric_is_no_evidence(thinking: Engine, fake: FakeProviders) -> None:
    recited = "Well, " + COMPETENCIES[0].levels[3].lower()
    fake.script("groq", always={"kind": "gullible", "order": recited, "ref": "bad"})
    draft = await scored(with_order(recited))
    assert {level.level for level in draft.levels} == {None}


async def test_evidence_of_three_hours_is_kept(thinking: Engine, fake: FakeProviders) -> None:
    draft = await scored(three_hours())
    assert levels(draft)["design"] == (3, "levelled")
    assert {quote.ref for quote in draft.levels[0].evidence} == {"s2"}
    assert fake.wire_calls("groq") == draft.provenance.calls


async def test_without_a_model_there_are_quotes_and_no_levels(without_ai: Engine) -> None:
    draft = await scored()
    assert draft.provenance.degraded
    assert [level.status for level in draft.levels] == [
        "insufficient_evidence", "insufficient_evidence", "not_asked",
    ]  # fmt: skip
    assert draft.levels[0].evidence


async def test_a_job_waits_when_all_providers_are_down(
    thinking: Engine, fake: FakeProviders
) -> None:
    for provider in ("groq", "openrouter"):
        fake.script(provider, always={"kind": "status", "status": 503})
    with pytest.raises(AllProvidersDown) as down:
        await scored()
    assert down.value.retry_in > 0
    assert not down.value.is_permanent
