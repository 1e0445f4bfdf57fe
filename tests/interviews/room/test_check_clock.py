"""Nobody has to clean up: the clock pauses, ends, expires and notes a no-show."""

from datetime import datetime, timedelta

import pytest

from interviews.models import Interview
from interviews.services.check_clock import check_clock
from interviews.services.presence import note_arrival
from interviews.states import InterviewState
from scheduler.models import Job
from scheduler.states import OPEN
from tests.cast import Cast
from tests.interviews.room.conftest import NOW, Tab, make_room

pytestmark = [pytest.mark.django_db, pytest.mark.portable]

S = InterviewState


def look(room: Interview, now: datetime) -> str:
    check_clock(interview_id=room.id, now=now)
    room.refresh_from_db()
    return room.state


def test_a_gone_candidate_is_waited_for_then_the_interview_ends_as_partial(room: Interview) -> None:
    gone = NOW + timedelta(minutes=2)
    assert look(room, NOW + timedelta(seconds=59)) == S.LIVE
    assert look(room, gone) == S.PAUSED
    assert look(room, gone + timedelta(minutes=29)) == S.PAUSED
    assert look(room, gone + timedelta(minutes=30)) == S.ENDED
    assert (room.ended_by, room.is_partial, room.live_ms) == ("clock", True, 120_000)
    assert room.debriefs.count() == 1


def test_a_candidate_who_is_there_is_left_in_peace(room: Interview) -> None:
    later = NOW + timedelta(minutes=20)
    Interview.objects.update(candidate_seen_at=later - timedelta(seconds=20))
    assert look(room, later) == S.LIVE


@pytest.mark.parametrize(("state", "then"), [(S.SCHEDULED, S.EXPIRED), (S.WAITING, S.NO_SHOW)])
def test_a_window_that_lapsed_closes(cast: Cast, state: S, then: S) -> None:
    room = make_room(cast, state)
    assert room.window_ends_at is not None
    assert look(room, room.window_ends_at - timedelta(seconds=1)) == state
    assert look(room, room.window_ends_at) == then


def test_whoever_comes_in_first_opens_the_waiting_room(cast: Cast) -> None:
    room = make_room(cast, S.SCHEDULED)
    note_arrival(by=Tab(room, cast.otto).by, now=NOW)
    assert Interview.objects.get().state == S.SCHEDULED, "an observer is nobody to wait for"
    note_arrival(by=Tab(room).by, now=NOW)
    note_arrival(by=Tab(room, cast.ines).by, now=NOW)
    assert Interview.objects.get().state == S.WAITING


def test_there_is_one_next_look(room: Interview) -> None:
    for _ in range(3):
        look(room, NOW)
    looks = Job.objects.filter(kind="interviews.check_clock", state__in=OPEN)
    assert looks.count() == 1


def test_an_interview_that_is_over_is_looked_at_no_more(cast: Cast) -> None:
    look(make_room(cast, S.ENDED), NOW)
    assert not Job.objects.exists()


def test_the_clock_of_an_erased_interview_does_nothing(room: Interview) -> None:
    interview_id = room.id
    room.delete()
    check_clock(interview_id=interview_id, now=NOW)
