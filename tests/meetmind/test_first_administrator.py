"""The link for whoever starts an installation of many processes."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.cast import Cast


@pytest.mark.django_db
def test_a_link_is_printed_while_nobody_administers() -> None:
    said = StringIO()
    call_command("first_administrator", stdout=said)
    assert "/invitations/" in said.getvalue()


def test_it_says_who_lets_people_in_afterwards(cast: Cast) -> None:
    with pytest.raises(CommandError, match="administrator already"):
        call_command("first_administrator")
