"""Rooms under broken servers, networks and Redis: nothing acknowledged is lost, doubled or out of order."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import redis

from tests.fake_providers.server import FakeProviders
from tests.faults.room_client import RoomClient
from tests.faults.two_servers import TwoServers
from tests.servers import PrivateServers, start_redis

pytestmark = pytest.mark.fault
ANSWER = "In 2021 I led the migration of our billing and it cut our costs by 30 percent."


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[str]:
    """A Redis that may be flushed and killed."""
    servers = PrivateServers(tmp_path / "redis")
    servers.folder.mkdir()
    yield start_redis(servers)
    servers.stop()


@pytest.fixture
async def providers() -> AsyncIterator[FakeProviders]:
    fake = FakeProviders()
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
def servers(tmp_path: Path, own_redis: str, providers: FakeProviders) -> Iterator[TwoServers]:
    settings = {
        "AI_PROVIDERS": "groq",
        "GROQ_API_KEY": "a-key",
        "GROQ_BASE_URL": providers.addresses()["groq"],
    }
    stack = TwoServers(tmp_path, settings, redis_url=own_redis)
    stack.start()
    yield stack
    stack.stop()


def candidate(room: dict[str, str], ports: list[int]) -> RoomClient:
    return RoomClient(room["id"], ports, cookie=room["cookie"]).start()


async def test_a_killed_servers_question_is_withdrawn_and_asked_anew(
    servers: TwoServers, providers: FakeProviders
) -> None:
    opened = servers.open_rooms(1, "waiting")
    cem = candidate(opened["rooms"][0], servers.ports)
    await cem.until(lambda: cem.socket is not None)
    await cem.send("control", action="start")
    await cem.until(lambda: "question.asked" in cem.kinds())
    providers.chunk_delay = 0.4
    before = len(cem.frames)
    await cem.until(lambda: sum(f["type"] == "question.delta" for f in cem.frames[before:]) >= 2)
    servers.kill("web")
    killed_at = time.monotonic()
    providers.chunk_delay = 0.0
    await cem.until(lambda: cem.asked()[1:] != [])
    assert time.monotonic() - killed_at < 10
    assert cem.kinds().count("question.withdrawn") == 1
    assert len(cem.asked()) == 2, "asked once"
    await cem.answer(ANSWER)
    await cem.until(lambda: len(cem.asked()) == 3)
    assert [event["seq"] for event in cem.events] == list(range(1, len(cem.events) + 1))
    await cem.stop()


async def test_a_member_on_another_server_follows_without_redis(servers: TwoServers) -> None:
    opened = servers.open_rooms(1, "live")
    room = opened["rooms"][0]
    cem = candidate(room, [servers.port])
    rita = RoomClient(room["id"], [servers.other_port], token=str(opened["token"])).start()
    await cem.until(lambda: cem.socket is not None)
    await rita.until(lambda: rita.socket is not None)

    async def heard_within(text: str) -> float:
        since = time.monotonic()
        await cem.say(text)
        await rita.until(lambda: any(event.get("text") == text for event in rita.events))
        return time.monotonic() - since

    await heard_within("with Redis")
    server = redis.Redis.from_url(servers.redis_url)
    server.flushall()
    assert await heard_within("after FLUSHALL") < 2
    server.client_kill_filter(_type="pubsub")
    assert await heard_within("after its connections were cut") < 2
    server.shutdown(nosave=True)
    assert await heard_within("without Redis") < 2.5
    assert await heard_within("still without Redis") < 2.5
    assert rita.connections == cem.connections == 1, "nobody lost a socket"
    newer_tab = candidate(room, [servers.other_port])
    await cem.until(lambda: cem.close_codes == [4009], seconds=5)
    await newer_tab.until(lambda: len(newer_tab.events) == len(rita.events))
    assert newer_tab.close_codes == []
    await asyncio.gather(newer_tab.stop(), rita.stop())


async def test_a_stopping_server_says_1012_and_everybody_comes_back(servers: TwoServers) -> None:
    opened = servers.open_rooms(20, "live")
    clients = [candidate(room, servers.ports) for room in opened["rooms"]]
    for client in clients:
        await client.until(lambda client=client: client.socket is not None)  # type: ignore[misc] # bound now
        await client.say("Before the deploy.")
    servers.processes["web"].terminate()
    for client in clients:
        await client.until(lambda client=client: client.close_codes != [])  # type: ignore[misc] # bound now
        await client.say("After the deploy.")
        await client.until(lambda client=client: not client.outbox)  # type: ignore[misc] # bound now
        await client.until(lambda client=client: len(client.events) >= 2)  # type: ignore[misc] # bound now
    assert {client.close_codes[0] for client in clients} == {1012}
    assert all([e["text"] for e in c.events] == ["Before the deploy.", "After the deploy."] for c in clients)  # fmt: skip
    await asyncio.gather(*(client.stop() for client in clients))
