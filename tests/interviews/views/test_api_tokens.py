"""A member makes API tokens for programs of theirs, sees each once, and ends them."""

import re

import pytest
from django.test import Client

from tests.cast import Cast
from webapi.tokens import find_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.rita.user)
    return client


def make(client: Client, **fields: str) -> str:
    page = client.post("/api-tokens/", {"name": "Import", "days": "0"} | fields).content.decode()
    found = re.search(r'value="(mm_[\w-]+)"', page)
    assert found, page
    return found[1]


def test_a_new_token_is_shown_once_and_opens_her_organisation_only(
    rita: Client, cast: Cast
) -> None:
    secret = make(rita)
    token = find_token(secret)
    assert token is not None
    assert (token.user, token.scope) == (cast.rita.user, str(cast.acme.id))
    assert secret not in rita.get("/api-tokens/").content.decode()
    program = Client(headers={"authorization": f"Bearer {secret}"})
    assert program.get("/api/v1/interviews").status_code == 200


def test_an_ended_token_opens_nothing(rita: Client) -> None:
    secret = make(rita)
    token = find_token(secret)
    assert token is not None
    rita.post("/api-tokens/", {"end": str(token.pk)})
    assert find_token(secret) is None
    assert "You have no tokens." in rita.get("/api-tokens/").content.decode()


def test_nobody_ends_the_token_of_another(rita: Client, cast: Cast) -> None:
    token = find_token(make(rita))
    assert token is not None
    theo = Client()
    theo.force_login(cast.theo.user)
    for wanted in (str(token.pk), "x", "9" * 40):
        assert theo.post("/api-tokens/", {"end": wanted}).status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_a_token_can_be_made_for_a_time(rita: Client) -> None:
    token = find_token(make(rita, days="30"))
    assert token is not None
    assert token.expires_at is not None
    assert rita.post("/api-tokens/", {"name": "", "days": "30"}).status_code == 422
    assert rita.post("/api-tokens/", {"name": "a", "days": "7"}).status_code == 422
