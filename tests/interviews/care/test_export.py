"""A copy of all that is held about a candidate."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from interviews.models import AuditEntry, Interview
from interviews.queries.held_about import TABLES
from tests.cast import Cast
from tests.interviews.ai import without_ai
from tests.interviews.care.everything import CANARY, make_everything
from webapi.tokens import issue_token


@pytest.fixture
def told(cast: Cast, settings: Settings, tmp_path: Path) -> Iterator[Interview]:
    settings.EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"
    settings.MEDIA_ROOT = tmp_path
    with without_ai():
        yield make_everything(cast)


@pytest.fixture
def program(cast: Cast) -> Client:
    issued = issue_token(user=cast.rita.user, name="test", scope=str(cast.acme.id))
    return Client(headers={"authorization": f"Bearer {issued.secret}"})


def test_every_table_is_in_the_copy(told: Interview, cast: Cast, client: Client) -> None:
    client.force_login(cast.rita.user)
    answer = client.get(f"/candidates/{cast.cem.id}/export/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    copy = json.loads(answer.content)
    for table in TABLES:
        assert copy[table.name.replace(" ", "_")], table.name
    assert copy["candidate"]["email"] == "cem@mail.example"
    assert base64.b64decode(copy["resume_file_base64"]).decode() == CANARY
    assert "billing service" in copy["segments"][1]["text"]
    assert copy["reviews"][0]["note"] == "Good."
    assert {mail["kind"] for mail in copy["emails"]} == {"invitation", "debrief_ready"}
    assert "cem@mail.example" in [mail["address"] for mail in copy["emails"]]


def test_members_of_the_team_appear_by_id_only(told: Interview, cast: Cast, client: Client) -> None:
    client.force_login(cast.rita.user)
    copy = client.get(f"/candidates/{cast.cem.id}/export/").content.decode()
    assert str(cast.theo.id) in copy
    assert cast.theo.user.email not in copy
    assert AuditEntry.objects.filter(action="candidate.exported").count() == 1


def test_programs_get_the_same_copy(told: Interview, cast: Cast, program: Client) -> None:
    copy = program.get(f"/api/v1/candidates/{cast.cem.id}/export").json()
    assert copy["candidate"]["name"] == "Cem Candidate"
    assert len(copy["segments"]) == told.segments.count()


def test_nothing_of_another_candidate_is_in_it(told: Interview, cast: Cast, client: Client) -> None:
    client.force_login(cast.rita.user)
    bea = {"name": "Bea Other", "email": "bea@mail.example"}
    client.post("/candidates/new/", bea)
    copy = client.get(f"/candidates/{cast.cem.id}/export/").content.decode()
    assert [words for words in bea.values() if words in copy] == []
