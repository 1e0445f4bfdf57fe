"""Bearer tokens: shown once, kept as a digest, ended by revoking, expiry or a closed account."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from interviews.models import User
from webapi.models import ApiToken
from webapi.tokens import find_token, issue_token, revoke_token

pytestmark = [pytest.mark.django_db, pytest.mark.portable]


@pytest.fixture
def rita() -> User:
    return get_user_model().objects.create_user("rita@acme.example", "correct horse battery")


def test_a_token_opens_for_its_user(rita: User) -> None:
    issued = issue_token(user=rita, name="sync", scope="acme")
    found = find_token(issued.secret)
    assert found is not None
    assert (found.user, found.scope) == (rita, "acme")
    assert issued.secret not in str(ApiToken.objects.values().get())


def test_a_revoked_token_opens_nothing(rita: User) -> None:
    issued = issue_token(user=rita, name="sync")
    revoke_token(token=issued.token)
    assert find_token(issued.secret) is None


def test_an_expired_token_opens_nothing(rita: User) -> None:
    past = timezone.now() - timedelta(seconds=1)
    assert find_token(issue_token(user=rita, name="sync", expires_at=past).secret) is None


def test_the_token_of_a_closed_account_opens_nothing(rita: User) -> None:
    issued = issue_token(user=rita, name="sync")
    rita.is_active = False
    rita.save()
    assert find_token(issued.secret) is None


@pytest.mark.parametrize("secret", ["", "mm_", "mm_nothing", "x" * 5000, "mm_\ud800"])
def test_a_made_up_token_opens_nothing(secret: str) -> None:
    assert find_token(secret) is None
