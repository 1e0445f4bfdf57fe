"""Live rooms: how long a word takes to be safe, to be heard by the others, and to be answered (P6, P7); and the
hard cases: everybody at once, and listeners that never read."""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.registry import Measured, benchmark
from benchmarks.room_load.servers import Started, bare, durable_servers, ours, raw, socket_io
from tests.fake_providers.server import FakeProviders
from tests.faults.room_client import RoomClient
from tests.faults.two_servers import TwoServers
from tests.stack import ROOT

ROOMS = 100
SECONDS = 15
READY_IN = 6.0  # seconds until everybody is in and the words begin
ACK_GOAL, DELIVERY_GOAL, ANSWER_GOAL = 50.0, 60.0, 60.0
SHARE_OF_BARE = 1.25  # on a machine where even the bare consumer misses the goal
COMMITS_OF_AN_ANSWER = 3  # the words, the end of the turn, the claim of the next one
TURNS = 24
ANSWER = "In 2021 I led the migration of our billing and it cut our costs by 30 percent."
BURST = {"case": "burst", "viewers": 50, "each": 20}
STALLED = {"case": "stalled", "stalled": 10, "segments": 150}
HOSTILE = {"case": "hostile", "seconds": 8}
NEIGHBOURS = 20  # rooms on the server whose one other room is attacked
MOST_HARM = 2.0  # times the same wait in peace
MOST_GROWTH = 20.0  # megabytes, while ten listeners do not read


@dataclass(frozen=True, slots=True)
class Heard:
    """p95 in milliseconds, over all segments."""

    ack: float
    delivery: float
    lost: int
    doubled: int
    acks: tuple[float, ...]


@benchmark("P6")
def measure_rooms() -> Iterable[Measured]:
    with durable_servers() as folder:
        two = _heard(ours(folder / "ours", ROOMS))
        one = _heard(ours(folder / "single", ROOMS, is_single=True))
        beside = {
            f"bare Channels consumer, {layer}": _heard(bare(folder / layer, ROOMS, layer=layer))
            for layer in ("pubsub", "redis", "memory")
        }
        yield from _measure_hard_cases(folder)
    beside["websockets, nothing stored"] = _heard(raw(ROOMS))
    beside["Socket.IO, nothing stored"] = _heard(socket_io(ROOMS))
    calibration = beside["bare Channels consumer, pubsub"]
    ack_goal = max(ACK_GOAL, SHARE_OF_BARE * calibration.ack)
    delivery_goal = max(DELIVERY_GOAL, SHARE_OF_BARE * calibration.delivery)
    acks = {name: heard.ack for name, heard in beside.items()}
    deliveries = {name: heard.delivery for name, heard in beside.items()}
    for name, heard in (("two servers", two), ("one server", one)):
        yield Measured(
            f"sent → acknowledged after commit, p95; {ROOMS} rooms, {3 * ROOMS} sockets, {name}",
            heard.ack, "ms", ACK_GOAL, ok=heard.ack <= ack_goal, peers=acks, samples=heard.acks,
        )  # fmt: skip
        yield Measured(
            f"sent → received by the others, p95, {name}",
            heard.delivery, "ms", DELIVERY_GOAL, ok=heard.delivery <= delivery_goal, peers=deliveries,
        )  # fmt: skip
    lost, doubled = two.lost + one.lost, two.doubled + one.doubled
    losses = {name: heard.lost for name, heard in beside.items()}
    yield Measured("acknowledgements and deliveries lost", lost, "", 0, ok=lost == 0, peers=losses)
    doubles = {name: heard.doubled for name, heard in beside.items()}
    yield Measured("… doubled", doubled, "", 0, ok=doubled == 0, peers=doubles)


def _measure_hard_cases(folder: Path) -> Iterable[Measured]:
    """1,000 segments at once into a room of fifty; and 10 of 13 sockets that stop reading."""
    with ours(folder / "burst", 1) as started:
        burst = _case(started, BURST)
    with ours(folder / "stalled", 1, is_single=True) as started:
        assert started.ours is not None
        before = started.ours.memory()
        stalled = _case(started, STALLED)
        growth = started.ours.memory() - before
    with ours(folder / "hostile", NEIGHBOURS + 1, is_single=True) as started:
        wait = _case(started, HOSTILE)
    others: dict[str, dict[str, float]] = {}
    slow: dict[str, dict[str, float]] = {}
    for layer in ("pubsub", "redis", "memory"):
        with bare(folder / f"burst-{layer}", 1, layer=layer) as started:
            others[f"bare Channels consumer, {layer}"] = _case(started, BURST)
    for name, server in (("websockets", raw(1)), ("Socket.IO", socket_io(1))):
        with server as started:
            others[name] = _case(started, BURST)
            slow[name] = _case(started, STALLED)
    yield Measured(
        "burst of 1,000 segments, 50 viewers: deliveries a second, stored",
        burst["per_second"], "/s", 0, ok=burst["lost"] == 0,
        peers={name: figures["per_second"] for name, figures in others.items()},
    )  # fmt: skip
    yield Measured(
        "… deliveries lost", burst["lost"], "", 0, ok=burst["lost"] == 0,
        peers={name: figures["lost"] for name, figures in others.items()},
    )  # fmt: skip
    yield Measured(
        "delivery to the others while ten never read, p95", stalled["p95"], "ms", DELIVERY_GOAL,
        ok=stalled["lost"] == 0 and stalled["p95"] <= 2 * DELIVERY_GOAL,
        peers={name: figures["p95"] for name, figures in slow.items()},
    )  # fmt: skip
    yield Measured("memory that the ten cost", growth, "MB", MOST_GROWTH, ok=growth <= MOST_GROWTH)
    yield Measured(
        "of the ten let go by the server", stalled["let_go"], "", 10, ok=stalled["let_go"] == 10,
        peers={name: figures["let_go"] for name, figures in slow.items()},
    )  # fmt: skip

    yield Measured(
        "acknowledged in other rooms while hostile sockets attack one, p95", wait["attacked"], "ms", ACK_GOAL,
        ok=wait["attacked"] <= max(ACK_GOAL, MOST_HARM * wait["in_peace"]), peers={"in peace": wait["in_peace"]},
    )  # fmt: skip


@benchmark("P7")
def measure_answers() -> Iterable[Measured]:
    with durable_servers() as folder:
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


def _heard(server: AbstractContextManager[Started]) -> Heard:
    with server as started:
        order = {**started.rooms, "seconds": SECONDS, "ready_in": READY_IN}
        told = _run("benchmarks.room_load.load", order)
    acks = tuple(told["ack"])
    return Heard(_p95(told["ack"]), _p95(told["delivery"]), told["lost"], told["doubled"], acks)


def _case(started: Started, case: dict[str, object]) -> dict[str, float]:
    return _run("benchmarks.room_load.burst", {**started.rooms, **case})


def _run(module: str, order: dict[str, object]) -> dict[str, Any]:  # what the load printed
    done = subprocess.run(
        [sys.executable, "-m", module],
        input=json.dumps(order),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout))


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
