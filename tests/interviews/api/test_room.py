"""What programs get of a room, and what they may feed it."""

from datetime import timedelta

import pytest
from django.test import Client

from interviews.models import Event, Interview, Member, Segment
from interviews.states import InterviewState
from tests.cast import Cast
from tests.interviews.room.conftest import NOW, Tab, make_room
from webapi.tokens import issue_token

pytestmark = pytest.mark.django_db
HEARD = {"seg_id": "z-1", "speaker": "candidate", "text": "I led the migration."}


@pytest.fixture
def room(cast: Cast) -> Interview:
    return make_room(cast)


def calling(member: Member) -> Client:
    issued = issue_token(user=member.user, name="tool")
    return Client(headers={"authorization": f"Bearer {issued.secret}"})


def at(room: Interview, resource: str) -> str:
    return f"/api/v1/interviews/{room.id}/{resource}"


def test_another_tool_feeds_what_it_heard_once(cast: Cast, room: Interview) -> None:
    ines = calling(cast.ines)
    for _ in range(2):
        answer = ines.post(at(room, "segments"), HEARD, content_type="application/json")
        assert answer.status_code == 201, answer.text
    assert answer.json()["fed_by_member"] == str(cast.ines.id)
    assert Segment.objects.count() == 1


@pytest.mark.parametrize("comes_first", ["the tool", "the candidate"])
def test_what_the_candidates_own_microphone_heard_too_is_answered_as_it_stands(
    cast: Cast, room: Interview, comes_first: str
) -> None:
    own = {"source": "provider", "started_ms": 1_000, "ended_ms": 5_000}
    now, cem, ines = NOW + timedelta(seconds=6), Tab(room), calling(cast.ines)
    if comes_first == "the candidate":
        cem.say("I led the migration!", seg_id="own", now=now, **own)
    fed = HEARD | {"started_ms": 1_200, "ended_ms": 5_200}
    for _ in range(2):
        answer = ines.post(at(room, "segments"), fed, content_type="application/json")
        assert answer.status_code == 201, answer.text
        if comes_first == "the tool" and Segment.objects.get().seg_id == HEARD["seg_id"]:
            cem.say("I led the migration!", seg_id="own", now=now, **own)
    assert answer.json()["text"] == "I led the migration!"
    assert (Segment.objects.count(), Event.objects.count()) == (1, 2)


def test_only_who_leads_feeds_and_only_while_it_runs(cast: Cast, room: Interview) -> None:
    def feed(member: Member) -> int:
        address = at(room, "segments")
        return calling(member).post(address, HEARD, content_type="application/json").status_code

    assert feed(cast.otto) == 403
    assert feed(cast.mallory) == 404
    Interview.objects.update(state=InterviewState.WAITING)
    assert feed(cast.ines) == 409


def test_the_log_is_followed_by_number(cast: Cast, room: Interview) -> None:
    cem = Tab(room)
    for number in range(3):
        cem.say(f"Sentence {number}.")
    page = calling(cast.rita).get(at(room, "events"), {"after": 1}).json()
    assert [event["seq"] for event in page["items"]] == [2, 3]
    assert page["items"][0]["payload"]["text"] == "Sentence 1."
    assert calling(cast.mallory).get(at(room, "events")).status_code == 404


def test_consents_are_told(cast: Cast, room: Interview) -> None:
    room.consents.create(answer="given", notice_version="1", notice_text="You talk with an AI.")
    page = calling(cast.rita).get(at(room, "consents")).json()
    assert [row["answer"] for row in page["items"]] == ["given"]
    assert calling(cast.mallory).get(at(room, "consents")).status_code == 404


def test_nobody_reads_anothers_notes(cast: Cast, room: Interview) -> None:
    room.notes.create(member=cast.ines, text="Strong on queues.")
    Tab(room).say("I led the migration.")
    room.moments.create(member=cast.ines, segment=room.segments.get(), label="Honest")
    room.suggestions.create(text="How many?", because=[["s1", "orders"]])
    for member, expected in ((cast.ines, 1), (cast.rita, 0)):
        page = calling(member).get(at(room, "notes")).json()
        assert len(page["items"]) == expected
    assert calling(cast.rita).get(at(room, "moments")).json()["items"][0]["label"] == "Honest"
    assert calling(cast.rita).get(at(room, "suggestions")).json()["items"][0]["text"] == "How many?"
    for resource in ("notes", "moments", "suggestions"):
        assert calling(cast.mallory).get(at(room, resource)).status_code == 404
