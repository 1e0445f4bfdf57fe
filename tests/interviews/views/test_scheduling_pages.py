"""From a new interview to its link: what a recruiter sees and does on the pages."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from interviews.candidate_link import join_url
from interviews.models import Candidate, Interview, PlanVersion
from interviews.states import InterviewState
from tests.cast import Cast, make_interview, make_plan
from tests.interviews.views.conftest import SignedIn

TOMORROW = datetime.now(UTC).date() + timedelta(days=1)


@pytest.fixture
def plan(cast: Cast) -> PlanVersion:
    return make_plan(cast.acme)


@pytest.fixture
def rita(cast: Cast, signed_in: SignedIn) -> Client:
    return signed_in(cast.rita)


def when(**changes: str) -> dict[str, str]:
    data = {
        "date": TOMORROW.isoformat(),
        "time": "09:30",
        "time_zone": "Europe/Berlin",
        "window_days": "3",
    }
    return data | changes


def filled(cast: Cast, plan: PlanVersion, **changes: str) -> dict[str, str]:
    data = {
        "position": str(plan.position_id),
        "candidate": str(cast.cem.id),
        "mode": "ai_led",
        "minutes": "30",
        "interviewers": str(cast.ines.id),
        "action": "schedule",
    }
    return when() | data | changes


def test_rita_invites_cem(cast: Cast, rita: Client, plan: PlanVersion) -> None:
    page = rita.post("/interviews/new/", filled(cast, plan), follow=True)
    interview = Interview.objects.get()
    assert interview.state == InterviewState.SCHEDULED
    assert interview.scheduled_at
    assert interview.scheduled_at.astimezone(UTC).hour in {7, 8}, "half past nine in Berlin"
    assert interview.window_ends_at == interview.scheduled_at + timedelta(days=3)
    assert list(interview.interviewers.all()) == [cast.ines]
    assert join_url(interview) in page.content.decode()
    assert cast.cem.email in page.content.decode()


def test_somebody_new_is_added_on_the_way(cast: Cast, rita: Client, plan: PlanVersion) -> None:
    new = {"candidate": "", "new_name": "Bea New", "new_email": "bea@mail.example"}
    rita.post("/interviews/new/", filled(cast, plan, **new))
    assert Interview.objects.get().candidate == Candidate.objects.get(name="Bea New")


def test_a_draft_tells_nobody_and_needs_no_time(
    cast: Cast, rita: Client, plan: PlanVersion
) -> None:
    data = filled(cast, plan, action="draft", date="", time="")
    page = rita.post("/interviews/new/", data, follow=True)
    interview = Interview.objects.get()
    assert interview.state == InterviewState.DRAFT
    assert join_url(interview) not in page.content.decode()
    rita.post(f"/interviews/{interview.id}/time/", when())
    interview.refresh_from_db()
    assert interview.state == InterviewState.SCHEDULED


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"date": "2001-01-01"}, "This time has passed."),
        ({"date": "9999-12-31"}, "This is more than a year ahead."),
        ({"date": "tomorrow"}, "Enter a valid date."),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice."),
        ({"minutes": "3"}, "greater than or equal to 5"),
        ({"mode": "imported"}, "Select a valid choice."),
        ({"mode": "assisted", "interviewers": ""}, "at least one interviewer"),
        ({"candidate": "", "new_name": ""}, "Choose a candidate, or give a new name."),
        ({"candidate": "8f7b5d6e-0000-4000-8000-000000000000"}, "Select a valid choice."),
        ({"meeting_url": "javascript:alert(1)"}, "Enter a valid URL."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    cast: Cast, rita: Client, plan: PlanVersion, wrong: dict[str, str], words: str
) -> None:
    data = filled(cast, plan, **wrong)
    if data["interviewers"] == "":
        del data["interviewers"]
    response = rita.post("/interviews/new/", data)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Interview.objects.exists()
    assert f'value="{wrong.get("minutes", "30")}"'.encode() in response.content


def test_a_new_candidate_of_a_refused_interview_is_not_kept(
    cast: Cast, rita: Client, plan: PlanVersion
) -> None:
    wrong = {"candidate": "", "new_name": "Bea New", "date": "2001-01-01"}
    rita.post("/interviews/new/", filled(cast, plan, **wrong))
    assert not Candidate.objects.filter(name="Bea New").exists()


def test_rows_of_a_rival_cannot_be_chosen(cast: Cast, rita: Client, plan: PlanVersion) -> None:
    theirs = make_plan(cast.rival)
    other = Candidate.objects.create(organisation=cast.rival, name="Not yours")
    for wrong in (
        {"position": str(theirs.position_id)},
        {"candidate": str(other.id)},
        {"interviewers": str(cast.mallory.id)},
    ):
        assert rita.post("/interviews/new/", filled(cast, plan, **wrong)).status_code == 422
    assert not Interview.objects.exists()


def test_moving_it_keeps_the_link(cast: Cast, rita: Client) -> None:
    interview = make_interview(cast)
    link = join_url(interview)
    page = rita.post(f"/interviews/{interview.id}/time/", when(), follow=True)
    interview.refresh_from_db()
    assert interview.scheduled_at and interview.scheduled_at.date() == TOMORROW
    assert link in page.content.decode()


def test_a_new_link_replaces_the_old_and_a_revoked_one_is_gone(cast: Cast, rita: Client) -> None:
    interview = make_interview(cast)
    old = join_url(interview)
    page = rita.post(f"/interviews/{interview.id}/link/", {"action": "reissue"}, follow=True)
    interview.refresh_from_db()
    assert old not in page.content.decode()
    assert join_url(interview) in page.content.decode()
    page = rita.post(f"/interviews/{interview.id}/link/", {"action": "revoke"}, follow=True)
    assert "/join/" not in page.content.decode()


def test_the_link_is_for_those_who_invite(cast: Cast, signed_in: SignedIn) -> None:
    interview = make_interview(cast)
    for member in (cast.theo, cast.ines, cast.otto):
        page = signed_in(member).get(f"/interviews/{interview.id}/")
        assert page.status_code == 200
        assert b"/join/" not in page.content


def test_what_has_begun_is_not_cancelled_twice(cast: Cast, rita: Client) -> None:
    interview = make_interview(cast, state=InterviewState.ENDED)
    page = rita.post(f"/interviews/{interview.id}/cancel/", follow=True)
    assert "cannot be cancelled any more" in page.content.decode()
    interview.refresh_from_db()
    assert interview.state == InterviewState.ENDED


def test_cancelling_tells_the_candidate(cast: Cast, rita: Client) -> None:
    interview = make_interview(cast)
    rita.post(f"/interviews/{interview.id}/cancel/")
    interview.refresh_from_db()
    assert interview.state == InterviewState.CANCELLED


def test_the_list_filters_and_leads_on(cast: Cast, rita: Client, plan: PlanVersion) -> None:
    for _ in range(30):
        make_interview(cast, plan=plan)
    make_interview(cast, plan=plan, state=InterviewState.ENDED)
    first = rita.get("/interviews/?state=upcoming")
    rows = {row.id for row in first.context["page"].items}
    second = rita.get(first.context["page"].info.next_url)
    rows |= {row.id for row in second.context["page"].items}
    assert len(rows) == 30
    assert len(rita.get("/interviews/?state=ended").context["page"].items) == 1
    assert rita.get("/interviews/?q=nobody").context["page"].items == []
    assert rita.get("/interviews/?cursor=forged").status_code == 404


def test_home_says_what_waits(cast: Cast, rita: Client, signed_in: SignedIn) -> None:
    ended = make_interview(cast, state=InterviewState.ENDED)
    Interview.objects.filter(id=ended.id).update(ended_at=datetime.now(UTC), debrief_status="ready")
    assert [row.id for row in rita.get("/").context["to_review"]] == [ended.id]
    assert not signed_in(cast.otto).get("/").context["to_review"]
    assert b"You do not belong to an organisation" in signed_in(cast.olga).get("/").content
