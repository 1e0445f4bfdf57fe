"""Signing in, in two steps if wished, and getting a new password: in our own pages, in our own words."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.test import Client

from scheduler.testing import drain_jobs
from tests.cast import PASSWORD, Cast


def _code(secret: str) -> str:
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30)))


@pytest.fixture
def still_clock() -> Iterator[None]:
    """A code is good for the thirty seconds it was made in: without this, some run ends just between."""
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


def _sign_in(client: Client, email: str, password: str = PASSWORD) -> str:
    answer = client.post("/accounts/login/", {"login": email, "password": password})
    return answer.headers.get("Location", "") or answer.content.decode()


def test_rita_signs_in_and_stays_where_she_is_known(client: Client, cast: Cast) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert "Accounts come by invitation" in page
    assert "sign up" not in page.lower()
    assert _sign_in(client, cast.rita.user.email) == "/"


def test_a_wrong_password_is_told_without_saying_which_part_was_wrong(
    client: Client, cast: Cast
) -> None:
    page = _sign_in(client, cast.rita.user.email, "not hers")
    assert "are not correct" in page
    assert 'role="alert"' in page


def test_nobody_makes_an_account_without_an_invitation(client: Client, db: None) -> None:
    assert "Accounts come by invitation" in client.get("/accounts/signup/").content.decode()


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(
    client: Client, cast: Cast
) -> None:
    answer = client.post("/accounts/password/reset/", {"email": cast.rita.user.email}, follow=True)
    assert "Look into your mail" in answer.content.decode()
    drain_jobs()
    assert mail.outbox[0].subject == "Choose a new password"
    found = re.search(r"http://\S+(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert found
    form = client.get(found.group(1), follow=True)
    assert "Choose a new password" in form.content.decode()
    fresh = {"password1": "another river 2026", "password2": "another river 2026"}
    done = client.post(form.request["PATH_INFO"], fresh, follow=True)
    assert "Your password is changed" in done.content.decode()
    again = client.get(found.group(1), follow=True)
    assert "This link no longer works" in again.content.decode()
    assert _sign_in(client, cast.rita.user.email, "another river 2026") == "/"


def test_an_unknown_address_gets_the_same_answer(client: Client, db: None) -> None:
    answer = client.post("/accounts/password/reset/", {"email": "nobody@else.example"}, follow=True)
    assert "Look into your mail" in answer.content.decode()


def test_two_step_sign_in_from_setting_up_to_a_recovery_code(
    client: Client, cast: Cast, still_clock: None
) -> None:
    _sign_in(client, cast.rita.user.email)
    assert "Off" in client.get("/accounts/2fa/").content.decode()
    asked = client.get("/accounts/2fa/totp/activate/", follow=True).content.decode()
    assert "Is it still you?" in asked
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    found = re.search(r'id="authenticator_secret" type="text" value="(\w+)"', page)
    assert found
    secret = found.group(1)
    codes = client.post("/accounts/2fa/totp/activate/", {"code": _code(secret)}, follow=True)
    recovery = re.findall(r"<code>(\d+)</code>", codes.content.decode())
    assert len(recovery) == 10
    client.post("/accounts/logout/")

    assert _sign_in(client, cast.rita.user.email) == "/accounts/2fa/authenticate/"
    assert "One more step" in client.get("/accounts/2fa/authenticate/").content.decode()
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "Incorrect code" in wrong.content.decode()
    assert client.post("/accounts/2fa/authenticate/", {"code": recovery[0]})["Location"] == "/"
    assert "9 codes are left" in client.get("/accounts/2fa/").content.decode()

    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert "Switch off two-step" in client.get("/accounts/2fa/totp/deactivate/").content.decode()
    client.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=cast.rita.user).exists()


def test_every_account_page_wears_our_frame(client: Client, cast: Cast) -> None:
    _sign_in(client, cast.rita.user.email)
    for path in ("2fa/", "password/change/", "logout/", "email/", "reauthenticate/", "inactive/"):
        page = client.get(f"/accounts/{path}", follow=True).content.decode()
        assert "css/tokens.css" in page, path
        assert "<strong>Menu:</strong>" not in page, path


@pytest.mark.urls("tests.pages.urls")
def test_a_fault_of_ours_shows_a_page_that_needs_nothing(client: Client) -> None:
    client.raise_request_exception = False
    answer = client.get("/broken/")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()


@pytest.mark.urls("tests.pages.urls")
def test_a_form_without_its_token_is_refused_in_words(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/answer/", {"question": "Why?"})
    assert answer.status_code == 403
    assert "This form is too old to be sent" in answer.content.decode()
