"""Who gets into a room: by which credential, from which page, and how soon they are out when that ends."""

import asyncio
import time
import uuid

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from interviews import access
from interviews.access import Permission
from interviews.consumers.room_socket import no_such_room, room_socket
from interviews.models import Interview, Member
from interviews.routing import websockets
from interviews.services.schedule_interview import assign_interviewers, revoke_link
from interviews.states import InterviewState, Role
from tests.cast import make_member
from tests.interviews.consumers.conftest import (
    Client,
    Stage,
    candidate_cookies,
    held,
    member_cookies,
    open_room,
    second_connection,
)
from webapi.tokens import issue_token

BLOCKED_BY_ME = "SELECT pid FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
CHANGE_RIGHTS = "UPDATE interviews_interview SET access_generation = access_generation + 1"


async def knock(client: Client) -> int:
    """The close code that a hello is answered with."""
    await client.connect()
    await client.say({"type": "hello", "as": client.as_, "client_id": client.client_id})
    return await client.until_closed()


async def test_nobody_comes_in_without_a_credential(stage: Stage) -> None:
    for as_ in ("candidate", "member"):
        assert await knock(stage.open_socket(stage.interview.id, as_=as_)) == 4001


async def test_missing_and_foreign_rooms_look_the_same(stage: Stage) -> None:
    cast = stage.cast
    cookies = await sync_to_async(member_cookies)(cast.mallory.user)
    foreign = stage.open_socket(stage.interview.id, cookies, as_="member")
    missing = stage.open_socket(uuid.uuid4(), cookies, as_="member")
    other = await sync_to_async(open_room)(cast)
    elsewhere = stage.open_socket(other.id, candidate_cookies(stage.interview))
    unknown = stage.open_socket("", cookies, as_="member", path="/ws/interviews/none/")
    assert [await knock(c) for c in (foreign, missing, elsewhere, unknown)] == [4004] * 4


async def test_every_role_meets_the_door_it_should(stage: Stage) -> None:
    """Each role of the own organisation, a rival, an operator and a stranger, as what they are and as the candidate.

    Whoever comes in tries what needs the right to lead.
    """
    cast = stage.cast
    ivan = await sync_to_async(make_member)(cast.acme, "Ivan", Role.INTERVIEWER)
    team = (cast.ada, cast.rita, cast.theo, cast.ines, cast.otto)
    assert {member.role for member in team} == set(Role)
    for member in team:
        watching = await stage.member(member)
        await watching.send("note.add", text="Nervous at first.")
        answer = await watching.until("ack" if access.may(member, Permission.LEAD) else "error")
        assert answer.get("code", "not_allowed") == "not_allowed", member
        await watching.leave()
    outside = {ivan.user: 4004, cast.mallory.user: 4004, cast.olga: 4004}
    for user, code in outside.items():
        cookies = await sync_to_async(member_cookies)(user)
        assert await knock(stage.open_socket(stage.interview.id, cookies, as_="member")) == code
    for user in (*(member.user for member in team), *outside):
        cookies = await sync_to_async(member_cookies)(user)
        assert await knock(stage.open_socket(stage.interview.id, cookies, as_="candidate")) == 4001


def test_no_other_socket_leads_anywhere() -> None:
    """A new route of a socket needs a matrix of its own above."""
    doors = {str(route.pattern): route.callback for route in websockets.routes}
    assert doors == {"ws/interviews/<uuid:interview_id>/": room_socket, "": no_such_room}


async def test_an_interviewer_sees_only_their_own_interviews(stage: Stage) -> None:
    await sync_to_async(stage.interview.interviewers.clear)()
    cookies = await sync_to_async(member_cookies)(stage.cast.ines.user)
    assert await knock(stage.open_socket(stage.interview.id, cookies, as_="member")) == 4004


async def test_a_socket_of_another_site_is_refused(stage: Stage) -> None:
    cookies = candidate_cookies(stage.interview)
    for origin in ("https://evil.example", "null", None):
        assert await knock(stage.open_socket(stage.interview.id, cookies, origin=origin)) == 4003


async def test_a_candidates_cookie_makes_nobody_a_member(stage: Stage) -> None:
    cookies = candidate_cookies(stage.interview)
    assert await knock(stage.open_socket(stage.interview.id, cookies, as_="member")) == 4001
    cookies = await sync_to_async(member_cookies)(stage.cast.rita.user)
    assert await knock(stage.open_socket(stage.interview.id, cookies, as_="candidate")) == 4001


async def test_a_program_comes_in_by_its_token(stage: Stage) -> None:
    issue = sync_to_async(issue_token)
    token = await issue(user=stage.cast.rita.user, name="tool")
    client = stage.open_socket(stage.interview.id, as_="member", origin=None, bearer=token.secret)
    await client.connect()
    assert (await client.hello())["you"] == {"role": "recruiter", "name": "Rita"}
    limited = await issue(user=stage.cast.rita.user, name="tool", scope=str(uuid.uuid4()))
    options = {"as_": "member", "origin": None}
    refused = [
        stage.open_socket(stage.interview.id, bearer=limited.secret, **options),
        stage.open_socket(stage.interview.id, bearer="mm_wrong", **options),
    ]
    assert [await knock(client) for client in refused] == [4004, 4001]


async def test_an_observer_watches_and_changes_nothing(stage: Stage) -> None:
    otto = await stage.member(stage.cast.otto)
    await otto.send("control", action="end")
    assert (await otto.until("error"))["code"] == "not_allowed"
    await otto.send("segment.final", seg_id="o1", text="Hello?")
    assert (await otto.until("error"))["code"] == "not_allowed"


async def test_a_revoked_link_puts_the_candidate_out_within_two_seconds(stage: Stage) -> None:
    cem = await stage.candidate()
    since = time.monotonic()
    revoke = sync_to_async(revoke_link)
    await revoke(interview=stage.interview, by=stage.cast.rita, now=timezone.now())
    assert await cem.until_closed() == 4001
    assert time.monotonic() - since < 2


async def test_whoever_is_no_longer_assigned_is_out_within_two_seconds(stage: Stage) -> None:
    ines = await stage.member(stage.cast.ines)
    otto = await stage.member(stage.cast.otto)
    since = time.monotonic()
    assign = sync_to_async(assign_interviewers)
    await assign(interview=stage.interview, interviewers=[], by=stage.cast.rita)
    assert await ines.until_closed() == 4004
    assert time.monotonic() - since < 2
    await otto.say({"type": "ping", "t": 1})
    await otto.until("pong")


async def test_a_role_that_shrank_holds_for_the_next_message(stage: Stage) -> None:
    ines = await stage.member(stage.cast.ines)

    def shrink() -> None:
        Member.objects.filter(id=stage.cast.ines.id).update(role=Role.OBSERVER)
        Interview.objects.update(access_generation=9)

    await sync_to_async(shrink)()
    await ines.send("control", action="end")
    assert (await ines.until("error"))["code"] == "not_allowed"


async def test_a_room_that_is_over_says_so_and_closes(stage: Stage) -> None:
    def end() -> None:
        Interview.objects.update(state=InterviewState.ENDED, ended_at=timezone.now())

    await sync_to_async(end)()
    cem = await stage.candidate()
    assert cem.frames[0]["state"] == "ended"


async def test_a_lapsed_window_is_over(stage: Stage) -> None:
    await sync_to_async(Interview.objects.update)(window_ends_at=timezone.now())
    assert await knock(stage.tab()) == 4010


async def test_two_members_and_the_candidate_hear_the_same(stage: Stage) -> None:
    cem = await stage.candidate()
    rita, otto = await stage.member(stage.cast.rita), await stage.member(stage.cast.otto)
    await cem.send("control", action="start")
    asked = await asyncio.gather(
        *(client.until("event", kind="question.asked") for client in (cem, rita, otto))
    )
    assert len({event["text"] for event in asked}) == 1
    assert "reason" in asked[1]
    assert "reason" not in asked[0]


@pytest.mark.parametrize("as_", ["candidate", "member"])
async def test_a_socket_stays_what_its_hello_said(stage: Stage, as_: str) -> None:
    cem = await stage.candidate()
    await cem.say({"type": "hello", "as": as_, "client_id": str(uuid.uuid4())})
    assert (await cem.until("error"))["code"] == "hello_differs"


async def test_no_word_is_refused_however_often_rights_change_meanwhile(stage: Stage) -> None:
    rita = await stage.member(stage.cast.rita)
    async with held(stage.interview) as now, await second_connection() as next_:
        await now.execute(CHANGE_RIGHTS)
        await rita.send("note.add", text="A note.")
        for _ in range(3):
            await until_it_waits(now, BLOCKED_BY_ME)
            changing = asyncio.create_task(next_.execute(CHANGE_RIGHTS))  # before she comes again
            await until_it_waits(now, f"SELECT (pg_blocking_pids({next_.info.backend_pid}))[1]")
            await now.commit()
            await changing
            now, next_ = next_, now
        await now.rollback()
    await rita.until("ack", client_seq=1)
    assert "error" not in {frame["type"] for frame in rita.frames}


async def until_it_waits(
    connection: psycopg.AsyncConnection[tuple[object, ...]], asked: str
) -> None:
    for _ in range(500):
        answer = await (await connection.execute(asked)).fetchone()
        if answer is not None and answer[0] is not None:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")
