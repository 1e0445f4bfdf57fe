"""Roles change at once, also in open rooms, and an administrator always stays."""

import pytest

from interviews.access import Missing, member_of
from interviews.models import Member
from interviews.services.change_team import (
    LastAdministrator,
    change_role,
    deactivate_member,
    reactivate_member,
)
from interviews.states import InterviewState, Role
from tests.cast import Cast, make_interview


def test_otto_becomes_an_interviewer(cast: Cast) -> None:
    change_role(member=cast.otto, role=Role.INTERVIEWER, by=cast.ada)
    cast.otto.refresh_from_db()
    assert cast.otto.role == Role.INTERVIEWER


def test_a_change_of_role_makes_open_rooms_check_again(cast: Cast) -> None:
    room = make_interview(cast, state=InterviewState.LIVE)
    change_role(member=cast.ines, role=Role.OBSERVER, by=cast.ada)
    room.refresh_from_db()
    assert room.access_generation == 1


def test_who_left_sees_nothing_until_asked_back(cast: Cast) -> None:
    deactivate_member(member=cast.otto, by=cast.ada)
    with pytest.raises(Missing):
        member_of(cast.otto.user, cast.acme.id)
    reactivate_member(member=cast.otto, by=cast.ada)
    assert member_of(cast.otto.user, cast.acme.id) == cast.otto


def test_the_last_administrator_stays(cast: Cast) -> None:
    with pytest.raises(LastAdministrator):
        change_role(member=cast.ada, role=Role.OBSERVER, by=cast.ada)
    with pytest.raises(LastAdministrator):
        deactivate_member(member=cast.ada, by=cast.ada)
    assert Member.objects.get(id=cast.ada.id).role == Role.ADMIN


def test_with_two_administrators_one_may_go(cast: Cast) -> None:
    change_role(member=cast.rita, role=Role.ADMIN, by=cast.ada)
    deactivate_member(member=cast.ada, by=cast.rita)
    assert not Member.objects.get(id=cast.ada.id).is_active
