"""The load: rooms with one speaker and two listeners each, who say one segment a second.

Run in a process of its own, so that measuring does not slow what is measured. Prints its samples as JSON.
"""

import asyncio
import contextlib
import json
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from benchmarks.room_load.wire import Wire, enter, segment

LISTENERS = 2
LAST_WORDS = 20.0  # seconds: then what did not come is lost
Order = dict[str, Any]  # rooms, token, ports, seconds, ready_in, is_socket_io: as JSON brings it


@dataclass
class Samples:
    """Milliseconds. `lost` and `doubled` count acknowledgements and deliveries, each by what it was about."""

    ack: list[float] = field(default_factory=list)
    delivery: list[float] = field(default_factory=list)
    sent: dict[str, float] = field(default_factory=dict)
    lost: int = 0
    doubled: int = 0


async def main(order: Order) -> Samples:
    samples = Samples()
    async with asyncio.TaskGroup() as group:
        for number, room in enumerate(order["rooms"]):
            port = order["ports"][number % len(order["ports"])]
            other = order["ports"][(number + 1) % len(order["ports"])]
            group.create_task(_speak(room, port, order, samples, number))
            for listener in range(LISTENERS):
                listens_at = other if listener else port
                group.create_task(_listen(room, listens_at, order, samples))
    return samples


async def _speak(
    room: dict[str, str], port: int, order: Order, samples: Samples, number: int
) -> None:
    is_socket_io = order.get("is_socket_io", False)
    async with enter(room["id"], port, cookie=room["cookie"], is_socket_io=is_socket_io) as wire:
        await asyncio.sleep(order["ready_in"] + number / len(order["rooms"]))
        sent: dict[int, float] = {}
        acknowledged: set[int] = set()
        hearing = asyncio.create_task(_hear_acks(wire, sent, acknowledged, order, samples))
        for client_seq in range(1, order["seconds"] + 1):
            text = f"{room['id']} {client_seq} " + "and so we measured it again. " * 6
            sent[client_seq] = samples.sent[text.strip()] = time.perf_counter()
            await wire.send(segment(client_seq, text))
            await asyncio.sleep(1)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(hearing, LAST_WORDS)
        samples.lost += len(sent) - len(acknowledged)


async def _hear_acks(
    wire: Wire, sent: dict[int, float], acknowledged: set[int], order: Order, samples: Samples
) -> None:
    async for frame in wire.frames():
        if frame["type"] == "ack":
            client_seq = frame["client_seq"]
            samples.ack.append((time.perf_counter() - sent[client_seq]) * 1000)
            samples.doubled += client_seq in acknowledged
            acknowledged.add(client_seq)
            if len(acknowledged) == order["seconds"]:
                return
        elif frame["type"] == "event":
            await wire.send({"type": "ack", "seq": frame["seq"]})


async def _listen(room: dict[str, str], port: int, order: Order, samples: Samples) -> None:
    is_socket_io = order.get("is_socket_io", False)
    async with enter(room["id"], port, token=order["token"], is_socket_io=is_socket_io) as wire:
        heard: set[str] = set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(order["ready_in"] + order["seconds"] + LAST_WORDS):
                async for frame in wire.frames():
                    if frame["type"] != "event":
                        continue
                    if frame["kind"] == "segment.final":
                        text = frame["text"].strip()
                        samples.delivery.append((time.perf_counter() - samples.sent[text]) * 1000)
                        samples.doubled += text in heard
                        heard.add(text)
                    await wire.send({"type": "ack", "seq": frame["seq"]})
                    if len(heard) == order["seconds"]:
                        break
        samples.lost += order["seconds"] - len(heard)


if __name__ == "__main__":
    found = asyncio.run(main(json.loads(sys.stdin.read())))
    told = {"ack": found.ack, "delivery": found.delivery}
    sys.stdout.write(json.dumps({**told, "lost": found.lost, "doubled": found.doubled}))
