"""Every way in × everybody: what happens is worked out from the door each declares.

A route that declares no door fails, and so does one without an example of its arguments. What belongs to
another organisation answers exactly, in status and body, as what does not exist.
"""

import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from interviews import access
from interviews.models import Member, User
from interviews.states import Role
from tests.interviews.access.routes import Route, operations, pages
from tests.interviews.access.world import (
    EXAMPLES,
    World,
    ask,
    elsewhere,
    everybody,
    make_world,
    undone,
)

pytestmark = pytest.mark.django_db
PAGES, OPERATIONS = list(pages()), list(operations())


# A form that names rows in its body, which are looked up before anything else of it is judged.
NAMED_IN_BODY = {"import_interview": ("position_id", "candidate_id")}
# For these there is nothing to see as long as nothing was written.
MAY_BE_EMPTY = {
    "candidate_resume",
    "report_part",
    "report_replay",
    "get_scorecard",
    "get_my_review",
}


@pytest.fixture(scope="module")
def world(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """Made once, with everybody signed in: each request is undone, so none finds what another left."""
    folder = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder), undone():
        world = make_world()
        for _, user in everybody(world):
            world.client_of(user)
        yield world


def test_every_route_declares_its_door() -> None:
    assert [str(route) for route in (*PAGES, *OPERATIONS) if route.door is None] == []


def test_every_parameter_has_an_example() -> None:
    wanting = {
        f"{route.name}.{name}"
        for route in (*PAGES, *OPERATIONS)
        for name in route.parameters
        if _is_ours(route) and not {name, f"{route.name}.{name}"} & EXAMPLES.keys()
    }
    assert wanting == set()


def _is_ours(route: Route) -> bool:
    return not route.name.startswith(("account_", "mfa_", "api:"))


@pytest.mark.parametrize("route", [route for route in PAGES if _is_ours(route)], ids=str)
def test_a_page_lets_in_whom_its_door_says(route: Route, world: World) -> None:
    assert route.door
    for who, user in everybody(world):
        answers = [ask(user, method, route, world) for method in ("GET", "POST")]
        faults = [answer.status_code for answer in answers if answer.status_code >= 500]
        assert faults == [], who
        _judge_page(route, world, who, user, answers)


def _judge_page(
    route: Route, world: World, who: str, user: User | None, answers: list[HttpResponse]
) -> None:
    assert route.door
    # A page that takes one method only may say so before it asks who is there.
    taken = [answer for answer in answers if answer.status_code != 405]
    statuses = [answer.status_code for answer in taken]
    verdict = _verdict(route, world, user)
    if verdict == "sign in":
        login = reverse("account_login")
        assert all(answer.get("Location", "").startswith(login) for answer in taken), who
    elif verdict == "forbidden":
        assert set(statuses) == {403}, (who, statuses)
    elif verdict == "missing or forbidden":
        assert set(statuses) <= {403, 404}, (who, statuses)
    elif verdict == "missing":
        assert set(statuses) == {404}, (who, statuses)
        nowhere = elsewhere(world)
        missing = [ask(user, method, route, nowhere) for method in ("GET", "POST")]
        assert [_plain(answer) for answer in answers] == [_plain(answer) for answer in missing]
    elif verdict == "in":
        allowed = {404} if route.name in MAY_BE_EMPTY else set()
        assert not set(statuses) & ({401, 403, 404} - allowed), (who, statuses)
    elif verdict == "needs a link":
        assert all(300 <= status < 500 for status in statuses), (who, statuses)


@pytest.mark.parametrize("route", OPERATIONS, ids=str)
def test_an_operation_lets_in_whom_its_door_says(route: Route, world: World) -> None:
    for who, user in everybody(world):
        answer = ask(user, route.method, route, world)
        status = answer.status_code
        assert status < 500, who
        verdict = _verdict(route, world, user)
        if verdict == "sign in":
            assert status == 401, (who, status)
        elif verdict == "forbidden":
            assert status == 403, (who, status)
        elif verdict == "missing or forbidden":
            assert status in {403, 404}, (who, status)
        elif verdict == "missing":
            assert status == 404, (who, status)
            assert _plain(answer) == _plain(ask(user, route.method, route, elsewhere(world)))
        elif verdict == "in":
            allowed = {404} if route.name in MAY_BE_EMPTY else set()
            assert status not in {401, 403, 404} - allowed, (who, status, _plain(answer))


def test_rows_named_in_a_body_answer_as_missing_ones_do(world: World) -> None:
    """Mallory may add interviews to her own organisation, with her own candidates only."""
    route = next(route for route in OPERATIONS if route.name == "add_interview")
    foreign = ask(world.cast.mallory.user, "POST", route, world)
    missing = ask(world.cast.mallory.user, "POST", route, elsewhere(world))
    assert foreign.status_code == 422
    assert _plain(foreign) == _plain(missing)


def test_a_form_with_rows_of_others_answers_as_one_with_missing_rows(world: World) -> None:
    route = next(route for route in PAGES if route.name == "import")
    foreign = ask(world.cast.mallory.user, "POST", route, world)
    missing = ask(world.cast.mallory.user, "POST", route, elsewhere(world))
    assert foreign.status_code == 422
    assert _plain(foreign) == _plain(missing)


def test_a_token_of_one_organisation_opens_no_other(world: World) -> None:
    """Ada belongs to both; her page stands in the organisation she chose."""
    Member.objects.create(organisation=world.cast.rival, user=world.cast.ada.user, role=Role.ADMIN)
    client = Client()
    client.force_login(world.cast.ada.user)
    page = reverse("interview", args=[world.interview.id])
    assert client.get(page).status_code == 200
    client.post(reverse("organisation_switch", args=[world.cast.rival.id]))
    assert client.get(page).status_code == 404
    assert client.get(f"/api/v1/interviews/{world.interview.id}").status_code == 404


def _verdict(route: Route, world: World, user: User | None) -> str:
    """What the declared door says should happen to this person."""
    assert route.door
    if route.door.kind in {"public", "candidate"}:
        return "needs a link" if route.door.kind == "candidate" else "anybody"
    if user is None:
        return "sign in"
    if route.door.kind == "operator":
        return "in" if user.is_operator else "missing"
    if route.door.for_operators_too and user.is_operator:
        return "in"
    member = Member.objects.filter(user=user).first()
    if route.door.kind == "user":
        foreign = "organisation_id" in route.parameters and member not in _acme(world)
        return "missing" if foreign else "in"
    assert route.door.permission
    if member is None:
        return "missing"
    sees = _may_see(route, world, member)
    if not access.may(member, route.door.permission):
        return "forbidden" if sees else "missing or forbidden"
    return "in" if sees else "missing"


def _acme(world: World) -> list[Member]:
    return list(world.cast.acme.members.all())


def _may_see(route: Route, world: World, member: Member) -> bool:
    named = (*route.parameters, *NAMED_IN_BODY.get(route.name, ()))
    rows = [name for name in named if name.endswith("_id") or name == "name"]
    if not rows:
        return True
    if member.organisation_id != world.cast.acme.id:
        return False
    return member.id != world.ivan.id or not {"interview_id", "candidate_id"} & set(rows)


def _plain(answer: HttpResponse) -> tuple[int, str]:
    """Status and body without what differs from request to request: the CSRF token."""
    body = answer.content.decode() if hasattr(answer, "content") else ""
    body = re.sub(r'(csrf[^>]*(?:content|value)=")[^"]+', r"\1", body)
    return answer.status_code, body
