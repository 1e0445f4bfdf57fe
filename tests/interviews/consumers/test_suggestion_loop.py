"""A suggestion reaches the interviewers with its reason, and never the candidate."""

import json

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from ai_engine.errors import Unreachable
from interviews.models import Interview, Segment
from interviews.states import InterviewState, Mode
from tests.interviews.ai import ai_that_fails, ai_that_writes, quoted
from tests.interviews.consumers.conftest import Stage

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


async def test_a_warning_is_for_members_only(assisted: Stage) -> None:
    cem, ines = await assisted.candidate(), await assisted.member(assisted.cast.ines)
    await ines.send("segment.final", seg_id="i1", text="Are you married?")
    assert (await ines.until("guard.warned"))["seg_id"] == "i1"
    await cem.until("event", kind="segment.final")
    await cem.say({"type": "ping", "t": 1})
    await cem.until("pong")
    assert "warn" not in json.dumps(cem.frames)
