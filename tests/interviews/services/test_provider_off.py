"""Where an organisation has switched a provider off, no word of its interviews goes there, whoever asks the AI."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from importlib import import_module
from typing import Concatenate, ParamSpec, TypeVar

import pytest
from asgiref.sync import async_to_sync, sync_to_async

from ai_engine.engine import Engine, engine
from ai_engine.inputs import Finished
from ai_engine.skills.summarize_interview import summarize_interview
from interviews.queries.material import material_of_interview
from interviews.services.ask_question import Turn, Wording, claim_turn, finish_question
from interviews.services.assist_interviewer import suggest
from interviews.services.draft_plan import draft_plan
from interviews.services.lead_interview import worded_by_ai
from interviews.services.participants import Participant
from interviews.services.transcribe_speech import (
    SpokenAudio,
    transcribe_so_far,
    transcribe_speech,
)
from interviews.states import Mode
from tests.ai_engine.vendors import Vendors
from tests.cast import Cast
from tests.fake_providers.in_thread import fake_in_thread
from tests.fake_providers.server import FakeProviders
from tests.interviews.room.conftest import NOW, Tab, make_room
from tests.interviews.told import make_told_interview

pytestmark = pytest.mark.django_db(transaction=True)  # rooms use threads of their own
P = ParamSpec("P")
T = TypeVar("T")
ANSWER = "I ran the billing service for three years and measured every change before and after."


@pytest.fixture
def fake() -> Iterator[FakeProviders]:
    """The shared engine asks Gemini first; Acme does not want it."""
    for sdk in ("google.genai", "openai", "groq"):
        import_module(sdk)  # or a busy machine takes a provider for slow while it loads
    with fake_in_thread() as fake:
        vendors = Vendors(fake)
        chain = [vendors.provider(name) for name in ("gemini", "openrouter", "groq")]
        with engine.replaced_by(Engine(chain)) as replaced:
            yield fake
            engine.run(replaced.aclose())


def on_a_loop(thinking: Coroutine[object, object, T]) -> T:
    """Waits for it, and closes what that loop held."""

    async def think() -> T:
        try:
            return await thinking
        finally:
            await engine.aclose()

    return async_to_sync(think)()


def a_live_question(cast: Cast) -> None:
    """After the opening, which is the plan's own, the AI words what comes next."""
    room = make_room(cast)
    opening = claim_turn(interview_id=room.id, owner="a", silent_seconds=0, now=NOW)
    assert opening is not None
    assert finish_question(turn=opening, wording=Wording(opening.move.text), now=NOW)
    question = claim_turn(interview_id=room.id, owner="a", silent_seconds=0, now=NOW)
    assert question is not None
    on_a_loop(worded(question))


async def worded(turn: Turn) -> None:
    async for event in worded_by_ai(turn):
        if isinstance(event, Finished):
            assert not event.provenance.degraded


def a_suggestion(cast: Cast) -> None:
    room = make_room(cast, mode=Mode.ASSISTED)
    Tab(room).say(ANSWER)
    assert on_a_loop(suggest(interview_id=room.id)) is not None


def spoken_words(cast: Cast) -> None:
    tab = Tab(make_room(cast))

    async def in_room(
        function: Callable[Concatenate[Participant, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await sync_to_async(lambda: function(tab.by, *args, **kwargs))()

    audio = SpokenAudio("s1", b"SPEECH:we were three people", "audio/webm", 2000)
    assert on_a_loop(transcribe_so_far(in_room=in_room, audio=audio)) == "we were three people"
    on_a_loop(transcribe_speech(in_room=in_room, audio=audio, its_turn=partial(asyncio.sleep, 0)))
    assert tab.interview.segments.get().text == "we were three people"


def a_report(cast: Cast) -> None:
    """What summaries, scorecards, insights and answers are all gathered from."""
    material = material_of_interview(make_told_interview(cast), seconds=30)
    written = summarize_interview(
        material.excerpts, material.questions, material.position_title, material.context
    )
    assert on_a_loop(written).statements


def a_plan(cast: Cast) -> None:
    position = make_told_interview(cast).position
    assert draft_plan(position=position, company_context="", by=cast.rita).plan.questions


@pytest.mark.parametrize("ask", [a_live_question, a_suggestion, spoken_words, a_report, a_plan])
def test_a_provider_that_is_switched_off_gets_no_byte(
    ask: Callable[[Cast], None], cast: Cast, fake: FakeProviders
) -> None:
    cast.acme.ai_providers_off = ["gemini"]
    cast.acme.save()
    ask(cast)
    providers = {call["provider"] for call in fake.calls}
    assert providers
    assert "gemini" not in providers
