"""Live rooms: how long a word takes to be safe, to be heard by the others, and to be answered (P6, P7)."""

import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.registry import Measured, benchmark
from tests.fake_providers.server import FakeProviders
from tests.faults.room_client import RoomClient
from tests.faults.two_servers import TwoServers
from tests.servers import PrivateServers, free_port, start_postgres, start_redis
from tests.stack import ROOT

ROOMS = 100
SECONDS = 15
READY_IN = 6.0  # seconds until everybody is in and the words begin
ACK_GOAL, DELIVERY_GOAL, ANSWER_GOAL = 50.0, 60.0, 60.0
SHARE_OF_BARE = 1.25  # on a machine where even the bare consumer misses the goal
COMMITS_OF_AN_ANSWER = 3  # the words, the end of the turn, the claim of the next one
TURNS = 24
ANSWER = "In 2021 I led the migration of our billing and it cut our costs by 30 percent."


@dataclass(frozen=True, slots=True)
class Heard:
    """p95 in milliseconds, over all segments."""

    ack: float
    delivery: float
    lost: int
    acks: tuple[float, ...]


@dataclass
class BareServers(TwoServers):
    """The calibration beside it."""

    def serve(self, name: str, port: int) -> None:
        command = (sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port))
        self.start_process(name, *command, "benchmarks.room_load.bare:application")


@benchmark("P6")
def measure_rooms() -> Iterable[Measured]:
    with _durable_servers() as folder:
        ours = _heard(TwoServers, folder / "ours")
        bare = _heard(BareServers, folder / "bare")
    raw = _heard_raw()
    assert ours.lost == 0, f"{ours.lost} deliveries were lost"
    ack_goal = max(ACK_GOAL, SHARE_OF_BARE * bare.ack)
    delivery_goal = max(DELIVERY_GOAL, SHARE_OF_BARE * bare.delivery)
    yield Measured(
        "sent → acknowledged after commit, p95; 100 rooms, 300 sockets, two servers",
        ours.ack,
        "ms",
        ACK_GOAL,
        ok=ours.ack <= ack_goal,
        peers={"bare Channels consumer": bare.ack, "websockets, nothing stored": raw.ack},
        samples=ours.acks,
    )
    yield Measured(
        "sent → received by the others, p95",
        ours.delivery,
        "ms",
        DELIVERY_GOAL,
        ok=ours.delivery <= delivery_goal,
        peers={"bare Channels consumer": bare.delivery, "websockets, nothing stored": raw.delivery},
    )
    yield Measured(
        "deliveries lost",
        ours.lost,
        "",
        0,
        ok=ours.lost == 0,
        peers={"bare Channels consumer": bare.lost, "websockets": raw.lost},
    )


@benchmark("P7")
def measure_answers() -> Iterable[Measured]:
    with _durable_servers() as folder:
        samples, acks = asyncio.run(_answers(folder))
    median, ack = statistics.median(samples), statistics.median(acks)
    yield Measured(
        "turn.finished → first word of the next question, less the provider's own time, median",
        median,
        "ms",
        ANSWER_GOAL,
        ok=median <= max(ANSWER_GOAL, COMMITS_OF_AN_ANSWER * ack),
        peers={"one stored segment, acknowledged (calibration)": ack},
        samples=samples,
    )


@contextlib.contextmanager
def _durable_servers() -> Iterator[Path]:
    """A PostgreSQL that syncs every commit to the disk, and a Redis."""
    folder = Path(tempfile.mkdtemp(prefix="mm-", dir="/tmp"))
    folder.chmod(0o755)
    servers = PrivateServers(folder)
    before = dict(os.environ)
    os.environ["DATABASE_URL"] = start_postgres(servers, durable=True)
    os.environ["REDIS_URL"] = start_redis(servers)
    try:
        yield folder
    finally:
        os.environ.update({name: before[name] for name in ("DATABASE_URL", "REDIS_URL")})
        servers.stop()


def _heard(kind: type[TwoServers], folder: Path) -> Heard:
    folder.mkdir()
    servers = kind(folder, {"DATABASE_POOL": "20"}, redis_url=os.environ["REDIS_URL"])
    try:
        servers.start()
        opened = servers.open_rooms(ROOMS, "live")
        return _load({**opened, "ports": servers.ports})
    finally:
        servers.stop()


def _heard_raw() -> Heard:
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.room_load.raw", str(port)], cwd=ROOT
    )
    try:
        time.sleep(2)
        rooms = [{"id": str(number), "cookie": "a=b"} for number in range(ROOMS)]
        return _load({"rooms": rooms, "token": "", "ports": [port]})
    finally:
        server.terminate()
        server.wait()


def _load(order: dict[str, object]) -> Heard:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.room_load.load"],
        input=json.dumps({**order, "seconds": SECONDS, "ready_in": READY_IN}),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    return Heard(_p95(told["ack"]), _p95(told["delivery"]), told["lost"], tuple(told["ack"]))


def _p95(samples: list[float]) -> float:
    return statistics.quantiles(samples, n=20)[-1]


async def _answers(folder: Path) -> tuple[list[float], list[float]]:
    """The provider answers at once, so what is left is ours."""
    providers = FakeProviders()
    await providers.start()
    settings = {
        "AI_PROVIDERS": "groq",
        "GROQ_API_KEY": "a-key",
        "GROQ_BASE_URL": providers.addresses()["groq"],
    }
    servers = TwoServers(folder, settings, redis_url=os.environ["REDIS_URL"])
    try:
        await asyncio.to_thread(servers.start)
        opened = await asyncio.to_thread(servers.open_rooms, TURNS // 3 + 1, "waiting")
        samples: list[float] = []
        acks: list[float] = []
        for room in opened["rooms"]:
            cem = RoomClient(room["id"], servers.ports, cookie=room["cookie"])
            await _answers_in(cem, samples, acks)
        return samples[3:], acks[3:]  # without the first room: libraries were still being imported
    finally:
        await asyncio.to_thread(servers.stop)
        await providers.stop()


async def _answers_in(cem: RoomClient, samples: list[float], acks: list[float]) -> None:
    cem.start()
    await cem.until(lambda: cem.socket is not None)
    await cem.send("control", action="start")
    for asked in (2, 3, 4):
        await cem.until(lambda asked=asked: len(cem.asked()) >= asked)  # type: ignore[misc] # bound now
        seg_id = uuid.uuid4().hex
        sent = time.perf_counter()
        await cem.send("segment.final", seg_id=seg_id, text=ANSWER)
        await cem.until(lambda: not cem.outbox)
        acks.append((time.perf_counter() - sent) * 1000)
        cem.frames.clear()
        sent = time.perf_counter()
        await cem.send("turn.finished", seg_ids=[seg_id])
        await cem.until(lambda: any(frame["type"] == "question.delta" for frame in cem.frames))
        samples.append((time.perf_counter() - sent) * 1000)
    await cem.stop()
