"""What programs do before an interview: plans, candidates, scheduling, links; and what they may not."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from interviews.candidate_link import token_of
from interviews.models import Candidate, Interview, Member, PlanVersion, Position
from interviews.states import InterviewState
from tests.cast import Cast, make_interview, make_plan
from webapi.tokens import issue_token

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()


class Program:
    """A client with a token of somebody's."""

    def __init__(self, member: Member) -> None:
        token = issue_token(user=member.user, name="test", scope=str(member.organisation_id))
        self.headers = {"Authorization": f"Bearer {token.secret}"}
        self.client = Client()

    def call(self, method: str, path: str, body: object = None, key: str = "") -> Any:
        return self.client.generic(
            method,
            f"/api/v1{path}",
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers={**self.headers, **({"Idempotency-Key": key} if key else {})},
        )

    def pages(self, path: str, limit: int = 2) -> Iterator[dict[str, Any]]:
        cursor = ""
        while True:
            sign = "&" if "?" in path else "?"
            found = self.call("GET", f"{path}{sign}limit={limit}&cursor={cursor}").json()
            yield from found["items"]
            if not found["next"]:
                return
            cursor = found["next"]


@pytest.fixture
def rita(cast: Cast) -> Program:
    return Program(cast.rita)


@pytest.fixture
def plan(cast: Cast) -> PlanVersion:
    return make_plan(cast.acme)


def wanted(cast: Cast, plan: PlanVersion, **changes: object) -> dict[str, object]:
    body = {
        "candidate_id": str(cast.cem.id),
        "position_id": str(plan.position_id),
        "interviewer_ids": [str(cast.ines.id)],
        "scheduled_at": TOMORROW,
    }
    return body | changes


def test_from_an_empty_position_to_a_link(cast: Cast, rita: Program) -> None:
    position = rita.call("POST", "/positions", {"title": "Baker"}).json()
    started = rita.call("POST", f"/positions/{position['id']}/plan/start", {"role": "sales"})
    assert len(started.json()["questions"]) >= 5
    bea = rita.call("POST", "/candidates", {"name": "Bea", "email": "bea@mail.example"}).json()
    body = {"candidate_id": bea["id"], "position_id": position["id"], "scheduled_at": TOMORROW}
    made = rita.call("POST", "/interviews", body)
    assert made.status_code == 201
    assert made.json()["state"] == "scheduled"
    link = rita.call("GET", f"/invitations/{made.json()['id']}").json()
    assert link["url"].endswith(token_of(Interview.objects.get()))


def test_the_same_key_schedules_once(cast: Cast, rita: Program, plan: PlanVersion) -> None:
    first = rita.call("POST", "/interviews", wanted(cast, plan), key="one")
    second = rita.call("POST", "/interviews", wanted(cast, plan), key="one")
    assert first.json() == second.json()
    assert Interview.objects.count() == 1


def test_a_plan_is_changed_on_the_revision_that_was_read(rita: Program, plan: PlanVersion) -> None:
    path = f"/positions/{plan.position_id}/plan"
    read = rita.call("GET", path).json()
    read["questions"][0]["text"] = "What did you build?"
    change = {"questions": read["questions"], "based_on": read["revision"]}
    assert rita.call("PUT", path, change).status_code == 200
    stale = rita.call("PUT", path, change)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert rita.call("GET", path).json()["questions"][0]["text"] == "What did you build?"


def test_a_version_in_use_stays_readable(cast: Cast, rita: Program, plan: PlanVersion) -> None:
    make_interview(cast, plan=plan)
    path = f"/positions/{plan.position_id}/plan"
    changed = rita.call("PUT", path, {"questions": [{"text": "Why?"}]}).json()
    assert changed["number"] == 2
    numbers = [row["number"] for row in rita.pages(f"{path}s", limit=1)]
    assert numbers == [2, 1]
    assert len(rita.call("GET", f"{path}s/1").json()["questions"]) == 4


def test_what_is_left_out_of_a_patch_stays(cast: Cast, rita: Program) -> None:
    changed = rita.call("PATCH", f"/candidates/{cast.cem.id}", {"name": "Cem A."}).json()
    assert (changed["name"], changed["email"]) == ("Cem A.", cast.cem.email)
    assert rita.call("PATCH", f"/candidates/{cast.cem.id}", {"name": None}).status_code == 422


def test_lists_come_in_pages_without_gap_or_double(cast: Cast, rita: Program) -> None:
    for number in range(5):
        Candidate.objects.create(organisation=cast.acme, name=f"Bea {number}")
    names = [row["name"] for row in rita.pages("/candidates?q=bea")]
    assert sorted(names) == [f"Bea {number}" for number in range(5)]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"candidate_id": str(uuid.uuid4())}, "/candidate_id"),
        ({"position_id": str(uuid.uuid4())}, "/position_id"),
        ({"interviewer_ids": [str(uuid.uuid4())]}, "/interviewer_ids"),
        ({"scheduled_at": "2001-01-01T00:00:00Z"}, "/scheduled_at"),
        ({"scheduled_at": "9999-12-31T23:59:59Z"}, "/scheduled_at"),
        ({"scheduled_at": "2026-01-01T00:00:00"}, "/scheduled_at"),
        ({"window_ends_at": "9999-12-31T23:59:59Z"}, "/window_ends_at"),
        ({"mode": "imported"}, "/mode"),
        ({"mode": "assisted", "interviewer_ids": []}, "/interviewers"),
        ({"minutes": 4}, "/minutes"),
        ({"meeting_url": "javascript:alert(1)"}, "/meeting_url"),
    ],
)
def test_what_cannot_be_is_named(
    cast: Cast, rita: Program, plan: PlanVersion, changes: dict[str, object], pointer: str
) -> None:
    refused = rita.call("POST", "/interviews", wanted(cast, plan, **changes))
    assert refused.status_code == 422
    assert pointer in [error["pointer"] for error in refused.json()["errors"]]
    assert not Interview.objects.exists()


def test_what_comes_too_late_is_a_conflict(cast: Cast, rita: Program) -> None:
    ended = make_interview(cast, state=InterviewState.ENDED)
    for path, body in (
        (f"/interviews/{ended.id}/cancel", {}),
        (f"/interviews/{ended.id}/reschedule", {"scheduled_at": TOMORROW}),
        (f"/interviews/{ended.id}/schedule", {"scheduled_at": TOMORROW}),
        (f"/invitations/{ended.id}/reissue", {}),
        (f"/invitations/{ended.id}/revoke", {}),
    ):
        assert rita.call("POST", path, body).status_code == 409, path


def test_a_link_is_issued_anew_and_taken_back(cast: Cast, rita: Program) -> None:
    interview = make_interview(cast)
    old = token_of(interview)
    anew = rita.call("POST", f"/invitations/{interview.id}/reissue").json()
    assert anew["generation"] == 2
    assert old not in anew["url"]
    assert rita.call("POST", f"/invitations/{interview.id}/revoke").json()["url"] is None


def test_the_last_administrator_stays(cast: Cast) -> None:
    ada = Program(cast.ada)
    refused = ada.call("PATCH", f"/members/{cast.ada.id}", {"role": "observer"})
    assert refused.status_code == 409


def test_ada_invites_and_takes_back(cast: Cast) -> None:
    ada = Program(cast.ada)
    body = {"email": "nina@acme.example", "role": "observer"}
    made = ada.call("POST", "/members/invitations", body)
    assert made.status_code == 201
    assert "/invitations/" in made.json()["url"]
    assert len(list(ada.pages("/members/invitations"))) == 1
    gone = ada.call("DELETE", f"/members/invitations/{made.json()['id']}")
    assert gone.status_code == 204
    assert list(ada.pages("/members/invitations")) == []


def test_settings_change_one_by_one(cast: Cast) -> None:
    ada = Program(cast.ada)
    path = f"/organisations/{cast.acme.id}"
    changed = ada.call("PATCH", path, {"transcript_days": 30}).json()
    assert (changed["transcript_days"], changed["name"]) == (30, "Acme")
    assert ada.call("PATCH", path, {"ai_providers_off": ["skynet"]}).status_code == 422


def test_a_token_opens_its_own_organisation_only(cast: Cast) -> None:
    Member.objects.create(organisation=cast.rival, user=cast.ada.user, role="admin")
    theirs = Position.objects.create(organisation=cast.rival, title="Secret")
    ada = Program(cast.ada)
    assert ada.call("GET", f"/positions/{theirs.id}").status_code == 404
    assert [row["name"] for row in ada.pages("/organisations")] == ["Acme"]
    assert ada.call("GET", f"/organisations/{cast.rival.id}").status_code == 404


def test_the_audit_trail_names_who_did_what(cast: Cast, rita: Program) -> None:
    made = rita.call("POST", "/positions", {"title": "Baker"}).json()
    (entry,) = rita.pages(f"/audit?subject_id={made['id']}")
    assert (entry["action"], entry["user_id"]) == ("position.created", str(cast.rita.user_id))
