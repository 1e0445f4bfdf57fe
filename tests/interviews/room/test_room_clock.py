"""What the room's clock showed at any earlier moment, whatever was paused before and after it."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interviews.models import Interview
from interviews.services.end_interview import end_interview
from interviews.services.room_clock import ms_at
from interviews.states import Actor, InterviewState
from tests.cast import Cast
from tests.interviews.room.conftest import NOW, Tab, make_room

pytestmark = [pytest.mark.django_db, pytest.mark.portable]

SECONDS = st.integers(0, 600)


def shown_at(second: int, stretches: Sequence[int]) -> int:
    """Second by second: it runs in the first stretch, stands in the next, and so on."""
    runs = [place % 2 == 0 for place, length in enumerate(stretches) for _ in range(length)]
    return sum(runs[:second])


@given(stretches=st.lists(SECONDS, min_size=1, max_size=6), ends=st.booleans(), data=st.data())
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # left as it was found
)
def test_it_shows_the_live_time_before_any_moment(
    stretches: list[int], ends: bool, data: st.DataObject, waiting: Interview
) -> None:
    with transaction.atomic():
        last = walk_through(Tab(waiting), stretches, ends=ends)
        for second in data.draw(st.lists(st.integers(0, last), min_size=1, max_size=5)):
            shown = ms_at(waiting, NOW + timedelta(seconds=second))
            assert shown == 1000 * shown_at(second, stretches)
        transaction.set_rollback(True)


@pytest.fixture
def waiting(cast: Cast) -> Interview:
    return make_room(cast, InterviewState.WAITING)


def walk_through(cem: Tab, stretches: Sequence[int], *, ends: bool) -> int:
    """Cem starts at NOW, and pauses or resumes after each stretch but the last. The second at which that is over."""
    second = 0
    cem.press("start")
    for place, length in enumerate(stretches[:-1]):
        second += length
        cem.press("resume" if place % 2 else "pause", now=NOW + timedelta(seconds=second))
    second += stretches[-1]
    if ends:
        now = NOW + timedelta(seconds=second)
        end_interview(interview=cem.interview, actor=Actor.CANDIDATE, now=now)
    cem.interview.refresh_from_db()
    return second
