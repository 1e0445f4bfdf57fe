"""A colleague's invitation works once, for the address it was sent to, until it is taken back."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from interviews.models import Member, MemberInvitation, Organisation, User
from interviews.services.first_administrator import make_first_admin_link
from interviews.services.invite_member import (
    AnotherPerson,
    LateInvitation,
    NewPerson,
    RevokedInvitation,
    UnknownInvitation,
    UsedInvitation,
    accept_as_new,
    accept_as_user,
    find_invitation,
    invitation_url,
    invite_member,
    revoke_invitation,
)
from interviews.states import Role
from tests.cast import Cast

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NINA = NewPerson(name="Nina", password="nine purple anvils")


@pytest.fixture
def invitation(cast: Cast) -> MemberInvitation:
    return invite_member(email="Nina@acme.example", role=Role.INTERVIEWER, by=cast.ada, now=NOW)


def token_of(invitation: MemberInvitation) -> str:
    return invitation_url(invitation).rstrip("/").rsplit("/", 1)[1]


def test_nina_joins_with_a_new_account(cast: Cast, invitation: MemberInvitation) -> None:
    found = find_invitation(token_of(invitation), now=NOW)
    member = accept_as_new(invitation=found, person=NINA, now=NOW)
    assert (member.organisation, member.role) == (cast.acme, Role.INTERVIEWER)
    assert member.user.check_password(NINA.password)
    assert not member.user.is_operator


def test_the_link_works_once(invitation: MemberInvitation) -> None:
    accept_as_new(invitation=invitation, person=NINA, now=NOW)
    with pytest.raises(UsedInvitation):
        find_invitation(token_of(invitation), now=NOW)
    with pytest.raises(UsedInvitation):
        accept_as_user(
            invitation=invitation, user=User.objects.get(email="nina@acme.example"), now=NOW
        )


def test_only_a_hash_of_the_link_is_kept(invitation: MemberInvitation) -> None:
    assert token_of(invitation) not in str(MemberInvitation.objects.values().get())


def test_the_link_lasts_a_week(invitation: MemberInvitation) -> None:
    with pytest.raises(LateInvitation):
        find_invitation(token_of(invitation), now=NOW + timedelta(days=7, seconds=1))


def test_it_can_be_taken_back(cast: Cast, invitation: MemberInvitation) -> None:
    revoke_invitation(invitation=invitation, by=cast.ada, now=NOW)
    with pytest.raises(RevokedInvitation):
        find_invitation(token_of(invitation), now=NOW)


def test_a_second_invitation_replaces_the_first(cast: Cast, invitation: MemberInvitation) -> None:
    invite_member(email="nina@ACME.example", role=Role.RECRUITER, by=cast.ada, now=NOW)
    with pytest.raises(RevokedInvitation):
        find_invitation(token_of(invitation), now=NOW)


@pytest.mark.parametrize("token", ["", "x", "A" * 32, "ü" * 32, "\ud800"])
@pytest.mark.django_db
def test_garbage_is_no_invitation(token: str) -> None:
    with pytest.raises(UnknownInvitation):
        find_invitation(token, now=NOW)


def test_somebody_else_cannot_join_by_it(cast: Cast, invitation: MemberInvitation) -> None:
    with pytest.raises(AnotherPerson):
        accept_as_user(invitation=invitation, user=cast.mallory.user, now=NOW)
    assert find_invitation(token_of(invitation), now=NOW) == invitation


def test_mallory_joins_a_second_organisation_with_the_account_she_has(cast: Cast) -> None:
    invitation = invite_member(
        email=cast.mallory.user.email, role=Role.OBSERVER, by=cast.ada, now=NOW
    )
    member = accept_as_user(invitation=invitation, user=cast.mallory.user, now=NOW)
    assert (member.organisation, member.role) == (cast.acme, Role.OBSERVER)
    assert cast.mallory.user.memberships.count() == 2


def test_who_left_can_be_asked_back_in_another_role(cast: Cast) -> None:
    Member.objects.filter(id=cast.otto.id).update(is_active=False)
    invitation = invite_member(
        email=cast.otto.user.email, role=Role.INTERVIEWER, by=cast.ada, now=NOW
    )
    member = accept_as_user(invitation=invitation, user=cast.otto.user, now=NOW)
    assert (member.id, member.role, member.is_active) == (cast.otto.id, Role.INTERVIEWER, True)


def test_nobody_is_invited_into_the_team_they_are_in(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="in the team already"):
        invite_member(email=cast.rita.user.email.upper(), role=Role.ADMIN, by=cast.ada, now=NOW)


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "nina@acme.example\nBcc: x@y.example"])
def test_an_address_that_is_none_is_refused(cast: Cast, email: str) -> None:
    with pytest.raises(ValidationError):
        invite_member(email=email, role=Role.OBSERVER, by=cast.ada, now=NOW)


@pytest.mark.parametrize(
    ("person", "field"),
    [
        (NewPerson(name="Nina", password="short"), "password"),
        (NewPerson(name=" ", password="nine purple anvils"), "name"),
    ],
)
def test_a_weak_password_or_no_name_is_refused_and_the_link_still_works(
    invitation: MemberInvitation, person: NewPerson, field: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        accept_as_new(invitation=invitation, person=person, now=NOW)
    assert field in refusal.value.message_dict
    assert find_invitation(token_of(invitation), now=NOW)


@pytest.mark.django_db
def test_the_first_administrator_makes_the_organisation() -> None:
    link = make_first_admin_link(now=NOW)
    assert link
    invitation = find_invitation(link.rstrip("/").rsplit("/", 1)[1], now=NOW)
    person = NewPerson("Fay", "nine purple anvils", "fay@first.example", "First Ltd")
    member = accept_as_new(invitation=invitation, person=person, now=NOW)
    assert (member.role, member.organisation.name) == (Role.ADMIN, "First Ltd")
    assert member.user.is_operator
    assert make_first_admin_link(now=NOW) is None


@pytest.mark.django_db
def test_a_second_first_link_replaces_the_first() -> None:
    old, new = make_first_admin_link(now=NOW), make_first_admin_link(now=NOW)
    assert old and new and old != new
    with pytest.raises(RevokedInvitation):
        find_invitation(old.rstrip("/").rsplit("/", 1)[1], now=NOW)


@pytest.mark.django_db
def test_an_organisation_without_a_name_is_not_made() -> None:
    link = make_first_admin_link(now=NOW) or ""
    invitation = find_invitation(link.rstrip("/").rsplit("/", 1)[1], now=NOW)
    person = NewPerson("Fay", "nine purple anvils", "fay@first.example", "  ")
    with pytest.raises(ValidationError) as refusal:
        accept_as_new(invitation=invitation, person=person, now=NOW)
    assert "organisation_name" in refusal.value.message_dict
    assert not Organisation.objects.exists()
    assert not User.objects.exists()


def test_an_installation_with_an_administrator_prints_no_link(cast: Cast) -> None:
    assert make_first_admin_link(now=NOW) is None
