"""Sound becomes words: whole segments, once, and what could not be heard is told."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.db.models import F
from django.test import override_settings
from django.utils import timezone

from ai_engine.errors import Unreachable
from ai_engine.messages import Request
from ai_engine.providers.scripted import Fail, Say, Scripted
from interviews.consumers.incoming_audio import MOST_AFTER_A_CUT
from interviews.hub import the_hub
from interviews.models import Event, Interview, Segment
from interviews.states import ConsentState, InterviewState
from tests.interviews.ai import ai_that_fails, ai_that_hears, ai_that_writes, without_ai
from tests.interviews.consumers.conftest import Client, Stage

SECOND = b"\x01\x00" * 16_000


async def begin_to_speak(client: Client, seg_id: str, sound: bytes, **told: str) -> None:
    begin = {"type": "audio.start", "seg_id": seg_id, "codec": "pcm16", "rate": 16_000}
    await client.say({**begin, **told})
    for start in range(0, len(sound), 32_000):
        await client.communicator.send_to(bytes_data=sound[start : start + 32_000])


async def speak(
    client: Client, seg_id: str, sound: bytes = SECOND, *, age_ms: float = 0, **told: str
) -> None:
    await begin_to_speak(client, seg_id, sound, **told)
    await client.say({"type": "audio.end", "seg_id": seg_id, "age_ms": age_ms})


async def is_asked(provider: Scripted, times: int = 1) -> None:
    for _ in range(500):
        if len(provider.asked) >= times:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody was asked")


async def until_no_words_so_far_are_asked_for() -> None:
    while any("WordsSoFar" in repr(task.get_coro()) for task in asyncio.all_tasks()):  # noqa: ASYNC110 # of other tasks
        await asyncio.sleep(0.01)


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
        again = await cem.until("ack")
        await speak(cem, "v2")
        await cem.until("event", kind="segment.final", seg_id="v2")
    told = {"type": "ack", "seg_id": "v1", "seq": said["seq"], "duplicate": True}
    assert again == told, "who sends it again is told where it stands"
    assert "I led the migration" in str(said["text"])
    assert (said["source"], said["speaker"]) == ("provider", "candidate")
    assert await sync_to_async(Segment.objects.filter(speaker="candidate").count)() == 2


async def test_words_are_seen_while_they_are_spoken_and_replaced_by_the_final_ones(
    cem: Client, stage: Stage
) -> None:
    rita = await stage.member(stage.cast.rita)
    with ai_that_hears(Say("I led the my"), Say("I led the migration")) as provider:
        await begin_to_speak(cem, "v1", SECOND * 2)
        for client in (cem, rita):
            seen = await client.until("segment.interim")
            assert (seen["seg_id"], seen["text"]) == ("v1", "I led the my")
            assert (seen["speaker"], seen["name"]) == ("candidate", "Cem Candidate")
        await cem.say({"type": "audio.end", "seg_id": "v1"})
        said = await rita.until("event", kind="segment.final")
    assert said["text"] == "I led the migration"
    assert [request.skill for request in provider.asked] == ["transcribe_so_far", "transcribe"]
    so_far, whole = (request.audio for request in provider.asked)
    assert so_far is not None
    assert so_far == whole
    assert await Segment.objects.filter(speaker="candidate").acount() == 1


async def test_words_so_far_keep_no_final_ones_waiting(cem: Client) -> None:
    with ai_that_hears(Say("never", pause=60), Say("I led the migration")) as provider:
        await begin_to_speak(cem, "v1", SECOND * 2)
        await is_asked(provider)
        await cem.say({"type": "audio.end", "seg_id": "v1"})
        await cem.until("event", kind="segment.final")
    assert not [frame for frame in cem.frames if frame["type"] in ("segment.interim", "error")]


async def test_words_so_far_that_cannot_be_had_are_not_missed(cem: Client) -> None:
    with ai_that_hears(Fail(Unreachable), Say("I led the migration")) as provider:
        await begin_to_speak(cem, "v1", SECOND * 20)
        await is_asked(provider)
        await cem.say({"type": "audio.end", "seg_id": "v1"})
        await cem.until("event", kind="segment.final", text="I led the migration")
    kinds = [frame.get("kind", frame["type"]) for frame in cem.frames]
    assert not {"segment.failed", "segment.interim", "error"}.intersection(kinds)


async def test_no_words_so_far_are_shown_once_the_interview_is_over(
    cem: Client, stage: Stage
) -> None:
    rita = await stage.member(stage.cast.rita)

    def end_it() -> None:
        Interview.objects.update(state=InterviewState.ENDED, ended_at=timezone.now())
        connection.close()

    def heard_too_late(request: Request) -> str:
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(end_it).result()
        return "And what I must not forget"

    with ai_that_hears(Say(heard_too_late)):
        await begin_to_speak(cem, "v1", SECOND * 2)
        await until_no_words_so_far_are_asked_for()
        while the_hub().rooms[stage.interview.id].facts.state != InterviewState.ENDED:  # noqa: ASYNC110 # the tick
            await asyncio.sleep(0.01)
        await cem.say({"type": "segment.interim", "seg_id": "v2", "text": "I write"})
        await cem.send("segment.final", seg_id="v2", text="I write late words")
        await rita.until("event", kind="segment.final", seg_id="v2")
        await cem.until("ack")
    assert not [frame for frame in cem.frames + rita.frames if frame["type"] == "segment.interim"]


async def test_what_a_closed_socket_heard_last_is_not_shown(cem: Client, stage: Stage) -> None:
    with ai_that_hears(Say("Nobody waits for this", pause=1.0)) as provider:
        await begin_to_speak(cem, "v1", SECOND * 2)
        await is_asked(provider)
        newer = await stage.candidate()
        assert await cem.until_closed() == 4009
        await until_no_words_so_far_are_asked_for()
    await newer.say({"type": "ping"})
    await newer.until("pong")
    assert not [frame for frame in newer.frames if frame["type"] == "segment.interim"]


async def test_words_so_far_can_be_switched_off(stage: Stage) -> None:
    with override_settings(SPEECH_INTERIM_SECONDS=0):
        cem = await stage.candidate()
    await cem.send("control", action="start")
    await cem.until("event", kind="state.changed")
    with ai_that_hears(Say("I led the migration")) as provider:
        await speak(cem, "v1", SECOND * 5)
        await cem.until("event", kind="segment.final")
    skills = {request.skill for request in provider.asked}
    assert "transcribe" in skills
    assert "transcribe_so_far" not in skills


async def test_speech_that_waited_for_a_connection_keeps_the_moment_it_was_said(
    cem: Client,
) -> None:
    began = timezone.now() - timedelta(seconds=60)
    await Interview.objects.aupdate(live_since=began, started_at=began)
    await cem.send("segment.final", seg_id="t1", text="I type meanwhile")
    with ai_that_hears(Say("words")):
        await speak(cem, "v1", age_ms=20_000)
        said = await cem.until("event", kind="segment.final", seg_id="v1")
        assert 39_000 <= int(str(said["ended_ms"])) <= 45_000
        await speak(cem, "v2", age_ms=50_000)
        later = await cem.until("event", kind="segment.final", seg_id="v2")
        assert later["ended_ms"] == said["ended_ms"], "not before what was said earlier"
        await speak(cem, "v3")
        now = await cem.until("event", kind="segment.final", seg_id="v3")
        assert int(str(now["ended_ms"])) >= 60_000


async def test_speech_of_an_impossible_age_is_refused_by_its_name_and_may_be_ended_again(
    cem: Client,
) -> None:
    with ai_that_hears(Say("words")):
        await begin_to_speak(cem, "v1", SECOND)
        for age in (-1, 2.5, float("nan"), float("inf"), "old"):
            await cem.say({"type": "audio.end", "seg_id": "v1", "age_ms": age})
            assert (await cem.until("error", code="bad_field"))["seg_id"] == "v1"
        await cem.say({"type": "audio.end", "seg_id": "v1", "age_ms": 10**30})
        said = await cem.until("event", kind="segment.final", seg_id="v1")
    assert said["ended_ms"] == 1, "as old as it can be"


async def test_speech_that_is_tried_again_keeps_the_moment_it_came_in_first(cem: Client) -> None:
    with ai_that_fails(Unreachable):
        await speak(cem, "v1")
        await cem.until("event", kind="segment.failed")
    first = await Event.objects.aget(kind="speech.received")
    earlier = timezone.now() - timedelta(seconds=60)
    await Interview.objects.aupdate(live_since=earlier, started_at=earlier)
    with ai_that_hears(Say("words")):
        await speak(cem, "v1", age_ms=1)
        said = await cem.until("event", kind="segment.final", seg_id="v1")
    assert said["ended_ms"] == first.payload["ended_ms"]


async def test_what_was_said_later_is_not_written_down_first(cem: Client) -> None:
    with ai_that_hears(Say("First of all", pause=0.5), Say("and then")):
        await speak(cem, "v1")
        await speak(cem, "v2")
        await cem.until("event", kind="segment.final", seg_id="v2")
    said = [frame["seg_id"] for frame in cem.frames if frame.get("kind") == "segment.final"]
    assert said == ["v1", "v2"]


async def test_what_two_say_at_once_stands_once_and_in_the_order_in_which_it_ended(
    cem: Client, stage: Stage
) -> None:
    rita, ines = [await stage.member(member) for member in (stage.cast.rita, stage.cast.ines)]
    words = ["What did you build, and with whom?", "Also: for whom?", "And why?", "Why then?"]
    said = [Say(text, pause=pause) for text, pause in zip(words, (0.5, 0.0, 0.3, 0.0), strict=True)]
    with ai_that_hears(*said) as provider:
        await begin_to_speak(rita, "r1", SECOND)
        await begin_to_speak(ines, "i1", SECOND)
        for number, (client, seg_id) in enumerate(
            ((rita, "r1"), (ines, "i1"), (rita, "r2"), (ines, "i2"))
        ):
            if number > 1:
                await begin_to_speak(client, seg_id, SECOND)
            await client.say({"type": "audio.end", "seg_id": seg_id})
            await is_asked(provider, number + 1)
        await speak(rita, "r1")
        await ines.until("event", kind="segment.final", seg_id="i2")
        await rita.until("ack", seg_id="r1")
    rows = Segment.objects.exclude(speaker="ai").order_by("position")
    stored = [(row.seg_id, row.speaker_name, row.text) async for row in rows]
    names = ("Rita", "Ines") * 2
    assert stored == list(zip(("r1", "i1", "r2", "i2"), names, words, strict=True))


async def test_who_tries_again_in_vain_is_told_at_once(cem: Client) -> None:
    with ai_that_fails(Unreachable):
        await speak(cem, "v1")
        await cem.until("event", kind="segment.failed")
        await speak(cem, "v1")
        assert (await cem.until("error"))["code"] == "still_unheard"
    with ai_that_writes(transcribe={"said": "words"}):
        await speak(cem, "v1")
        await cem.until("event", kind="segment.final", seg_id="v1")


async def test_nobody_takes_anothers_words_away_by_using_their_id(
    cem: Client, stage: Stage
) -> None:
    ines = await stage.member(stage.cast.ines)
    with ai_that_hears(Say(""), Say("What did you build?")):
        await speak(cem, "v1")
        await ines.until("event", kind="segment.empty")
        await speak(ines, "v1")
        said = await ines.until("event", kind="segment.final")
        assert (said["seg_id"], said["speaker"]) == ("v1", "interviewer")
        await speak(cem, "v1")
        assert (await cem.until("error", code="seg_id_taken"))["seg_id"] == "v1"


async def test_of_many_segments_that_are_begun_the_last_is_open(cem: Client) -> None:
    with ai_that_hears(Say("words")) as provider:
        for number in range(10):
            await begin_to_speak(cem, f"v{number}", SECOND)
        await cem.say({"type": "audio.end", "seg_id": "v0"})
        assert (await cem.until("error", code="no_audio_open"))["seg_id"] == "v0"
        await cem.say({"type": "audio.end", "seg_id": "v9"})
        await cem.until("event", kind="segment.final", seg_id="v9")
    assert len(provider.asked) == 1


async def test_crumbs_of_sound_do_not_keep_the_providers_busy(cem: Client) -> None:
    with ai_that_hears(Say("words")) as provider:
        for number in range(MOST_AFTER_A_CUT + 25):
            await speak(cem, f"v{number}", b"")
        await cem.until("error", code="busy", seg_id=f"v{MOST_AFTER_A_CUT + 24}")
        await cem.until("event", kind="segment.final", seg_id=f"v{MOST_AFTER_A_CUT - 1}")
    assert len(provider.asked) < MOST_AFTER_A_CUT + 25


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
        told: set[object] = set()
        while not told.issuperset({"nothing_heard", "segment.empty"}):  # in whichever order
            frame = await cem.next()
            told.add(frame.get("code", frame.get("kind")))
        await speak(cem, "v1")
        await cem.until("error", code="nothing_heard", seg_id="v1")
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


async def test_what_two_microphones_heard_is_known_again_under_either_id(
    cem: Client, stage: Stage
) -> None:
    ines = await stage.member(stage.cast.ines)
    words = "I led the migration of our billing service last year"
    with ai_that_hears(Say(words), Say(words)) as provider:
        await speak(ines, "t1", speaker="candidate")
        fed = await ines.until("event", kind="segment.final", seg_id="t1")
        await speak(cem, "v1")
        said = await cem.until("event", kind="segment.doubled", seg_id="v1", is_kept=True)
        for client, seg_id, seq in ((ines, "t1", fed["seq"]), (cem, "v1", said["seq"])):
            await speak(client, seg_id)
            assert (await client.until("ack", seg_id=seg_id))["seq"] == seq
    assert len(provider.asked) == 2, "no provider hears it again"


async def test_stored_speech_is_known_again_however_late_it_comes(cem: Client) -> None:
    with ai_that_hears(Say("words")):
        await speak(cem, "v1")
        await cem.until("event", kind="segment.final")
        long_ago = timezone.now() - timedelta(hours=1)
        await Interview.objects.aupdate(state=InterviewState.ENDED, ended_at=long_ago)
        await speak(cem, "v1")
        await cem.until("ack", seg_id="v1")


async def test_a_candidate_feeds_nobody_elses_words(cem: Client) -> None:
    with ai_that_writes(transcribe={"said": "Great answer"}):
        await speak(cem, "v1", speaker="interviewer")
        assert (await cem.until("error"))["code"] == "not_yours"
    assert not await Segment.objects.filter(speaker="interviewer").aexists()
