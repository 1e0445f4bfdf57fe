"""Operators open organisations; each begins with the one person who is asked to administer it."""

import re

import pytest
from django.test import Client

from interviews.models import AuditEntry, Member, Organisation
from interviews.states import Role
from scheduler.testing import drain_jobs
from tests.cast import Cast
from tests.interviews.views.conftest import SignedIn
from tests.notifications.smtp import PostOffice, running_post_office

BO = {"name": "Bo", "password": "nine purple anvils"}


@pytest.fixture
def olga(cast: Cast, signed_in: SignedIn) -> Client:
    return signed_in(cast.olga)


def letters() -> list[tuple[str, str]]:
    """To whom, and the text, of what the jobs send."""
    office = PostOffice()
    with running_post_office(office):
        drain_jobs()
    bodies = [(mail, mail.get_body(("plain",))) for mail in office.mails]
    return [(str(mail["To"]), str(body.get_content())) for mail, body in bodies if body]


def open_bakers(olga: Client) -> Organisation:
    sent = {"name": "Bakers", "email": "bo@bakers.example"}
    assert olga.post("/organisations/", sent)["Location"] == "/organisations/"
    return Organisation.objects.get(name="Bakers")


def test_the_first_administrator_joins_by_the_mail_they_are_sent(
    cast: Cast, olga: Client, signed_in: SignedIn
) -> None:
    bakers = open_bakers(olga)
    ((address, text),) = letters()
    assert address == "bo@bakers.example"
    assert "You are invited to join Bakers" in text
    link = re.search(r"http://[^/\s]+(/invitations/\S+)", text)
    assert link
    assert Client().post(link[1], BO).status_code == 302
    bo = Member.objects.get(organisation=bakers)
    assert (bo.user.email, bo.role, bo.user.is_operator) == (
        "bo@bakers.example",
        Role.ADMIN,
        False,
    )
    team = signed_in(bo).get("/team/").text
    assert "Bo" in team
    assert "Ada" not in team
    acted = AuditEntry.objects.filter(organisation=bakers, actor="operator")
    assert {entry.action for entry in acted} == {"organisation.opened", "member.invited"}
    assert {entry.user_id for entry in acted} == {cast.olga.id}


def test_until_somebody_administers_it_somebody_may_be_asked_again(
    cast: Cast, olga: Client
) -> None:
    bakers = open_bakers(olga)
    (_, first), *_ = letters()
    again = {"email": "bea@bakers.example"}
    olga.post(f"/organisations/{bakers.id}/administrator/", again)
    ((address, _),) = letters()
    assert address == "bea@bakers.example"
    old = re.search(r"http://[^/\s]+(/invitations/\S+)", first)
    assert old
    assert Client().post(old[1], BO).status_code == 410
    page = olga.post(f"/organisations/{cast.acme.id}/administrator/", again, follow=True)
    assert "Acme has an administrator" in page.text
    assert letters() == []
    Member.objects.filter(id=cast.ada.id).update(is_active=False)
    page = olga.post(f"/organisations/{cast.acme.id}/administrator/", again, follow=True)
    assert "is asked to join Acme" in page.text


def test_what_was_typed_wrongly_is_said_and_opens_nothing(olga: Client) -> None:
    page = olga.post("/organisations/", {"name": "  ", "email": "nobody"})
    assert page.status_code == 422
    assert "Enter a valid email address" in page.text
    assert Organisation.objects.count() == 2


def test_programs_open_organisations_too(olga: Client) -> None:
    sent = {"name": "Bakers", "administrator_email": "Bo@bakers.example"}
    answer = olga.post("/api/v1/organisations", sent, content_type="application/json")
    assert answer.status_code == 201
    opened = answer.json()
    assert opened["invitation"]["role"] == "admin"
    assert opened["invitation"]["url"].split("/")[-2] in letters()[0][1]
    sent["administrator_email"] = "nobody"
    answer = olga.post("/api/v1/organisations", sent, content_type="application/json")
    assert answer.status_code == 422
    assert Organisation.objects.filter(name="Bakers").count() == 1
