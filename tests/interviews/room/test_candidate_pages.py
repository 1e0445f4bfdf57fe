"""The candidate's pages: the link, the notice and the agreement, the room, and what comes after."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from interviews import candidate_link
from interviews.models import Consent, Interview
from interviews.services.schedule_interview import revoke_link
from interviews.states import ConsentState, InterviewState
from tests.cast import QUESTIONS, Cast, make_interview

pytestmark = pytest.mark.django_db
GIVEN = {"answer": "given", "time_factor": "1.5", "silence_factor": "2", "text_only": "on"}


@pytest.fixture
def interview(cast: Cast) -> Interview:
    return make_interview(cast, now=timezone.now())


@pytest.fixture
def link(interview: Interview) -> str:
    return f"/join/{candidate_link.token_of(interview)}"


@pytest.fixture
def cem(client: Client, link: str) -> Client:
    """Cem's browser, with the cookie."""
    client.post(link)
    return client


def test_opening_the_link_changes_nothing(client: Client, link: str, interview: Interview) -> None:
    page = client.get(link)
    assert "Welcome, Cem Candidate" in page.text
    assert candidate_link.cookie_name() not in page.cookies
    interview.refresh_from_db()
    assert interview.state == InterviewState.SCHEDULED


def test_a_post_trades_the_link_for_a_cookie(client: Client, link: str) -> None:
    answer = client.post(link)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/room/")
    cookie = answer.cookies[candidate_link.cookie_name()]
    assert cookie["httponly"]
    assert link.removeprefix("/join/") not in cookie.value


def test_before_the_agreement_there_is_the_notice(cem: Client) -> None:
    page = cem.get("/room/").text
    for told in ("not with a person", "A person decides", "180 days", "instead"):
        assert told in page


def test_agreeing_twice_is_agreeing_once(cem: Client, interview: Interview) -> None:
    for _ in range(2):
        assert cem.post("/room/consent/", GIVEN).status_code == 302
    interview.refresh_from_db()
    assert interview.consent == ConsentState.GIVEN
    assert (str(interview.time_factor), interview.text_only) == ("1.50", True)
    stored = Consent.objects.get()
    assert "180 days" in stored.notice_text


def test_the_room_holds_nothing_of_the_plan(cem: Client) -> None:
    cem.post("/room/consent/", GIVEN)
    page = cem.get("/room/").text
    assert 'id="composer"' in page
    for secret in (*QUESTIONS, "Technical depth", "Explains own decisions", "anvils"):
        assert secret not in page


def test_whoever_speaks_is_told_before_where_the_sound_goes(cem: Client) -> None:
    notice = cem.get("/room/").text
    assert "the sound goes to an AI provider" in notice
    assert "it may send the sound to its maker" in notice


def test_trying_out_is_open_before_the_agreement_and_changes_nothing(
    cem: Client, interview: Interview
) -> None:
    assert 'href="/room/try/"' in cem.get("/room/").text
    assert "Nobody hears it" in cem.get("/room/try/").text
    interview.refresh_from_db()
    assert (interview.state, interview.consent) == (InterviewState.SCHEDULED, ConsentState.ASKED)
    assert not interview.events.exists()


def test_after_the_end_there_is_nothing_to_try(cem: Client) -> None:
    Interview.objects.update(state=InterviewState.ENDED, ended_at=timezone.now())
    assert "Thank you, Cem Candidate" in cem.get("/room/try/").text


def test_refusing_offers_a_person_and_may_be_changed(cem: Client, interview: Interview) -> None:
    cem.post("/room/consent/", {"answer": "refused"})
    assert "A person will talk with you instead" in cem.get("/room/").text
    interview.refresh_from_db()
    assert interview.consent == ConsentState.REFUSED
    assert interview.events.get().kind == "consent.answered"
    assert "What would help you?" in cem.get("/room/?notice").text
    cem.post("/room/consent/", GIVEN)
    interview.refresh_from_db()
    assert interview.consent == ConsentState.GIVEN


def test_withdrawing_in_the_middle_ends_it_and_nothing_more_is_processed(
    cem: Client, interview: Interview
) -> None:
    cem.post("/room/consent/", GIVEN)
    Interview.objects.update(state=InterviewState.LIVE, live_since=timezone.now())
    cem.post("/room/withdraw/")
    interview.refresh_from_db()
    assert (interview.state, interview.consent) == (InterviewState.ENDED, ConsentState.WITHDRAWN)
    assert not interview.debriefs.exists()
    assert "You withdrew your agreement" in cem.get("/room/").text


def test_an_accommodation_that_is_not_offered_is_refused(cem: Client) -> None:
    page = cem.post("/room/consent/", {**GIVEN, "time_factor": "9"})
    assert page.status_code == 422


def test_a_wrong_link_says_so(client: Client) -> None:
    for token in ("x", "A" * 52, "\N{SNOWMAN}"):
        page = client.get(f"/join/{token}")
        assert page.status_code == 404
        assert "This link does not work" in page.text


def test_a_revoked_link_says_so(cast: Cast, cem: Client, link: str, interview: Interview) -> None:
    revoke_link(interview=interview, by=cast.rita, now=timezone.now())
    for page in (cem.get(link), cem.post(link), cem.get("/room/")):
        assert page.status_code == 410
        assert "This link was replaced" in page.text


def test_a_lapsed_link_says_so(cem: Client, link: str) -> None:
    Interview.objects.update(window_ends_at=timezone.now() - timedelta(minutes=1))
    page = cem.get(link)
    assert page.status_code == 410
    assert "This invitation has run out" in page.text


def test_without_a_cookie_there_is_no_room(client: Client) -> None:
    assert client.get("/room/").status_code == 404
    assert client.get("/room/try/").status_code == 404
    assert client.post("/room/consent/", GIVEN).status_code == 404
    assert client.post("/room/withdraw/").status_code == 404


def test_after_the_end_the_link_says_thank_you(cem: Client, link: str) -> None:
    Interview.objects.update(state=InterviewState.ENDED, ended_at=timezone.now())
    for page in (cem.get(link), cem.get("/room/")):
        assert "Thank you, Cem Candidate" in page.text
