"""No list asks the database more often because it holds more rows."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from interviews.models import Candidate, Interview, Member
from interviews.services.invite_member import invite_member
from interviews.states import DebriefStatus, InterviewState, Role
from tests.cast import Cast, make_interview, make_member, make_plan

NOW = datetime.now(UTC)
PAGES = (
    "/",
    "/positions/",
    "/rubrics/",
    "/candidates/",
    "/candidates/?q=bea",
    "/interviews/",
    "/interviews/?state=ended",
    "/interviews/new/",
    "/team/",
    "/audit/",
    "/positions/{position}/",
    "/candidates/{candidate}/",
    "/interviews/{interview}/",
    "/api/v1/organisations",
    "/api/v1/members",
    "/api/v1/members/invitations",
    "/api/v1/positions",
    "/api/v1/rubrics",
    "/api/v1/candidates",
    "/api/v1/interviews",
    "/api/v1/invitations",
    "/api/v1/audit",
    "/api/v1/positions/{position}/plans",
)


def add_rows(cast: Cast, first: Interview, count: int) -> None:
    """So many more of everything that any of the pages lists."""
    for number in range(count):
        plan = make_plan(cast.acme, f"Position {number} of {count}")
        bea = Candidate.objects.create(organisation=cast.acme, name=f"Bea {number}")
        make_member(cast.acme, f"Mo{number}of{count}", Role.INTERVIEWER)
        invite_member(
            email=f"new{number}of{count}@acme.example", role=Role.OBSERVER, by=cast.ada, now=NOW
        )
        for state in (InterviewState.SCHEDULED, InterviewState.LIVE, InterviewState.ENDED):
            row = make_interview(cast, plan=plan, state=state, now=NOW + timedelta(hours=1))
            Interview.objects.filter(id=row.id).update(
                candidate=bea if number % 2 else first.candidate,
                position=first.position if number % 3 == 0 else plan.position,
                ended_at=NOW,
                debrief_status=DebriefStatus.READY,
            )


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(address)
    assert response.status_code == 200, address
    return len(captured)


@pytest.fixture
def first(cast: Cast) -> Interview:
    return make_interview(cast, now=NOW)


@pytest.mark.parametrize("who", ["ada", "ines"])
def test_a_page_costs_the_same_at_3_and_at_30_rows(cast: Cast, first: Interview, who: str) -> None:
    member: Member = getattr(cast, who)
    client = Client()
    client.force_login(member.user)
    addresses = [
        page.format(position=first.position_id, candidate=first.candidate_id, interview=first.id)
        for page in PAGES
    ]
    if who == "ines":
        closed = (
            "/team/",
            "/audit/",
            "/interviews/new/",
            "/api/v1/members/inv",
            "/api/v1/invi",
            "/api/v1/audit",
        )
        addresses = [address for address in addresses if not address.startswith(closed)]
    add_rows(cast, first, 3)
    few = {address: queries_of(client, address) for address in addresses}
    add_rows(cast, first, 27)
    many = {address: queries_of(client, address) for address in addresses}
    grown = {
        address: (few[address], many[address]) for address in few if many[address] > few[address]
    }
    assert grown == {}
    assert max(many.values()) <= 20, many
