"""Limits count what really happened, for all processes together."""

from datetime import UTC, datetime

import pytest
import time_machine

from webapi.limits import spend

pytestmark = [pytest.mark.django_db, pytest.mark.portable]


def test_what_is_too_often_has_to_wait_for_the_next_stretch() -> None:
    with time_machine.travel(datetime(2026, 3, 1, 12, 0, 10, tzinfo=UTC), tick=False) as clock:
        assert [spend(key="link", most=2, seconds=60) for _ in range(3)] == [None, None, 50]
        assert spend(key="another", most=2, seconds=60) is None
        clock.shift(50)
        assert spend(key="link", most=2, seconds=60) is None
