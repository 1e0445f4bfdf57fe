"""What programs get of an interview that is over."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import StreamingHttpResponse
from django.test import Client

from interviews.models import Interview, Member, Review
from interviews.states import DebriefStatus
from scheduler.testing import drain_jobs
from tests.cast import Cast, make_plan
from tests.interviews.ai import ai_that_writes, quoted, rating, ratings, without_ai
from tests.interviews.told import CONVERSATION, make_debrief, make_told_interview
from webapi.tokens import issue_token

TRUE = "I measured the delay before and after"
Calling = Callable[[Member], Client]


@pytest.fixture(autouse=True)
def no_provider() -> Iterator[None]:
    with without_ai():
        yield


@pytest.fixture
def told(cast: Cast) -> Interview:
    return make_told_interview(cast)


@pytest.fixture
def calling() -> Calling:
    def call(member: Member) -> Client:
        issued = issue_token(user=member.user, name="test", scope=str(member.organisation_id))
        return Client(headers={"authorization": f"Bearer {issued.secret}"})

    return call


def _at(told: Interview, resource: str) -> str:
    return f"/api/v1/interviews/{told.id}/{resource}"


def _write_debrief(told: Interview) -> None:
    answer = told.segments.get(position=1)
    claim = {
        "text": "Moved billing to events.",
        "section": "background",
        "question": "",
        "quotes": quoted((answer, TRUE)),
    }
    make_debrief(told)
    with ai_that_writes(
        summarize_interview={"statements": [claim]},
        score_interview=ratings(told, rating(3, (answer, TRUE))),
    ):
        drain_jobs()


def test_segments_come_in_order_and_in_pages(cast: Cast, told: Interview, calling: Calling) -> None:
    rita = calling(cast.rita)
    first = rita.get(_at(told, "segments?limit=4")).json()
    rest = rita.get(_at(told, f"segments?limit=4&cursor={first['next']}")).json()
    texts = [row["text"] for row in (*first["items"], *rest["items"])]
    assert texts == [text for _, text in CONVERSATION]
    assert rest["next"] is None


def test_a_debrief_is_read_with_its_quotes(cast: Cast, told: Interview, calling: Calling) -> None:
    _write_debrief(told)
    found = calling(cast.rita).get(_at(told, "debriefs/1")).json()
    assert found["status"] == "ready"
    assert found["steps"]["summary"] == "done"
    claim = found["summary"]["sections"][0]["claims"][0]
    assert claim["quotes"][0]["text"] == TRUE
    assert found["summary"]["provenance"]["model"] == "scripted-1"
    assert found["insights"]["figures"]["candidate_talk_share_percent"] == 50
    newest = calling(cast.rita).get(_at(told, "debriefs/0")).json()
    assert newest["id"] == found["id"]


def test_the_draft_is_hidden_from_programs_too_until_the_own_review_is_in(
    cast: Cast, told: Interview, calling: Calling
) -> None:
    _write_debrief(told)
    theo = calling(cast.theo)
    refused = theo.get(_at(told, "scorecard"))
    assert (refused.status_code, refused.json()["code"]) == (403, "hidden")
    Review.objects.create(interview=told, reviewer=cast.ines, status="submitted", overall="yes")
    assert theo.get(_at(told, "reviews")).json() == []
    own = {"revision": 0, "overall": "no", "levels": []}
    answer = theo.post(
        _at(told, "reviews/mine/submit"), json.dumps(own), content_type="application/json"
    )
    assert answer.json()["status"] == "submitted"
    levels = theo.get(_at(told, "scorecard")).json()["levels"]
    assert levels[0]["level"] == 3
    assert levels[1]["level"] is None
    assert levels[1]["status"] == "not_asked"
    assert len(theo.get(_at(told, "reviews")).json()) == 2


def test_two_programs_that_save_one_review_do_not_overwrite_each_other(
    cast: Cast, told: Interview, calling: Calling
) -> None:
    theo = calling(cast.theo)

    def save(revision: int, note: str) -> tuple[int, dict[str, object]]:
        body = json.dumps({"revision": revision, "note": note})
        answer = theo.put(_at(told, "reviews/mine"), body, content_type="application/json")
        return answer.status_code, answer.json()

    assert save(0, "First.")[0] == 200
    status, problem = save(0, "Second.")
    assert (status, problem["code"]) == (409, "review_changed")
    assert save(1, "Second.")[0] == 200
    assert theo.get(_at(told, "reviews/mine")).json()["note"] == "Second."


def test_only_a_person_who_may_decides_and_is_named(
    cast: Cast, told: Interview, calling: Calling
) -> None:
    body = json.dumps({"outcome": "advance", "reason": "Measured it."})

    def decide(member: Member) -> tuple[int, dict[str, object]]:
        address = _at(told, "decisions")
        answer = calling(member).post(address, body, content_type="application/json")
        return answer.status_code, answer.json()

    assert decide(cast.rita)[0] == 403
    status, made = decide(cast.theo)
    assert (status, made["decided_by"]) == (201, "Theo")
    listed = calling(cast.otto).get(_at(told, "decisions")).json()["items"]
    assert [row["outcome"] for row in listed] == ["advance"]


def test_a_question_is_asked_and_its_answer_fetched(
    cast: Cast, told: Interview, calling: Calling
) -> None:
    rita, moment = calling(cast.rita), told.segments.get(position=3)
    asked = rita.post(
        _at(told, "questions"),
        json.dumps({"question": "What was stopped?"}),
        content_type="application/json",
    )
    assert asked.status_code == 202
    assert asked.json()["status"] == "working"
    claim = {"text": "The consumer.", "quotes": quoted((moment, "First I stopped the consumer"))}
    with ai_that_writes(answer_from_transcript={"says_nothing": False, "claims": [claim]}):
        drain_jobs()
    found = rita.get(_at(told, f"questions/{asked.json()['id']}")).json()
    assert found["status"] == "answered"
    assert found["claims"][0]["quotes"][0]["segment_id"] == moment.id


def test_a_debrief_is_asked_for_again_once_at_a_time(
    cast: Cast, told: Interview, calling: Calling
) -> None:
    rita = calling(cast.rita)
    assert rita.post(_at(told, "debriefs")).status_code == 202
    assert rita.post(_at(told, "debriefs")).status_code == 409
    drain_jobs()
    assert rita.get(_at(told, "debriefs")).json()["items"][0]["status"] == "ready"
    assert calling(cast.otto).post(_at(told, "debriefs")).status_code == 403


def test_a_file_is_imported_or_refused_with_line_and_reason(cast: Cast, calling: Calling) -> None:
    plan, rita = make_plan(cast.acme), calling(cast.rita)
    fields = {"position_id": str(plan.position_id), "candidate_id": str(cast.cem.id)}
    text = b"Rita: Hello.\nCem: I ran the billing service.\n"
    made = rita.post("/api/v1/imports", {**fields, "file": SimpleUploadedFile("a.txt", text)})
    assert made.status_code == 201
    assert made.json()["candidate_speaker"] == "Cem"
    interview = Interview.objects.get(id=made.json()["interview_id"])
    drain_jobs()
    interview.refresh_from_db()
    assert interview.debrief_status == DebriefStatus.READY
    unclear = SimpleUploadedFile("a.txt", b"Ann: Hello.\nBob: I ran the billing service.\n")
    answer = rita.post("/api/v1/imports", {**fields, "file": unclear})
    assert answer.json()["code"] == "speaker_unclear"
    assert [error["detail"] for error in answer.json()["errors"]] == ["Ann", "Bob"]
    broken = SimpleUploadedFile("a.vtt", b"WEBVTT\n\n00:00:01.000 --> nowhere\nA: b\n\nx\n")
    answer = rita.post("/api/v1/imports", {**fields, "file": broken})
    assert (answer.status_code, answer.json()["code"]) == (422, "import_refused")
    assert answer.json()["detail"].startswith("Line 3")
    assert len(rita.get("/api/v1/imports").json()["items"]) == 1
    old = {**fields, "held_at": (datetime.now(UTC) - timedelta(days=181)).isoformat()}
    answer = rita.post("/api/v1/imports", {**old, "file": SimpleUploadedFile("a.txt", text)})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/held_at")
    large = SimpleUploadedFile("a.txt", b"x" * (21 * 1024 * 1024))
    assert rita.post("/api/v1/imports", {**fields, "file": large}).status_code == 413
    assert calling(cast.otto).post("/api/v1/imports", fields).status_code in {403, 422}


@pytest.mark.parametrize(
    "resource",
    [
        "segments",
        "debriefs",
        "debriefs/1",
        "scorecard",
        "reviews",
        "decisions",
        "questions",
        "stream",
    ],
)
def test_strangers_and_interviewers_of_others_find_nothing(
    cast: Cast, told: Interview, calling: Calling, resource: str
) -> None:
    told.interviewers.clear()
    for member in (cast.mallory, cast.ines):
        assert calling(member).get(_at(told, resource)).status_code == 404


def test_the_stream_tells_what_is_there_and_ends(
    cast: Cast, told: Interview, calling: Calling
) -> None:
    _write_debrief(told)
    answer = calling(cast.rita).get(_at(told, "stream"))
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    body = async_to_sync(_collect)(answer)
    events = [line[7:] for line in body.splitlines() if line.startswith("event: ")]
    assert sorted(events[:3]) == ["insights", "scorecard", "summary"]
    assert events[3:] == ["progress", "settled"]
    assert TRUE not in body


async def _collect(answer: object) -> str:
    assert isinstance(answer, StreamingHttpResponse)
    return b"".join([part async for part in answer]).decode()
