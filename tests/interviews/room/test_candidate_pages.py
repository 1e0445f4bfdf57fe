"""The candidate's pages: the link, the notice and the agreement, the room, and what comes after."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from interviews import candidate_link
from interviews.models import Consent, Interview, Member
from interviews.queries.interview_lists import wants_a_person
from interviews.services.schedule_interview import revoke_link
from interviews.states import ConsentState, InterviewState, Mode
from scheduler.testing import drain_jobs, enqueued
from tests.cast import QUESTIONS, Cast, make_interview
from tests.notifications.smtp import PostOffice, running_post_office

pytestmark = pytest.mark.django_db
REFUSED = {"answer": "refused"}
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


def browser_of(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
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


@pytest.mark.parametrize("answer", ["refused", "withdrawn"])
def test_the_team_is_told_once_who_wants_a_person(cast: Cast, cem: Client, answer: str) -> None:
    """Rita arranged it and Ines is assigned; Theo has nothing to do with it."""
    rita, otto = browser_of(cast.rita), browser_of(cast.otto)
    assert "No candidate waits for an interview with a person" in rita.get("/").text
    if answer == "withdrawn":
        cem.post("/room/consent/", GIVEN)
    for _ in range(2):
        cem.post("/room/withdraw/" if answer == "withdrawn" else "/room/consent/", REFUSED)
    office = PostOffice()
    with running_post_office(office):
        drain_jobs()
    assert sorted(mail["To"].addresses[0].display_name for mail in office.mails) == ["Ines", "Rita"]
    for mail in office.mails:
        assert mail["Subject"] == "Cem Candidate wants an interview with a person: Backend engineer"
        body = mail.get_body(("plain",))
        assert body is not None
        assert ("has withdrawn" in body.get_content()) == (answer == "withdrawn")
        assert "cem@mail.example" in body.get_content()
    home = rita.get("/")
    assert [row.candidate_id for row in home.context["wants_a_person"]] == [cast.cem.id]
    assert "wants a person instead" in rita.get(f"/interviews/{Interview.objects.get().id}/").text
    assert not otto.get("/").context["wants_a_person"]


def test_a_change_of_mind_before_the_mail_is_sent_needs_no_mail(cem: Client) -> None:
    cem.post("/room/consent/", REFUSED)
    cem.post("/room/consent/", GIVEN)
    office = PostOffice()
    with running_post_office(office):
        drain_jobs()
    assert office.mails == []


def test_when_nobody_who_arranges_is_left_everybody_who_may_is_told(
    cast: Cast, cem: Client
) -> None:
    """Rita has left: Ines, who only interviews, could not arrange another talk."""
    Member.objects.filter(id=cast.rita.id).update(is_active=False)
    cem.post("/room/consent/", REFUSED)
    told = {job.payload["recipient_id"] for job in enqueued("notifications.send_email")}
    assert told == {str(cast.ines.id), str(cast.ada.id)}


def test_another_interview_takes_them_off_the_list(
    cast: Cast, cem: Client, interview: Interview
) -> None:
    cem.post("/room/consent/", REFUSED)
    now = timezone.now()
    assert list(wants_a_person(cast.rita, now=now)) == [interview]
    assert not wants_a_person(cast.rita, now=now + timedelta(days=61))
    assert not wants_a_person(cast.mallory, now=now)
    make_interview(cast, plan=interview.plan_version, mode=Mode.ASSISTED)
    assert not wants_a_person(cast.rita, now=now)


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
