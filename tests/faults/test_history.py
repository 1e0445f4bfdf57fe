"""Many rooms under random cuts, killed servers and a Redis that comes back empty: then every history is checked."""

import asyncio
import contextlib
import logging
import os
import random
import time
from collections import Counter
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
SERVES_FOR = 10.0  # seconds, before the next server is killed
PATIENCE = 60 + SEGMENTS / 20

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
    done: Counter[str] = Counter()
    harm = asyncio.create_task(_do_harm(chance, everybody, servers, fragile, done))
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
        "%d segments, %d sockets, %.0f s; %s",
        each * ROOMS * WRITERS,
        len(everybody),
        time.monotonic() - began,
        dict(done),
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
    chance: random.Random,
    everybody: list[Recorder],
    servers: TwoServers,
    redis: FragileRedis,
    done: Counter[str],
) -> None:
    """A cut four times a second; every few seconds a server dies, or Redis."""
    starting: asyncio.Task[None] | None = None
    while True:
        await asyncio.sleep(chance.uniform(0.1, 0.4))
        await chance.choice(everybody).cut()
        done["cuts"] += 1
        # While one server starts the other serves: with none, there would be nothing to break.
        if done["cuts"] % 15 == 8 and (starting is None or starting.done()):
            name, port = chance.choice([("web", servers.port), ("other", servers.other_port)])
            servers.kill(name)
            servers.serve(name, port)
            starting = asyncio.create_task(_serves_for_a_while(port))
            done["servers killed"] += 1
        if done["cuts"] % 15 == 0:
            redis.kill()
            await asyncio.sleep(chance.uniform(0, 1))
            redis.start()
            done["Redis killed"] += 1


async def _serves_for_a_while(port: int) -> None:
    """A start costs more than all that is said meanwhile: a long run must not consist of starts."""
    while True:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return await asyncio.sleep(SERVES_FOR)
        await asyncio.sleep(0.1)
