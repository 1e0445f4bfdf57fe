"""Sound becomes words: whole segments, once, and what could not be heard is told."""

import pytest
from asgiref.sync import sync_to_async
from django.db.models import F
from django.utils import timezone

from ai_engine.errors import Unreachable
from ai_engine.providers.scripted import Say
from interviews.models import Interview, Segment
from interviews.states import ConsentState, InterviewState
from tests.interviews.ai import ai_that_fails, ai_that_hears, ai_that_writes, without_ai
from tests.interviews.consumers.conftest import Client, Stage

SECOND = b"\x01\x00" * 16_000


async def speak(client: Client, seg_id: str, sound: bytes = SECOND, **told: str) -> None:
    begin = {"type": "audio.start", "seg_id": seg_id, "codec": "pcm16", "rate": 16_000}
    await client.say({**begin, **told})
    for start in range(0, len(sound), 32_000):
        await client.communicator.send_to(bytes_data=sound[start : start + 32_000])
    await client.say({"type": "audio.end", "seg_id": seg_id})


@pytest.fixture
async def cem(stage: Stage) -> Client:
    """Cem in a room that a person leads, so that nothing but his own words comes."""
    client = await stage.candidate()
    await client.send("control", action="start")
    await client.until("event", kind="state.changed")
    await sync_to_async(Interview.objects.update)(leading_member=stage.cast.rita)
    return client


async def test_a_spoken_segment_is_stored_once_whatever_is_sent_again(cem: Client) -> None:
    with ai_that_writes(transcribe={"said": "I led the migration"}):
        await speak(cem, "v1")
        said = await cem.until("event", kind="segment.final")
        await speak(cem, "v1")
        await speak(cem, "v2")
        await cem.until("event", kind="segment.final", seg_id="v2")
    assert "I led the migration" in str(said["text"])
    assert (said["source"], said["speaker"]) == ("provider", "candidate")
    assert await sync_to_async(Segment.objects.filter(speaker="candidate").count)() == 2


async def test_what_was_said_later_is_not_written_down_first(cem: Client) -> None:
    with ai_that_hears(Say("First of all", pause=0.5), Say("and then")):
        await speak(cem, "v1")
        await speak(cem, "v2")
        await cem.until("event", kind="segment.final", seg_id="v2")
    said = [frame["seg_id"] for frame in cem.frames if frame.get("kind") == "segment.final"]
    assert said == ["v1", "v2"]


async def test_who_tries_again_in_vain_is_told_at_once(cem: Client) -> None:
    with ai_that_fails(Unreachable):
        await speak(cem, "v1")
        await cem.until("event", kind="segment.failed")
        await speak(cem, "v1")
        assert (await cem.until("error"))["code"] == "still_unheard"
    with ai_that_writes(transcribe={"said": "words"}):
        await speak(cem, "v1")
        await cem.until("event", kind="segment.final", seg_id="v1")


async def test_what_no_provider_could_hear_is_told(cem: Client) -> None:
    with ai_that_fails(Unreachable):
        await speak(cem, "v1")
        assert (await cem.until("event", kind="segment.failed"))["seg_id"] == "v1"


async def test_without_a_provider_speech_is_refused_in_words(cem: Client) -> None:
    with without_ai():
        await cem.say({"type": "audio.start", "seg_id": "v", "codec": "pcm16", "rate": 16_000})
        assert (await cem.until("error"))["code"] == "no_speech"


async def test_a_segment_of_more_than_a_minute_is_refused(cem: Client) -> None:
    with ai_that_writes(transcribe={"said": "words"}):
        await speak(cem, "v1", SECOND * 70)
        assert (await cem.until("error"))["code"] == "audio_too_long"


async def test_a_cough_is_told_as_having_no_words(cem: Client) -> None:
    with ai_that_hears(Say("")) as provider:
        await speak(cem, "v1")
        assert (await cem.until("error", code="nothing_heard"))["seg_id"] == "v1"
        assert (await cem.until("event", kind="segment.empty"))["seg_id"] == "v1"
        await speak(cem, "v1")
        await speak(cem, "v2")
        await cem.until("event", kind="segment.empty", seg_id="v2")
    assert len(provider.asked) == 2, "what is known to hold no words is not heard again"


async def test_more_speech_than_is_heard_at_once_waits_for_its_turn(cem: Client) -> None:
    with ai_that_hears(Say("words", pause=0.05)):
        for number in range(10):
            await speak(cem, f"v{number}", SECOND[:3_200])
        for _ in range(10):
            await cem.until("event", kind="segment.final")
    assert not [frame for frame in cem.frames if frame["type"] == "error"]


async def test_what_there_is_no_room_for_is_refused_by_its_name(cem: Client) -> None:
    with ai_that_hears(Say("words", pause=3.0)):
        for number in range(4):
            await speak(cem, f"v{number}", SECOND * 55)
        assert (await cem.until("error", code="busy"))["seg_id"] == "v3"


async def test_rights_that_change_meanwhile_lose_no_word(cem: Client, stage: Stage) -> None:
    rita = await stage.member(stage.cast.rita)
    with ai_that_hears(Say("words", pause=0.5)):
        await speak(cem, "v1")
        await rita.until("event", kind="speech.received")
        await sync_to_async(Interview.objects.update)(access_generation=F("access_generation") + 1)
        await cem.until("event", kind="segment.final", seg_id="v1")
        await sync_to_async(Interview.objects.update)(access_generation=F("access_generation") + 1)
        await speak(cem, "v2")
        await cem.until("event", kind="segment.final", seg_id="v2")


async def test_nothing_is_heard_where_no_words_are_taken(stage: Stage) -> None:
    cem = await stage.candidate()
    with ai_that_hears(Say("words")) as provider:
        await speak(cem, "v1")
        refused = await cem.until("error")
        assert (refused["code"], refused["seg_id"]) == ("wrong_state", "v1")
        await sync_to_async(Interview.objects.update)(
            state=InterviewState.ENDED, consent=ConsentState.WITHDRAWN, ended_at=timezone.now()
        )
        await speak(cem, "v2")
        refused = await cem.until("error", code="interview_over")
        assert refused["seg_id"] == "v2"
    assert provider.asked == []


async def test_a_member_feeds_what_the_candidate_says(cem: Client, stage: Stage) -> None:
    ines = await stage.member(stage.cast.ines)
    with ai_that_writes(transcribe={"said": "I led the migration"}):
        await ines.say(
            {"type": "segment.interim", "seg_id": "t1", "text": "", "speaker": "candidate"}
        )
        assert (await cem.until("segment.interim"))["speaker"] == "candidate"
        await speak(ines, "t1", speaker="candidate")
        said = await ines.until("event", kind="segment.final")
    assert (said["speaker"], said["fed_by"]) == ("candidate", str(stage.cast.ines.id))


async def test_a_candidate_feeds_nobody_elses_words(cem: Client) -> None:
    with ai_that_writes(transcribe={"said": "Great answer"}):
        await speak(cem, "v1", speaker="interviewer")
        assert (await cem.until("error"))["code"] == "not_yours"
    assert not await Segment.objects.filter(speaker="interviewer").aexists()
