"""The pages and operations of data rights, as recruiters and programs use them."""

import json

import pytest
from django.test import Client
from pytest_django import Settings

from interviews.models import Candidate, ErasureReceipt
from tests.cast import Cast, make_interview
from webapi.tokens import issue_token

MAILBOX = "notifications.mailbox.MailboxBackend"


@pytest.fixture
def rita(cast: Cast, client: Client) -> Client:
    client.force_login(cast.rita.user)
    return client


@pytest.fixture
def program(cast: Cast) -> Client:
    issued = issue_token(user=cast.rita.user, name="test", scope=str(cast.acme.id))
    return Client(headers={"authorization": f"Bearer {issued.secret}"})


def test_a_recruiter_erases_by_typing_the_name_and_gets_a_receipt(rita: Client, cast: Cast) -> None:
    make_interview(cast)
    address = f"/candidates/{cast.cem.id}/erase/"
    assert address in rita.get(f"/candidates/{cast.cem.id}/").content.decode()
    assert "1 interview " in rita.get(address).content.decode()
    wrong = rita.post(address, {"confirmed_name": "Cem"})
    assert wrong.status_code == 422
    assert "not the name of the candidate" in wrong.content.decode()
    page = rita.post(address, {"confirmed_name": "Cem Candidate"}, follow=True)
    receipt = ErasureReceipt.objects.get()
    assert page.request["PATH_INFO"] == f"/erasures/{receipt.id}/"
    assert "Rita" in page.content.decode()
    assert "Cem" not in page.content.decode()
    for gone in (f"/candidates/{cast.cem.id}/", address, f"/candidates/{cast.cem.id}/export/"):
        assert rita.get(gone).status_code == 404
    assert "Cem" not in rita.get("/candidates/").content.decode()


def test_the_receipt_is_found_again_and_downloaded(rita: Client, cast: Cast) -> None:
    assert "Nobody was erased yet" in rita.get("/erasures/").content.decode()
    make_interview(cast)
    rita.post(f"/candidates/{cast.cem.id}/erase/", {"confirmed_name": "Cem Candidate"})
    receipt = ErasureReceipt.objects.get()
    assert f"/erasures/{receipt.id}/" in rita.get("/erasures/").content.decode()
    answer = rita.get(f"/erasures/{receipt.id}/receipt.json")
    assert answer["Content-Disposition"].startswith("attachment")
    words = json.loads(answer.content)
    assert words["asked_by"] == "Rita"
    assert words["rows_erased_by_table"]["interviews"] == 1


def test_only_those_who_invite_may_erase(cast: Cast, client: Client) -> None:
    for member in (cast.theo, cast.ines, cast.otto):
        client.force_login(member.user)
        answer = client.post(
            f"/candidates/{cast.cem.id}/erase/", {"confirmed_name": "Cem Candidate"}
        )
        assert answer.status_code == 403
    assert Candidate.objects.get().erased_at is None


def test_programs_erase_and_read_receipts(program: Client, cast: Cast) -> None:
    body = {"candidate_id": str(cast.cem.id), "confirmed_name": "Somebody"}
    refused = program.post("/api/v1/erasure-requests", body, content_type="application/json")
    assert refused.status_code == 422
    body["confirmed_name"] = "Cem Candidate"
    made = program.post("/api/v1/erasure-requests", body, content_type="application/json")
    assert made.status_code == 201
    assert made.json()["asked_by_id"] == str(cast.rita.id)
    (listed,) = program.get("/api/v1/erasure-requests").json()["items"]
    one = program.get(f"/api/v1/erasure-requests/{made.json()['id']}").json()
    assert listed == one == made.json()
    again = program.post("/api/v1/erasure-requests", body, content_type="application/json")
    assert again.status_code == 422
    assert again.json()["errors"][0]["pointer"] == "/candidate_id"


@pytest.mark.parametrize(
    ("backend", "is_shown"),
    [(MAILBOX, True), ("django.core.mail.backends.smtp.EmailBackend", False)],
)
def test_sent_mail_is_in_the_menu_where_mail_is_kept(
    rita: Client, settings: Settings, backend: str, is_shown: bool
) -> None:
    settings.EMAIL_BACKEND = backend
    page = rita.get("/candidates/").content.decode()
    assert ('href="/mailbox/"' in page) is is_shown


def test_interviewers_do_not_see_sent_mail(client: Client, cast: Cast, settings: Settings) -> None:
    settings.EMAIL_BACKEND = MAILBOX
    client.force_login(cast.ines.user)
    page = client.get("/candidates/").content.decode()
    assert 'href="/mailbox/"' not in page
    assert 'href="/erasures/"' not in page
