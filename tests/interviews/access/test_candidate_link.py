"""The candidate's link and cookie open one interview, in its time, until they are revoked."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from pytest_django import Settings

from interviews import candidate_link
from interviews.candidate_link import (
    InterviewOver,
    LapsedLink,
    RevokedLink,
    UnknownLink,
    interview_of_cookies,
    interview_of_token,
    join_url,
    token_of,
)
from interviews.models import Interview
from interviews.services.schedule_interview import reissue_link, revoke_link
from interviews.states import InterviewState
from tests.cast import Cast, make_interview

pytestmark = pytest.mark.portable
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def interview(cast: Cast) -> Interview:
    return make_interview(cast, now=NOW)


def cookies_of(interview: Interview) -> dict[str, str]:
    response = HttpResponse()
    candidate_link.set_cookie(response, interview)
    return {name: morsel.value for name, morsel in response.cookies.items()}


def test_cems_link_opens_his_interview(interview: Interview) -> None:
    assert interview_of_token(token_of(interview), now=NOW) == interview


def test_the_link_is_an_address_of_this_installation(interview: Interview) -> None:
    assert join_url(interview).endswith(f"/join/{token_of(interview)}")


def test_the_same_link_is_derived_again(interview: Interview) -> None:
    assert token_of(interview) == token_of(Interview.objects.get(id=interview.id))


def test_another_interviews_link_differs(cast: Cast, interview: Interview) -> None:
    other = make_interview(cast, plan=interview.plan_version, now=NOW)
    assert interview_of_token(token_of(other), now=NOW) == other


@pytest.mark.parametrize(
    "token", ["", "x", "å" * 52, "A" * 52, "../../etc/passwd", "A" * 20_000, "=" * 52, "\x00"]
)
@pytest.mark.django_db
def test_garbage_was_never_a_link(token: str) -> None:
    with pytest.raises(UnknownLink):
        interview_of_token(token, now=NOW)


def test_no_letter_of_the_link_can_be_changed(interview: Interview) -> None:
    token = token_of(interview)
    for place in range(len(token)):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(UnknownLink):
            interview_of_token(changed, now=NOW)


def test_the_link_of_an_erased_interview_is_unknown(interview: Interview) -> None:
    token = token_of(interview)
    interview.delete()
    with pytest.raises(UnknownLink):
        interview_of_token(token, now=NOW)


def test_a_draft_has_no_link_yet(interview: Interview) -> None:
    Interview.objects.update(state=InterviewState.DRAFT)
    with pytest.raises(UnknownLink):
        interview_of_token(token_of(interview), now=NOW)


def test_a_new_link_kills_the_old_one_and_its_cookie(cast: Cast, interview: Interview) -> None:
    old, cookies = token_of(interview), cookies_of(interview)
    fresh = reissue_link(interview=interview, by=cast.rita)
    with pytest.raises(RevokedLink):
        interview_of_token(old, now=NOW)
    with pytest.raises(RevokedLink):
        interview_of_cookies(cookies, now=NOW)
    assert interview_of_token(token_of(fresh), now=NOW) == interview


def test_a_link_that_was_taken_back_opens_nothing(cast: Cast, interview: Interview) -> None:
    revoke_link(interview=interview, by=cast.rita, now=NOW)
    with pytest.raises(RevokedLink):
        interview_of_token(token_of(interview), now=NOW)


def test_the_window_ends(interview: Interview) -> None:
    assert interview.window_ends_at
    with pytest.raises(LapsedLink):
        interview_of_token(token_of(interview), now=interview.window_ends_at + timedelta(seconds=1))


def test_who_began_in_time_may_finish(interview: Interview) -> None:
    Interview.objects.update(state=InterviewState.LIVE)
    late = NOW + timedelta(days=30)
    assert interview_of_cookies(cookies_of(interview), now=late) == interview


@pytest.mark.parametrize(
    "state", [InterviewState.ENDED, InterviewState.CANCELLED, InterviewState.NO_SHOW]
)
def test_an_interview_that_is_over_has_no_room(interview: Interview, state: str) -> None:
    Interview.objects.update(state=state)
    with pytest.raises(InterviewOver) as refusal:
        interview_of_token(token_of(interview), now=NOW)
    assert refusal.value.interview == interview


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(interview: Interview) -> None:
    response = HttpResponse()
    candidate_link.set_cookie(response, interview)
    cookie = response.cookies[candidate_link.cookie_name()]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"


def test_over_https_the_cookie_belongs_to_this_host_alone(
    interview: Interview, settings: Settings
) -> None:
    settings.IS_HTTPS = True
    response = HttpResponse()
    candidate_link.set_cookie(response, interview)
    cookie = response.cookies["__Host-meetmind-candidate"]
    assert cookie["secure"]
    assert interview_of_cookies(cookies_of(interview), now=NOW) == interview


def test_the_link_cannot_be_used_as_a_cookie(interview: Interview) -> None:
    with pytest.raises(UnknownLink):
        interview_of_cookies({candidate_link.cookie_name(): token_of(interview)}, now=NOW)


def test_nobody_elses_key_makes_a_link(interview: Interview, settings: Settings) -> None:
    token = token_of(interview)
    settings.LINK_KEY = str(uuid.uuid4())
    with pytest.raises(UnknownLink):
        interview_of_token(token, now=NOW)
