"""Mail about accounts goes out by jobs: a mail server that is away makes no page slow and loses nothing."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client, override_settings

from notifications.models import Email
from scheduler.models import Job
from scheduler.testing import drain_jobs, enqueued
from tests.cast import PASSWORD, Cast
from tests.notifications.smtp import PostOffice, running_post_office
from tests.servers import free_port

SEND = "notifications.send_email"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    post_office = PostOffice()
    with running_post_office(post_office):
        yield post_office


def ask_for_reset(client: Client, email: str) -> None:
    answer = client.post("/accounts/password/reset/", {"email": email})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/reset/done/")


def text_of(office: PostOffice) -> str:
    (mail,) = office.mails
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_a_new_password_is_asked_for_by_a_job_and_chosen_by_its_link(
    client: Client, cast: Cast, office: PostOffice
) -> None:
    ask_for_reset(client, cast.rita.user.email)
    assert not office.mails  # nothing was sent inside the request
    drain_jobs()
    assert office.mails[0]["To"] == f"Rita <{cast.rita.user.email}>"
    found = re.search(r"http://\S+?(/accounts/\S+)", text_of(office))
    assert found
    form = client.get(found.group(1), follow=True)
    fresh = {"password1": "another river 2026", "password2": "another river 2026"}
    client.post(form.request["PATH_INFO"], fresh)
    assert client.login(email=cast.rita.user.email, password="another river 2026")


def test_no_key_is_stored_anywhere(client: Client, cast: Cast, office: PostOffice) -> None:
    ask_for_reset(client, cast.rita.user.email)
    (job,) = enqueued(SEND)
    user_id = str(cast.rita.user.id)
    assert job.payload == {
        "kind": "password_reset",
        "subject_id": user_id,
        "recipient_id": user_id,
    }
    drain_jobs()
    found = re.search(r"/key/\w+?-(\S+?)/", text_of(office))
    assert found
    job.refresh_from_db()
    stored = str(Job.objects.values_list()) + str(Email.objects.values_list())
    assert found.group(1) not in stored


def test_a_dead_mail_server_makes_no_page_slow_and_loses_nothing(
    client: Client, cast: Cast
) -> None:
    dead = override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=free_port(),
    )
    with dead:
        began = time.monotonic()
        ask_for_reset(client, cast.rita.user.email)
        ask_for_reset(client, cast.rita.user.email)  # impatient: still one email
        assert time.monotonic() - began < 5
        drain_jobs()
    (job,) = enqueued(SEND)
    assert job.reason.startswith("mail server:")
    office = PostOffice()
    with running_post_office(office):
        drain_jobs(datetime.now(UTC) + timedelta(minutes=2))
    assert len(office.mails) == 1


def test_nobody_makes_us_write_to_strangers(client: Client, db: None, office: PostOffice) -> None:
    ask_for_reset(client, "nobody@else.example")
    drain_jobs()
    assert not office.mails


def test_an_account_that_was_closed_meanwhile_gets_no_link(
    client: Client, cast: Cast, office: PostOffice
) -> None:
    ask_for_reset(client, cast.rita.user.email)
    cast.rita.user.is_active = False
    cast.rita.user.save()
    drain_jobs()
    assert not office.mails


def test_another_address_is_confirmed_by_a_link(
    client: Client, cast: Cast, office: PostOffice
) -> None:
    client.post("/accounts/login/", {"login": cast.rita.user.email, "password": PASSWORD})
    client.post("/accounts/email/", {"action_add": "", "email": "rita@home.example"})
    assert not office.mails
    drain_jobs()
    assert "rita@home.example" in office.mails[0]["To"]
    found = re.search(r"http://\S+?(/accounts/confirm-email/\S+)", text_of(office))
    assert found
    client.post(found.group(1))
    assert EmailAddress.objects.get(email="rita@home.example").verified
