"""Sound becomes words: whole segments, once, and what could not be heard is told."""

import pytest
from asgiref.sync import sync_to_async

from ai_engine.errors import Unreachable
from interviews.models import Interview, Segment
from tests.interviews.ai import ai_that_fails, ai_that_writes, without_ai
from tests.interviews.consumers.conftest import Client, Stage

SECOND = b"\x01\x00" * 16_000


async def speak(client: Client, seg_id: str, sound: bytes = SECOND) -> None:
    await client.say({"type": "audio.start", "seg_id": seg_id, "codec": "pcm16", "rate": 16_000})
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
