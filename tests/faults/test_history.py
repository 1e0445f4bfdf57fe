"""Many rooms under random cuts, killed servers and a Redis that comes back empty: then every history is checked."""

import asyncio
import logging
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.fragile_redis import FragileRedis
from tests.faults.history import Recorder, Room, faults_of
from tests.faults.two_servers import TwoServers

# Set HISTORY_SEGMENTS=200000 HISTORY_ROOMS=25 for the long run (100 sockets), and -o log_cli_level=INFO to see its figures.
SEGMENTS = int(os.environ.get("HISTORY_SEGMENTS", "960"))
ROOMS = int(os.environ.get("HISTORY_ROOMS", "4"))
WRITERS = 2
PATIENCE = 60 + SEGMENTS / 50

logger = logging.getLogger(__name__)
pytestmark = [pytest.mark.fault, pytest.mark.timeout(int(PATIENCE) + 120)]


@pytest.fixture
def fragile() -> Iterator[FragileRedis]:
    redis = FragileRedis()
    redis.start()
    yield redis
    redis.kill()


@pytest.fixture
def servers(tmp_path: Path, fragile: FragileRedis) -> Iterator[TwoServers]:
    stack = TwoServers(tmp_path, redis_url=fragile.url)
    stack.start()
    yield stack
    stack.stop()


async def test_nothing_acknowledged_is_lost_doubled_or_out_of_order(
    servers: TwoServers, fragile: FragileRedis
) -> None:
    chance = random.Random(7)
    opened = servers.open_rooms(ROOMS, "live")
    rooms = [_enter(room, str(opened["token"]), servers, chance) for room in opened["rooms"]]
    everybody = [client for room in rooms for client in room.everybody]
    began = time.monotonic()
    harm = asyncio.create_task(_do_harm(chance, everybody, servers, fragile))
    each = SEGMENTS // (ROOMS * WRITERS)
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        for room in rooms:
            for name, writer in enumerate(room.writers):
                group.create_task(writer.write(f"writer {name}", each))
    harm.cancel()
    await asyncio.gather(harm, return_exceptions=True)
    for client in everybody:
        await client.until(lambda c=client: len(c.events) >= WRITERS * each, seconds=60)  # type: ignore[misc] # bound now
    logger.info(
        "%d segments, %d sockets, %.0f s",
        each * ROOMS * WRITERS,
        len(everybody),
        time.monotonic() - began,
    )
    assert {place: faults for place, room in enumerate(rooms) if (faults := faults_of(room))} == {}
    await asyncio.gather(*(client.stop() for client in everybody))


def _enter(room: dict[str, str], token: str, servers: TwoServers, chance: random.Random) -> Room:
    def client(**key: str) -> Recorder:
        ports = chance.sample(servers.ports, 2)
        recorder = Recorder(room["id"], ports, **key)  # type: ignore[arg-type] # cookie or token
        recorder.start()
        return recorder

    return Room(
        writers=[client(cookie=room["cookie"]), client(token=token)],
        listeners=[client(token=token), client(token=token)],
    )


async def _do_harm(
    chance: random.Random, everybody: list[Recorder], servers: TwoServers, redis: FragileRedis
) -> None:
    """A cut four times a second; every few seconds a server dies, or Redis."""
    turn = 0
    while True:
        await asyncio.sleep(chance.uniform(0.1, 0.4))
        await chance.choice(everybody).cut()
        turn += 1
        if turn % 15 == 8:
            name, port = chance.choice([("web", servers.port), ("other", servers.other_port)])
            servers.kill(name)
            servers.serve(name, port)
        if turn % 15 == 0:
            redis.kill()
            await asyncio.sleep(chance.uniform(0, 1))
            redis.start()
