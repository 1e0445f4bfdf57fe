"""Sockets that misbehave, over a real server: each is answered by its own code, and nobody else notices."""

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from interviews.events import CandidateAction, MemberAction
from tests.faults.room_client import RoomClient
from tests.faults.two_servers import TwoServers
from tests.servers import PrivateServers, start_redis

pytestmark = pytest.mark.fault
Room = dict[str, str]
STATES = ("scheduled", "waiting", "live", "paused", "ended", "cancelled")
ACTIONS = ("start", "pause", "resume", "end", *get_args(CandidateAction), *get_args(MemberAction))
EACH = len(ACTIONS)
MANY = 300
WINDOW_BYTES = 256 * 1024


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoServers]:
    folder: Path = tmp_path_factory.mktemp("sockets")
    redis = PrivateServers(folder / "redis")
    redis.folder.mkdir()
    stack = TwoServers(folder, redis_url=start_redis(redis))
    stack.start()
    yield stack
    stack.stop()
    redis.stop()


@dataclass
class Rooms:
    """The rooms that no test has used yet, by state, and a recruiter's token for all of them."""

    unused: dict[str, list[Room]]
    token: str

    def take(self, count: int, state: str = "live") -> list[Room]:
        return [self.unused[state].pop() for _ in range(count)]


@pytest.fixture(scope="module")
def rooms(servers: TwoServers) -> Rooms:
    states = [*STATES, *["live"] * 4]
    made = servers.open_rooms(EACH, ",".join(states))
    unused: dict[str, list[Room]] = defaultdict(list)
    for place, room in enumerate(made["rooms"]):
        unused[states[place // EACH]].append(room)
    return Rooms(unused, str(made["token"]))


@contextlib.asynccontextmanager
async def raw_socket(
    servers: TwoServers,
    room: Room,
    **options: Any,  # whatever `connect` takes
) -> AsyncIterator[ClientConnection]:
    """A candidate's socket that does only what a test tells it to."""
    async with connect(
        f"ws://127.0.0.1:{servers.port}/ws/interviews/{room['id']}/",
        origin=f"http://127.0.0.1:{servers.port}",  # type: ignore[arg-type] # a NewType of str
        additional_headers={"Cookie": room["cookie"]},
        subprotocols=["interview.v1"],  # type: ignore[list-item] # a NewType of str
        proxy=None,
        close_timeout=1,
        **options,
    ) as socket:
        yield socket


def hello(resume_from: int = 0) -> str:
    client_id = "6f1c1c1e-0000-4000-8000-000000000001"
    return json.dumps(
        {"type": "hello", "as": "candidate", "client_id": client_id, "resume_from": resume_from}
    )


async def code_of(socket: ClientConnection) -> int | None:
    """The code with which the server closes, once all before it was read."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            await socket.recv()
    return socket.close_code


async def in_room(room: Room, ports: list[int]) -> RoomClient:
    client = RoomClient(room["id"], ports, cookie=room["cookie"]).start()
    await client.until(lambda: client.socket is not None)
    return client


async def is_heard(client: RoomClient) -> None:
    await client.say("A word among the noise.")
    await client.until(lambda: not client.outbox)


async def test_a_client_that_never_acknowledges_is_let_go_and_resumes_with_all(
    servers: TwoServers, rooms: Rooms
) -> None:
    room, quiet_room = rooms.take(2)
    writer = await in_room(room, servers.ports)
    texts = [f"word {number} {'of many ' * 1_900}".strip() for number in range(24)]
    for text in texts:
        await writer.say(text)
    await writer.until(lambda: not writer.outbox)
    await writer.stop()
    quiet = await in_room(quiet_room, servers.ports)
    async with raw_socket(servers, room) as silent:
        await silent.send(hello())
        seen = [json.loads(frame) async for frame in _all_frames(silent)]
        assert silent.close_code == 4008
    assert quiet.connections == 1, "who was idle for as long stays: no Redis client gave up"
    events = [frame["seq"] for frame in seen if frame["type"] == "event"]
    assert events == list(range(1, len(events) + 1))
    assert WINDOW_BYTES / 16_000 < len(events) < len(texts)
    back = await in_room(room, servers.ports)
    await back.until(lambda: len(back.events) == len(texts))
    assert [event["text"] for event in back.events] == texts
    await asyncio.gather(back.stop(), quiet.stop())


async def _all_frames(socket: ClientConnection) -> AsyncIterator[str]:
    with contextlib.suppress(ConnectionClosed):
        while True:
            yield str(await socket.recv())


async def test_no_broken_frame_or_half_open_socket_ends_in_1011(
    servers: TwoServers, rooms: Rooms
) -> None:
    (room,) = rooms.take(1)
    async with raw_socket(servers, room) as before_hello, raw_socket(servers, room) as in_the_room:
        await in_the_room.send(hello())
        for socket in (before_hello, in_the_room):
            socket.transport.write(Frame(Opcode.TEXT, b"\xff\xfe\xfa").serialize(mask=True))
        codes = [await code_of(socket) for socket in (before_hello, in_the_room)]
    async with raw_socket(servers, room) as oversize:
        await oversize.send(hello())
        with contextlib.suppress(ConnectionClosed):
            await oversize.send("x" * 2_000_000)
        codes.append(await code_of(oversize))
    assert 1011 not in codes
    assert None not in codes, "both were closed with a code"
    async with raw_socket(servers, room) as says_nothing:
        assert await code_of(says_nothing) == 4000
    async with raw_socket(servers, room) as half_a_frame:
        await half_a_frame.send(hello())
        half_a_frame.transport.write(Frame(Opcode.TEXT, b"x" * 4_000).serialize(mask=True)[:100])
        await half_a_frame.recv()
        half_a_frame.transport.abort()
    client = await in_room(room, [servers.port])
    await is_heard(client)
    await client.stop()
    assert "Traceback" not in servers.log("web")


@pytest.mark.parametrize("state", STATES)
async def test_every_control_in_every_state_is_answered(
    servers: TwoServers, rooms: Rooms, state: str
) -> None:
    async def press(room: Room, action: str) -> None:
        for who in (
            RoomClient(room["id"], [servers.port], cookie=room["cookie"]),
            RoomClient(room["id"], [servers.port], token=rooms.token),
        ):
            who.start()
            await _press(who, action)
            assert set(who.close_codes) <= {4010}, action
            await who.stop()

    await asyncio.gather(*map(press, rooms.take(len(ACTIONS), state), ACTIONS))


async def _press(who: RoomClient, action: str) -> None:
    await who.until(lambda: who.socket is not None or bool(who.close_codes))
    number = await who.send("control", action=action, text="What about the team?")
    await who.until(lambda: _is_answered(who, number))


def _is_answered(who: RoomClient, number: int) -> bool:
    answers = (frame for frame in who.frames if frame["type"] in ("ack", "error"))
    return bool(who.close_codes) or any(frame.get("client_seq") == number for frame in answers)


async def test_hostile_sockets_cost_nobody_else_a_word_or_a_socket(
    servers: TwoServers, rooms: Rooms
) -> None:
    hostile, *others = rooms.take(11)
    clients = await asyncio.gather(*(in_room(room, [servers.port]) for room in others))
    over = asyncio.Event()

    async def attack(frame: str | bytes) -> set[int | None]:
        codes: set[int | None] = set()
        while not over.is_set():
            async with raw_socket(servers, hostile) as socket:
                with contextlib.suppress(ConnectionClosed):
                    await socket.send(hello())
                    for _ in range(1_000):
                        await socket.send(frame)
                codes.add(await code_of(socket))
        return codes

    deep = '{"type":"ack","seq":' + "[" * 20_000 + "]" * 20_000 + "}"
    frames = (deep, "garbage", json.dumps({"type": "ping", "t": 1}), b"\x00" * 60_000)
    attacks = [asyncio.create_task(attack(frame)) for frame in frames]
    for _ in range(5):  # how long it takes is measured by the benchmarks
        await asyncio.gather(*(is_heard(client) for client in clients))
    over.set()
    codes: set[int | None] = set().union(*await asyncio.gather(*attacks))
    assert codes <= {1006, 4000, 4009, 4029}  # 1006: what was still being sent met a closed door
    assert {client.connections for client in clients} == {1}, "nobody lost a socket"
    await asyncio.gather(*(client.stop() for client in clients))


async def test_after_a_deploy_three_hundred_sockets_are_back(
    servers: TwoServers, rooms: Rooms
) -> None:
    clients = [
        client
        for room in rooms.take(MANY // 10)
        for client in (
            RoomClient(room["id"], servers.ports, cookie=room["cookie"]),
            *(RoomClient(room["id"], servers.ports, token=rooms.token) for _ in range(9)),
        )
    ]
    for client in clients:
        client.start()
    for client in clients:
        await client.until(lambda c=client: c.socket is not None)  # type: ignore[misc] # bound now
    servers.processes["web"].terminate()
    servers.processes["web"].wait(timeout=30)
    servers.serve("web", servers.port)
    for client in clients:
        await client.until(lambda c=client: c.connections > 1 and c.socket is not None)  # type: ignore[misc] # bound now
    assert {code for client in clients for code in client.close_codes} == {1012}
    await asyncio.gather(*(client.stop() for client in clients))
