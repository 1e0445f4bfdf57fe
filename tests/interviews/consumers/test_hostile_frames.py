"""Whatever a socket sends, the answer is typed, and others' rooms go on. Never 1011."""

import asyncio
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviews import events
from interviews.consumers.limits import Bucket
from interviews.events import BadMessage, parse
from tests.interviews.consumers.conftest import Closed, Stage

GARBAGE = {
    "not json": ("{", "bad_json"),
    "no object": ("[1, 2]", "unknown_type"),
    "no type": ("{}", "unknown_type"),
    "an unknown type": ('{"type": "drop.table"}', "unknown_type"),
    "deep": ("[" * 30_000 + "]" * 30_000, "bad_json"),
    "deep inside a field": ('{"type":"ack","seq":' + "[" * 5_000 + "]" * 5_000 + "}", "bad_json"),
    "huge": ("x" * 70_000, "frame_too_large"),
    "infinite": ('{"type": "ping", "t": 1e999}', "bad_field"),
    "not a number": ('{"type": "ping", "t": NaN}', "bad_field"),
    "a negative number": ('{"type": "ack", "seq": -1}', "bad_field"),
    "a huge number": ('{"type": "ack", "seq": 99999999999999999999999}', "bad_field"),
    "half a character": ('{"type": "note.add", "client_seq": 1, "text": "\\ud800"}', "bad_json"),
    "a wrong type": ('{"type": "ack", "seq": "1"}', "bad_field"),
    "a bad id": (
        '{"type":"segment.final","client_seq":1,"seg_id":"../x","text":"a"}',
        "bad_field",
    ),
    "audio before it was announced": ('{"type":"audio.end","seg_id":"a"}', "no_audio_open"),
}


@pytest.mark.parametrize("case", GARBAGE)
async def test_garbage_is_answered_and_the_socket_stays_open(case: str, stage: Stage) -> None:
    frame, code = GARBAGE[case]
    cem = await stage.candidate()
    await cem.communicator.send_to(text_data=frame)
    assert (await cem.until("error"))["code"] == code
    await cem.say({"type": "ping", "t": 7})
    assert (await cem.until("pong"))["t"] == 7


async def test_binary_without_an_open_segment_is_answered(stage: Stage) -> None:
    cem = await stage.candidate()
    for data, code in ((b"\x00\xff" * 10, "no_audio_open"), (b"a" * 65_537, "binary_too_large")):
        await cem.communicator.send_to(bytes_data=data)
        assert (await cem.until("error"))["code"] == code


@pytest.mark.parametrize(
    "frame", ["garbage", '{"type": "ping", "t": 1}', '{"type": "hello", "as": "admin"}']
)
async def test_whoever_does_not_say_hello_first_is_out(frame: str, stage: Stage) -> None:
    client = await stage.tab().connect()
    await client.communicator.send_to(text_data=frame)
    assert await client.until_closed() == 4000


async def test_whoever_sends_garbage_only_is_out(stage: Stage) -> None:
    cem = await stage.candidate()
    for _ in range(30):
        await cem.communicator.send_to(text_data="garbage")
    assert await cem.until_closed() == 4000


def test_a_bucket_gives_out_its_burst_and_no_more() -> None:
    bucket = Bucket(per_second=0.001, burst=40)
    assert [bucket.take() for _ in range(42)] == [True] * 40 + [False] * 2


async def test_a_flood_of_pings_is_stopped(stage: Stage) -> None:
    cem = await stage.candidate()
    for number in range(500):
        await cem.say({"type": "ping", "t": number})
    assert await cem.until_closed() == 4029


async def test_an_unknown_subprotocol_is_refused(stage: Stage) -> None:
    client = stage.open_socket(stage.interview.id, subprotocols=["interview.v9"])
    assert (await client.communicator.connect())[0]
    assert await client.until_closed() == 4000


async def test_anothers_flood_leaves_a_room_alone(stage: Stage) -> None:
    cem = await stage.candidate()
    otto = await stage.member(stage.cast.otto)

    async def flood() -> None:
        for _ in range(400):
            await otto.communicator.send_to(text_data=json.dumps({"type": "ping", "t": 1}))

    async def talk() -> None:
        await cem.send("control", action="start")
        await cem.until("event", kind="question.asked", awaits_answer=True)

    await asyncio.gather(flood(), talk())
    with pytest.raises(Closed):
        while True:
            await otto.next()


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10).map(lambda value: json.dumps(value))))  # fmt: skip
def test_any_text_is_a_message_or_a_bad_message(frame: str) -> None:
    try:
        parse(frame)
    except BadMessage as bad:
        assert bad.code
        assert bad.message


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["client_seq", "seg_id", "text", "as", "action", "seq", "t", "client_id"]), st.none() | st.integers() | st.text() | st.lists(st.integers())), st.sampled_from(["hello", "segment.final", "control", "ack", "ping", "turn.finished", "note.add"]))  # fmt: skip
def test_any_fields_of_a_known_type_are_a_message_or_a_bad_message(
    fields: dict[str, object], type_: str
) -> None:
    try:
        parse(json.dumps({"type": type_, **fields}))
    except BadMessage as bad:
        assert bad.code in {"bad_field", "text_empty", "text_too_long", "bad_json"}


def test_control_characters_never_reach_the_database() -> None:
    message = parse(
        '{"type":"segment.final","client_seq":1,"seg_id":"s","text":" a\\u0000b\\r\\nc\\u0007 "}'
    )
    assert isinstance(message, events.SegmentFinal)
    assert message.text == "ab\nc"
