"""A suggestion reaches the interviewers with its reason, and never the candidate."""

import asyncio
import json
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from ai_engine.engine import Engine, engine
from ai_engine.errors import Unreachable
from ai_engine.messages import Answer, Request
from ai_engine.providers.scripted import Hang, Scripted
from interviews.consumers import suggestion_loop
from interviews.models import Interview, Segment, Suggestion
from interviews.states import InterviewState, Mode
from tests.cast import QUESTIONS
from tests.interviews.ai import ai_that_fails, ai_that_writes, quoted
from tests.interviews.consumers.conftest import HOST, Stage
from webapi.tokens import issue_token

WORDS = "We lost a day of orders"


@pytest.fixture
def assisted(stage: Stage) -> Stage:
    """The same room, led by Ines."""
    now = timezone.now()
    Interview.objects.update(
        mode=Mode.ASSISTED, state=InterviewState.LIVE, started_at=now, live_since=now
    )
    return stage


async def test_an_answer_brings_a_suggestion_with_its_reason(assisted: Stage) -> None:
    cem, ines = await assisted.candidate(), await assisted.member(assisted.cast.ines)
    said = {"text": "How did you find out about it?"}
    await cem.send("segment.final", seg_id="c1", text=f"{WORDS}, and then we noticed.")
    await ines.until("event", kind="segment.final")
    row = await sync_to_async(Segment.objects.get)(seg_id="c1")
    with ai_that_writes(suggest_follow_up={**said, "because": quoted((row, WORDS))}):
        await cem.send("segment.final", seg_id="c2", text="It was a Friday.")
        ready = await ines.until("suggestion.ready")
    assert (ready["text"], ready["because"]) == (said["text"], [["c1", WORDS]])
    await ines.send("suggestion.answer", suggestion_id=ready["id"], answer="use")
    await ines.until("event", kind="suggestion.answered")
    assert "suggestion" not in json.dumps(cem.frames)


async def test_without_an_ai_the_interview_goes_on(assisted: Stage) -> None:
    cem, ines = await assisted.candidate(), await assisted.member(assisted.cast.ines)
    with ai_that_fails(Unreachable):
        await cem.send("segment.final", seg_id="c1", text="We lost a day of orders.")
        await ines.until("assist.paused")
    await cem.send("segment.final", seg_id="c2", text="It was a Friday.")
    await ines.until("event", kind="segment.final", seg_id="c2")


async def test_who_comes_back_is_told_how_plan_and_suggestions_stand(assisted: Stage) -> None:
    ines = await assisted.member(assisted.cast.ines)
    await ines.send("segment.final", seg_id="i1", text=QUESTIONS[0])
    told = await ines.until("coverage.changed", competencies=["Technical depth"])
    for text, answer in (("How many orders?", "later"), ("Who noticed?", "dismiss")):
        row = await Suggestion.objects.acreate(
            interview=assisted.interview, text=text, because=[["c1", WORDS]]
        )
        await ines.send("suggestion.answer", suggestion_id=str(row.id), answer=answer)
        await ines.until("event", kind="suggestion.answered", answer=answer)
    again = await assisted.member(assisted.cast.ines)
    covered = await again.until("coverage.changed")
    assert (covered["questions"], covered["asked_ms"]) == (told["questions"], told["asked_ms"])
    kept = await again.until("suggestion.ready")
    assert (kept["text"], kept["answer"]) == ("How many orders?", "later")


async def test_an_observer_is_told_the_coverage_and_no_suggestion(assisted: Stage) -> None:
    await Suggestion.objects.acreate(interview=assisted.interview, text="How many?", because=[])
    otto = await assisted.member(assisted.cast.otto)
    await otto.until("coverage.changed")
    await otto.say({"type": "ping", "t": 1})
    await otto.until("pong")
    assert "suggestion.ready" not in {frame["type"] for frame in otto.frames}


async def test_what_was_dismissed_does_not_come_back_in_other_words(assisted: Stage) -> None:
    cem = await assisted.candidate()
    await cem.send("segment.final", seg_id="c1", text=f"{WORDS}, and then we noticed.")
    await cem.until("ack")
    ines = await assisted.member(assisted.cast.ines)  # only now is there anybody to think for
    await Suggestion.objects.acreate(
        interview=assisted.interview,
        text="How many orders did you lose on that Friday?",
        because=[],
        answer="dismiss",
        created_at=timezone.now() - timedelta(minutes=1),
    )
    row = await sync_to_async(Segment.objects.get)(seg_id="c1")
    again = {"text": "That Friday, what number of orders were lost?"}
    fresh = {"text": "Who told the customers?"}
    because = {"because": quoted((row, WORDS))}
    answers = iter(({**again, **because}, {**fresh, **because}))
    with ai_that_writes(suggest_follow_up=lambda _: next(answers)) as ai:
        await cem.send("segment.final", seg_id="c2", text="It was a Friday.")
        await ines.until("event", kind="segment.final", seg_id="c2")
        await cem.send("segment.final", seg_id="c3", text="We wrote to them.")
        assert (await ines.until("suggestion.ready"))["text"] == fresh["text"]
    assert "How many orders did you lose" in ai.asked[0].messages[-1].text


class Thinking(Scripted):
    """Thinks for ever, and knows when it was told to stop."""

    def __init__(self) -> None:
        super().__init__([Hang()])
        self.began, self.stopped = asyncio.Event(), asyncio.Event()

    async def complete(self, request: Request) -> Answer:
        self.began.set()
        try:
            return await super().complete(request)
        finally:
            self.stopped.set()


async def test_nobody_left_who_leads_means_nothing_is_thought_of(assisted: Stage) -> None:
    cem, ines = await assisted.candidate(), await assisted.member(assisted.cast.ines)
    provider = Thinking()
    with engine.replaced_by(Engine([provider])):
        await cem.send("segment.final", seg_id="c1", text=f"{WORDS}, and then we noticed.")
        await ines.until("event", kind="segment.final")
        await provider.began.wait()
        await ines.leave()
        async with asyncio.timeout(suggestion_loop.LOOKS_EVERY * 4):
            await provider.stopped.wait()
        await cem.send("segment.final", seg_id="c2", text="It was a Friday, late in the evening.")
        await cem.until("event", kind="segment.final", seg_id="c2")
    assert len(provider.asked) == 1


async def test_it_is_told_when_an_ai_answers_again(
    assisted: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestion_loop, "REST_WITHOUT_AI", 0.0)
    cem, ines = await assisted.candidate(), await assisted.member(assisted.cast.ines)
    with ai_that_fails(Unreachable):
        await cem.send("segment.final", seg_id="c1", text=f"{WORDS}.")
        await ines.until("assist.paused")
    theo = await assisted.member(assisted.cast.theo)
    await theo.until("assist.paused")
    with ai_that_writes(suggest_follow_up={"text": "", "because": []}):
        await cem.send("segment.final", seg_id="c2", text="It was a Friday.")
        await ines.until("assist.resumed")


async def test_a_warning_is_for_members_only(assisted: Stage) -> None:
    cem, ines = await assisted.candidate(), await assisted.member(assisted.cast.ines)
    await ines.send("segment.final", seg_id="i1", text="Are you married?")
    assert (await ines.until("guard.warned"))["seg_id"] == "i1"
    await cem.until("event", kind="segment.final")
    await cem.say({"type": "ping", "t": 1})
    await cem.until("pong")
    assert "warn" not in json.dumps(cem.frames)


async def test_who_may_not_lead_is_told_of_no_warning(assisted: Stage) -> None:
    otto, ines = (
        await assisted.member(assisted.cast.otto),
        await assisted.member(assisted.cast.ines),
    )
    await ines.send("segment.final", seg_id="i1", text="Are you married?")
    await ines.until("guard.warned")
    await otto.until("event", kind="segment.final")
    await otto.say({"type": "ping", "t": 1})
    await otto.until("pong")
    assert "guard.warned" not in {frame["type"] for frame in otto.frames}


async def test_words_fed_by_another_tool_are_looked_at_like_any(assisted: Stage) -> None:
    ines = await assisted.member(assisted.cast.ines)
    await ines.until("coverage.changed")
    token = await sync_to_async(issue_token)(user=assisted.cast.ines.user, name="tool")
    tool = Client(headers={"host": HOST, "authorization": f"Bearer {token.secret}"})

    async def feed(seg_id: str, speaker: str, text: str) -> None:
        heard = {"seg_id": seg_id, "speaker": speaker, "text": text}
        address = f"/api/v1/interviews/{assisted.interview.id}/segments"
        answer = await sync_to_async(tool.post)(address, heard, content_type="application/json")
        assert answer.status_code == 201, answer.content

    await feed("i1", "interviewer", f"{QUESTIONS[0]} And are you married?")
    assert (await ines.until("guard.warned"))["seg_id"] == "i1"
    assert len(str((await ines.until("coverage.changed"))["questions"])) > 2
    with ai_that_fails(Unreachable):
        await feed("c1", "candidate", "We lost a day of orders.")
        await ines.until("assist.paused")
