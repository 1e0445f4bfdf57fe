"""Signed-in browsers for the pages of the product."""

from collections.abc import Callable

import pytest
from django.test import Client

from interviews.models import Member, User

SignedIn = Callable[[Member | User], Client]


@pytest.fixture
def signed_in() -> SignedIn:
    def sign_in(who: Member | User) -> Client:
        client = Client()
        client.force_login(who.user if isinstance(who, Member) else who)
        return client

    return sign_in
