"""Candidates and their résumés, the team, the settings, and how a colleague comes in."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from interviews.models import Candidate, Member, MemberInvitation, User
from interviews.services.first_administrator import make_first_admin_link
from interviews.services.invite_member import invitation_url, invite_member
from interviews.states import Role
from tests.cast import PASSWORD, Cast
from tests.interviews.views.conftest import SignedIn

NEW = {"name": "Nina New", "password": "nine purple anvils"}


@pytest.fixture
def rita(cast: Cast, signed_in: SignedIn) -> Client:
    return signed_in(cast.rita)


@pytest.fixture
def ada(cast: Cast, signed_in: SignedIn) -> Client:
    return signed_in(cast.ada)


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def upload(name: str, content: bytes) -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, content)}


def test_rita_adds_and_finds_a_candidate(cast: Cast, rita: Client) -> None:
    rita.post("/candidates/new/", {"name": " Bea\u202e  New\n", "email": "bea@mail.example"})
    assert Candidate.objects.get(email="bea@mail.example").name == "Bea New"
    assert b"Bea New" in rita.get("/candidates/?q=BEA+mail").content
    assert b"Nobody found" in rita.get("/candidates/?q=zoe").content


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "x" * 121}, {"email": "no address"}, {"name": "a\x00b"}]
)
def test_a_candidate_without_sense_is_refused(rita: Client, wrong: dict[str, str]) -> None:
    data = {"name": "Bea", "email": "bea@mail.example"} | wrong
    assert rita.post("/candidates/new/", data).status_code == 422
    assert not Candidate.objects.filter(name__startswith="Bea").exists()


def test_a_resume_is_read_kept_and_handed_out_as_a_file(
    cast: Cast, rita: Client, settings: Settings, tmp_path: object
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    page = f"/candidates/{cast.cem.id}/resume/"
    text = b"<script>alert(1)</script> Ten years of anvils."
    rita.post(f"{page}upload/", upload("cv.html", text))
    cast.cem.refresh_from_db()
    assert "Ten years of anvils" in cast.cem.resume_text
    assert str(cast.cem.resume_file).endswith(".txt"), "never under the name it came with"
    shown = rita.get(f"/candidates/{cast.cem.id}/").content
    assert b"<script>alert" not in shown
    file = rita.get(page)
    assert file["Content-Type"] == "application/octet-stream"
    assert file["Content-Disposition"].startswith("attachment")
    assert b"".join(file.streaming_content) == text  # type: ignore[attr-defined]  # a file


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 broken", b"\x00\x01\x02\x03" * 100, b"PK\x03"])
def test_a_file_that_is_no_resume_is_refused_in_words(
    cast: Cast, rita: Client, content: bytes
) -> None:
    response = rita.post(f"/candidates/{cast.cem.id}/resume/upload/", upload("cv.pdf", content))
    assert response.status_code == 422
    cast.cem.refresh_from_db()
    assert cast.cem.resume_text == ""


def test_ada_invites_and_nina_joins(cast: Cast, ada: Client, client: Client) -> None:
    ada.post("/team/", {"email": "nina@acme.example", "role": "recruiter"})
    link = path_of(invitation_url(MemberInvitation.objects.get()))
    assert link.encode() in ada.get("/team/").content
    assert client.get(link).status_code == 200
    assert not User.objects.filter(email="nina@acme.example").exists(), "a GET changes nothing"
    page = client.post(link, NEW, follow=True)
    assert b"Welcome to Acme" in page.content
    assert Member.objects.get(user__email="nina@acme.example").role == Role.RECRUITER
    client.logout()
    assert client.post(link, NEW).status_code == 410


def test_a_bad_password_keeps_the_link_and_the_name(cast: Cast, client: Client) -> None:
    invitation = invite_member(
        email="nina@acme.example", role=Role.OBSERVER, by=cast.ada, now=datetime.now(UTC)
    )
    response = client.post(
        path_of(invitation_url(invitation)), {"name": "Nina New", "password": "password123"}
    )
    assert response.status_code == 422
    assert b"Nina New" in response.content
    assert b"password123" not in response.content


def test_who_has_an_account_signs_in_first(cast: Cast, client: Client) -> None:
    invitation = invite_member(
        email=cast.mallory.user.email, role=Role.OBSERVER, by=cast.ada, now=datetime.now(UTC)
    )
    link = path_of(invitation_url(invitation))
    assert b"You have an account already" in client.get(link).content
    assert client.post(link, NEW)["Location"].startswith("/accounts/login/")
    client.login(username=cast.mallory.user.email, password=PASSWORD)
    client.force_login(cast.mallory.user)
    client.post(link)
    assert cast.acme.members.filter(user=cast.mallory.user).exists()


def test_somebody_elses_invitation_lets_nobody_in(cast: Cast, signed_in: SignedIn) -> None:
    invitation = invite_member(
        email="nina@acme.example", role=Role.ADMIN, by=cast.ada, now=datetime.now(UTC)
    )
    mallory = signed_in(cast.mallory)
    link = path_of(invitation_url(invitation))
    assert b"sent to somebody else" in mallory.get(link).content
    assert mallory.post(link).status_code == 410
    assert not cast.acme.members.filter(user=cast.mallory.user).exists()


@pytest.mark.django_db
def test_the_first_administrator_sets_the_installation_up(client: Client) -> None:
    link = path_of(make_first_admin_link(now=datetime.now(UTC)) or "")
    data = {**NEW, "organisation_name": "First Ltd", "email": "fay@first.example"}
    assert client.get(link).status_code == 200
    page = client.post(link, data, follow=True)
    assert b"Welcome to First Ltd" in page.content
    assert client.post(link, data).status_code == 410


def test_roles_and_access_change_on_the_team_page(cast: Cast, ada: Client) -> None:
    ada.post(f"/team/members/{cast.otto.id}/role/", {"role": "interviewer"})
    ada.post(f"/team/members/{cast.ines.id}/active/", {"active": "no"})
    cast.otto.refresh_from_db()
    cast.ines.refresh_from_db()
    assert (cast.otto.role, cast.ines.is_active) == ("interviewer", False)
    page = ada.post(f"/team/members/{cast.ada.id}/role/", {"role": "observer"}, follow=True)
    assert b"There must be an administrator left" in page.content
    page = ada.post(f"/team/members/{cast.otto.id}/role/", {"role": "king"}, follow=True)
    assert b"Choose one of the roles" in page.content


def test_settings_are_checked_and_noted(cast: Cast, ada: Client) -> None:
    data = {
        "name": "Acme Ltd",
        "ai_draft_visibility": "never",
        "alternative_contact": "people@acme.example",
        "transcript_days": "90",
        "recording_days": "7",
        "ai_providers_off": "groq",
    }
    assert ada.post("/settings/", {**data, "transcript_days": "0"}).status_code == 422
    assert ada.post("/settings/", {**data, "ai_providers_off": "skynet"}).status_code == 422
    assert ada.post("/settings/", data).status_code == 302
    cast.acme.refresh_from_db()
    assert (cast.acme.name, cast.acme.ai_providers_off) == ("Acme Ltd", ["groq"])
    entry = cast.acme.audit_entries.get(action="organisation.changed")
    assert set(entry.detail["fields"]) >= {"name", "ai_providers_off"}
    assert b"Organisation changed" in ada.get("/audit/").content
