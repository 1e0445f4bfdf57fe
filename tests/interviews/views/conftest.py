"""Signed-in browsers for the pages of the product."""

from collections.abc import Callable

import pytest
from django.test import Client

from interviews.models import Member

SignedIn = Callable[[Member], Client]


@pytest.fixture
def signed_in() -> SignedIn:
    def sign_in(member: Member) -> Client:
        client = Client()
        client.force_login(member.user)
        return client

    return sign_in
