"""An AI-led interview over the socket, as the candidate's browser has it."""

import asyncio
import json
import uuid
from contextlib import AbstractContextManager

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from ai_engine.engine import Engine, engine
from ai_engine.limits import Limits
from ai_engine.providers.scripted import Fail, Hang, Say, Scripted
from interviews.hub.window import MOST_EVENTS
from interviews.models import Event, Interview, Segment
from interviews.services.ask_question import claim_turn
from interviews.services.keep_candidate import CandidateContent, change_candidate
from interviews.services.lead_interview import the_leader
from interviews.services.participants import admit_member
from interviews.services.room_control import use_control
from interviews.states import InterviewState
from meetmind.asgi import application
from tests.cast import QUESTIONS, Cast
from tests.interviews.consumers.conftest import Client, Closed, Stage, gone, held, open_room

ANSWER = "In 2021 I led the migration of our billing and it cut our costs by 30 percent."


PATIENT = Limits(live_deadline=60, idle=60)
BREAK_OFF_WHO_WAITS = """SELECT pg_cancel_backend(pid) FROM pg_stat_activity
WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"""


class Surprise(TypeError):
    """A fault that no adapter foresaw."""


async def until_asked(client: Client) -> dict[str, object]:
    """The next question that waits for an answer."""
    while True:
        event = await client.until("event", kind="question.asked")
        if event["awaits_answer"]:
            return event


async def interview_to_the_end(client: Client) -> None:
    await client.send("control", action="start")
    while True:
        frame = await client.next()
        if frame.get("kind") == "question.asked" and frame["awaits_answer"]:
            await client.answer(ANSWER)
        if frame.get("kind") == "state.changed" and frame["state"] == "ended":
            return


@pytest.mark.portable
async def test_the_ai_asks_and_the_candidate_answers_to_the_end(stage: Stage) -> None:
    cem = await stage.candidate()
    await interview_to_the_end(cem)
    seqs = [event["seq"] for event in cem.events()]
    assert seqs == list(range(1, len(seqs) + 1))
    asked = [event["text"] for event in cem.events() if event["kind"] == "question.asked"]
    assert [text for text in asked if text in QUESTIONS] == list(QUESTIONS)
    stored = await sync_to_async(Interview.objects.get)()
    assert (stored.state, stored.ended_by) == (InterviewState.ENDED, "director")


@pytest.mark.parametrize("words_before", [0, 8])
async def test_whatever_breaks_in_an_adapter_the_plan_goes_on(
    stage: Stage, words_before: int
) -> None:
    broken = Scripted([Fail(Surprise, after_words=words_before)])
    with engine.replaced_by(Engine([broken])):
        cem = await stage.candidate()
        await interview_to_the_end(cem)
    asked = [event for event in cem.events() if event["kind"] == "question.asked"]
    assert [event["text"] for event in asked if event["text"] in QUESTIONS] == list(QUESTIONS)
    assert any(event.get("degraded") for event in asked)


@pytest.mark.portable
async def test_no_frame_tells_the_candidate_of_what_comes_later(stage: Stage) -> None:
    cem = await stage.candidate()
    await cem.send("control", action="start")
    for number in range(len(QUESTIONS)):
        await until_asked(cem)
        heard = json.dumps(cem.frames)
        assert not any(text in heard for text in QUESTIONS[number + 1 :])
        for secret in (
            "competency",
            "rubric",
            "question_ref",
            "must_ask",
            "next_in_plan",
            "Explains own",
        ):
            assert secret not in heard
        await cem.answer(ANSWER)


async def test_the_words_of_a_question_stream_before_it_stands(stage: Stage) -> None:
    cem = await stage.candidate()
    await cem.send("control", action="start")
    asked = await until_asked(cem)
    deltas = [
        frame
        for frame in cem.frames
        if frame["type"] == "question.delta" and frame["msg_id"] == asked["msg_id"]
    ]
    assert "".join(str(delta["text"]) for delta in deltas) == asked["text"]


@pytest.mark.portable
async def test_a_refresh_goes_on_at_the_same_place(stage: Stage) -> None:
    cem = await stage.candidate()
    await cem.send("control", action="start")
    question = await until_asked(cem)
    await cem.leave()
    again = stage.tab()
    await again.connect()
    welcome = await again.hello()
    assert (welcome["state"], welcome["last_seq"]) == ("live", question["seq"])
    while len(again.events()) < len(cem.events()):
        await again.next()
    assert again.events() == cem.events()
    await again.answer(ANSWER)
    assert (await until_asked(again))["text"] == QUESTIONS[1]


async def test_only_what_was_missed_is_sent_again(stage: Stage) -> None:
    cem = await stage.candidate()
    await cem.send("control", action="start")
    question = await until_asked(cem)
    epoch = cem.frames[0]["epoch"]
    await cem.leave()
    again = stage.tab()
    await again.connect()
    await again.hello(resume_from=int(str(question["seq"])) - 1, epoch=str(epoch))
    assert (await again.until("event"))["seq"] == question["seq"]


async def test_another_history_starts_from_nothing(stage: Stage) -> None:
    cem = await stage.candidate()
    await cem.send("control", action="start")
    await until_asked(cem)
    await cem.leave()
    for resume_from, epoch in ((2, "another"), (9_999, None)):
        again = stage.tab()
        await again.connect()
        welcome = await again.hello(resume_from=resume_from, epoch=epoch)
        assert welcome["is_reset"]
        assert (await again.until("event"))["seq"] == 1
        await again.leave()


async def test_a_gap_is_asked_for_on_the_same_socket(stage: Stage) -> None:
    cem = await stage.candidate()
    await cem.send("control", action="start")
    question = await until_asked(cem)
    seq = int(str(question["seq"]))
    await cem.hello(resume_from=seq - 1)
    assert (await cem.until("event"))["seq"] == seq


async def test_the_newest_tab_wins(stage: Stage) -> None:
    first = await stage.candidate()
    second = await stage.candidate()
    assert await first.until_closed() == 4009
    await second.say({"type": "ping", "t": 1})
    await second.until("pong")


async def test_a_resent_answer_is_acknowledged_as_a_duplicate(stage: Stage) -> None:
    cem = await stage.candidate()
    await cem.send("control", action="start")
    await until_asked(cem)
    message = {"type": "segment.final", "client_seq": 50, "seg_id": "s1", "text": "Once."}
    await cem.say(message)
    first = await cem.until("ack", client_seq=50)
    await cem.say(message)
    second = await cem.until("ack", client_seq=50)
    assert (first["duplicate"], second["duplicate"]) == (False, True)
    assert first["seq"] == second["seq"]
    await cem.leave()
    # From another tab, under the first one's id: still the same message.
    other = await stage.candidate()
    await other.say({**message, "client_id": cem.client_id})
    assert (await other.until("ack", client_seq=50))["duplicate"]
    assert await sync_to_async(Segment.objects.filter(speaker="candidate").count)() == 1


async def test_words_that_cannot_be_taken_are_refused_with_their_number(stage: Stage) -> None:
    cem = await stage.candidate()
    await cem.send("control", action="start")
    await until_asked(cem)
    number = await cem.send("segment.final", seg_id="s1", text="a" * 20_000)
    refused = await cem.until("error", client_seq=number)
    assert refused["code"] == "text_too_long"
    number = await cem.send("segment.final", seg_id="s1", text="  ")
    assert (await cem.until("error", client_seq=number))["code"] == "text_empty"
    forged = await cem.send("segment.final", seg_id="s1", text="Very good.", speaker="interviewer")
    assert (await cem.until("error", client_seq=forged))["code"] == "not_allowed"
    number = await cem.send("segment.final", seg_id="s1", text="A shorter one.")
    await cem.until("ack", client_seq=number)


async def test_a_pause_silences_the_ai_and_resume_asks_anew(stage: Stage) -> None:
    cem = await stage.candidate()
    await cem.send("control", action="start")
    await until_asked(cem)
    await cem.send("control", action="pause")
    await cem.until("event", kind="state.changed", state="paused")
    await cem.send("control", action="clarify")
    assert (await cem.until("error"))["code"] == "wrong_state"
    await cem.send("control", action="resume")
    await cem.until("event", kind="state.changed", state="live")
    await cem.send("control", action="repeat")
    assert (await until_asked(cem))["text"] == QUESTIONS[0]


def a_provider_that_hangs_once() -> AbstractContextManager[object]:
    """For longer than any test waits."""
    scripted = Scripted([Hang(after_words=3), Say("And then what?")])
    return engine.replaced_by(Engine([scripted], limits=PATIENT))


async def until_speaking(cem: Client) -> dict[str, object]:
    """The first words of a question that the AI words."""
    await cem.send("control", action="start")
    await cem.until("event", kind="question.asked", awaits_answer=False)
    return await cem.until("question.delta")


async def test_who_finishes_the_same_turn_again_does_not_make_the_ai_begin_anew(
    stage: Stage,
) -> None:
    provider = Scripted([Say("And then what?", pause=0.2)])
    with engine.replaced_by(Engine([provider])):
        cem = await stage.candidate()
        await cem.send("control", action="start")
        await until_asked(cem)
        before = len(provider.asked)
        await cem.send("segment.final", seg_id="a", text=ANSWER)
        for _ in range(10):
            await cem.send("turn.finished", seg_ids=["a"])
        assert (await until_asked(cem))["text"] == "And then what?"
    assert len(provider.asked) == before + 1
    assert not [frame for frame in cem.frames if frame.get("kind") == "question.withdrawn"]


async def test_who_goes_on_after_a_pause_waits_for_no_provider_that_hangs(stage: Stage) -> None:
    with a_provider_that_hangs_once():
        cem = await stage.candidate()
        broken_off = await until_speaking(cem)
        await cem.send("control", action="pause")
        await cem.until("event", kind="question.withdrawn", msg_id=broken_off["msg_id"])
        await cem.send("control", action="resume")
        assert (await until_asked(cem))["text"] == "And then what?"


async def test_a_stopping_server_takes_its_words_back_and_the_next_may_speak_at_once(
    stage: Stage,
) -> None:
    with a_provider_that_hangs_once():
        cem = await stage.candidate()
        broken_off = await until_speaking(cem)
        stopping = asyncio.create_task(application.wind_down())
        await cem.until("event", kind="question.withdrawn", msg_id=broken_off["msg_id"])
        await cem.leave()
        await stopping
        anew = await sync_to_async(claim_turn)(
            interview_id=stage.interview.id, owner="next", silent_seconds=0, now=timezone.now()
        )
    assert anew is not None
    assert str(anew.question_id) != broken_off["msg_id"]


async def test_a_stopping_server_hands_over_each_room_whatever_happens_in_another(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    rooms = [await sync_to_async(open_room)(stage.cast, InterviewState.WAITING) for _ in range(2)]
    with engine.replaced_by(Engine([Scripted([Hang(after_words=3)])], limits=PATIENT)):
        locked, other = [await stage.candidate(room) for room in rooms]
        await until_speaking(locked)
        await until_speaking(other)
        async with held(rooms[0]) as holder:
            stopping = asyncio.create_task(the_leader().hand_over())
            await other.until("event", kind="question.withdrawn")
            while not stopping.done():
                await holder.execute(BREAK_OFF_WHO_WAITS)
                await asyncio.sleep(0.01)
    await stopping
    assert "could not be handed over" in caplog.text


async def test_a_pause_on_another_server_is_noticed_after_the_database_was_away(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    with a_provider_that_hangs_once():
        cem = await stage.candidate()
        broken_off = await until_speaking(cem)
        async with gone("interviews_interview"):
            the_leader().fall_silent(stage.interview.id)  # or it looks after its turn each second
            while "could not be prolonged" not in caplog.text:  # noqa: ASYNC110 # the log has no event
                await asyncio.sleep(0.01)
        await stage.change(pause_elsewhere, interview=stage.interview, cast=stage.cast)
        await cem.until("event", kind="question.withdrawn", msg_id=broken_off["msg_id"])
        the_leader().fall_silent(stage.interview.id)
        await cem.send("control", action="resume")
        assert (await until_asked(cem))["text"] == "And then what?"


def pause_elsewhere(*, interview: Interview, cast: Cast) -> None:
    """Rita presses pause, and her server tells this one nothing."""
    rita = admit_member(interview_id=interview.id, user=cast.rita.user)
    sender = rita.sender_key(uuid.uuid4(), 1)
    use_control(by=rita, action="pause", sender=sender, now=timezone.now())


async def test_after_the_end_late_words_are_kept_and_the_socket_goes(stage: Stage) -> None:
    cem = await stage.candidate()
    await cem.send("control", action="start")
    await until_asked(cem)
    await cem.send("control", action="end")
    await cem.until("event", kind="state.changed", state="ended")
    number = await cem.send("segment.final", seg_id="late", text="One more thing.")
    await cem.until("ack", client_seq=number)
    assert (await sync_to_async(Segment.objects.get)(seg_id="late")).after_end


async def test_a_candidate_cannot_count_what_members_do(stage: Stage) -> None:
    cem = await stage.candidate()
    await cem.send("control", action="start")
    await until_asked(cem)
    rita = await stage.member(stage.cast.rita)
    for number in range(5):
        sent = await rita.send("control", action="whisper", text=f"Ask about topic {number}.")
        await rita.until("ack", client_seq=sent)
    await cem.say({"type": "ping", "t": 1})
    pong = await cem.until("pong")
    assert pong["last_seq"] == len(cem.events())
    assert "topic" not in json.dumps(cem.frames)
    assert await sync_to_async(Event.objects.filter(candidate_seq=None).count)() == 5


async def test_who_speaks_does_not_look_slow_while_their_words_wait_to_be_stored(
    stage: Stage,
) -> None:
    count = MOST_EVENTS + 40
    await sync_to_async(Event.objects.bulk_create)(
        Event(interview=stage.interview, kind="note.added", member_seq=seq, participant="system")
        for seq in range(1, count + 1)
    )
    await stage.change(Interview.objects.update, member_seq=count)
    rita = await stage.member(stage.cast.rita)
    async with held(stage.interview):
        words = [await rita.send("note.add", text=f"Note {number}.") for number in range(3)]
        while len(rita.events()) < count:
            await rita.next()  # and acknowledge it
        await rita.say({"type": "ping", "t": 1})
        await rita.until("pong")
        assert "ack" not in {frame["type"] for frame in rita.frames}
    assert [(await rita.until("ack"))["client_seq"] for _ in words] == words


async def test_words_that_still_wait_when_their_sender_goes_are_stored(stage: Stage) -> None:
    rita = await stage.member(stage.cast.rita)
    async with held(stage.interview):
        for number in range(3):
            await rita.send("note.add", text=f"Note {number}.")
        leaving = asyncio.create_task(rita.leave())
        await asyncio.sleep(0.1)  # the goodbye is read, and behind it nothing more is said
    await leaving
    notes = Event.objects.filter(kind="note.added").order_by("member_seq")
    assert [note.client_seq async for note in notes] == [1, 2, 3]


async def test_a_member_takes_over_and_hands_back(stage: Stage) -> None:
    cem = await stage.candidate()
    await cem.send("control", action="start")
    await until_asked(cem)
    rita = await stage.member(stage.cast.rita)
    await rita.send("control", action="take_over")
    await cem.until("event", kind="lead.changed", led_by="Rita")
    await rita.send("segment.final", seg_id="r1", text="Which database was it?")
    heard = await cem.until("event", kind="segment.final")
    assert (heard["speaker"], heard["name"]) == ("interviewer", "Rita")
    await cem.answer("PostgreSQL.")
    await cem.until("event", kind="turn.finished")
    await rita.send("control", action="hand_back")
    assert (await until_asked(cem))["text"] in QUESTIONS


async def test_members_see_who_is_there(stage: Stage) -> None:
    await stage.candidate()
    rita = await stage.member(stage.cast.rita)
    assert rita.frames[0]["presence"] == [
        {"role": "candidate", "name": "Cem Candidate"},
        {"role": "recruiter", "name": "Rita"},
    ]


async def test_a_candidates_new_name_is_told_to_all_who_are_in_the_room(stage: Stage) -> None:
    cem, rita = await stage.candidate(), await stage.member(stage.cast.rita)
    await stage.change(
        change_candidate,
        candidate=stage.interview.candidate,
        content=CandidateContent("Cem Yılmaz"),
        by=stage.cast.rita,
    )
    people = [{"role": "candidate", "name": "Cem Yılmaz"}, {"role": "recruiter", "name": "Rita"}]
    for client in (cem, rita):
        await client.until("presence", people=people)


@pytest.mark.parametrize(
    "what",
    ["suggestion.answer", "moment.mark", "note.add", "whisper", "stop_ai"],
)
async def test_a_candidate_cannot_send_what_is_for_members(stage: Stage, what: str) -> None:
    cem = await stage.candidate()
    fields = {
        "suggestion.answer": {"suggestion_id": cem.client_id, "answer": "use"},
        "moment.mark": {"label": "good"},
        "note.add": {"text": "a note"},
        "whisper": {"type_": "control", "action": "whisper", "text": "Ask about me."},
        "stop_ai": {"type_": "control", "action": "stop_ai"},
    }[what]
    await cem.send(**{"type_": what, **fields})
    assert (await cem.until("error"))["code"] == "not_allowed"


async def test_a_closed_socket_says_so(stage: Stage) -> None:
    cem = await stage.candidate()
    await stage.change(Interview.objects.update, access_generation=3, link_generation=2)
    with pytest.raises(Closed) as closed:
        while True:
            await cem.next()
    assert closed.value.code == 4001


async def test_a_refresh_in_the_middle_of_a_question_shows_its_words_at_once(stage: Stage) -> None:
    cem = await stage.candidate()
    words = "Tell me about a time when you built something that many people used every day"
    with engine.replaced_by(Engine([Scripted([Say(words, pause=0.2)])])):
        await cem.send("control", action="start")
        await cem.until("event", kind="question.asked", awaits_answer=False)
        await cem.until("question.delta", offset=len("Tell me "))
        await cem.leave()
        again = stage.tab()
        await again.connect()
        question = (await again.hello())["question"]
        assert isinstance(question, dict)
        assert words.startswith(str(question["text"]).rstrip())
        following = await again.until("question.delta")
        assert following["offset"] == len(str(question["text"]))
        asked = await until_asked(again)
    assert asked["msg_id"] == question["msg_id"]
