"""The hard cases: fifty people in one room who all speak at once, listeners that never read, and floods of garbage.

Run in a process of its own. Prints its figures as JSON.
"""

import asyncio
import contextlib
import json
import sys
import time
from typing import Any

from websockets.exceptions import ConnectionClosed

from benchmarks.room_load.wire import Frame, Wire, enter, segment

LAST_WORDS = 40.0
AFTER_THE_STALL = 10.0
Order = dict[str, Any]  # as JSON brings it


async def burst(order: Order) -> dict[str, float]:
    """`viewers` sockets say `each` segments at once; every one of them hears all. Deliveries a second, and lost ones."""
    room, viewers, each = order["rooms"][0]["id"], order["viewers"], order["each"]
    expected = viewers * each
    heard: list[set[str]] = [set() for _ in range(viewers)]
    all_in, ready = asyncio.Event(), 0
    ended: list[float] = []

    async def view(number: int) -> None:
        nonlocal ready
        port = order["ports"][number % len(order["ports"])]
        is_socket_io = order.get("is_socket_io", False)
        async with enter(room, port, token=order["token"], is_socket_io=is_socket_io) as wire:
            ready += 1
            if ready == viewers:
                all_in.set()
            await all_in.wait()
            for count in range(each):
                await wire.send(segment(count + 1, f"{number} {count} said at once"))
            with contextlib.suppress(TimeoutError, ConnectionClosed):
                async with asyncio.timeout(LAST_WORDS):
                    await _hear(wire, heard[number], expected)
            ended.append(time.perf_counter())

    async with asyncio.TaskGroup() as group:
        for number in range(viewers):
            group.create_task(view(number))
        await all_in.wait()
        began = time.perf_counter()
    delivered = sum(len(texts) for texts in heard)
    return {
        "per_second": delivered / (max(ended) - began),
        "lost": viewers * expected - delivered,
    }


async def stalled(order: Order) -> dict[str, float]:
    """One speaks, two listen, `stalled` never read. The listeners' p95, and what the stalled ones hear when they come back."""
    room, count = order["rooms"][0], order["segments"]
    port = order["ports"][0]
    sent: dict[str, float] = {}
    waits: list[float] = []
    is_socket_io = order.get("is_socket_io", False)

    async def speak() -> None:
        async with enter(room["id"], port, cookie=room["cookie"], is_socket_io=is_socket_io) as me:
            await asyncio.sleep(3)
            for number in range(count):
                text = f"{number} " + "words " * 1200
                sent[text.strip()] = time.perf_counter()
                await me.send(segment(number + 1, text))
                await asyncio.sleep(0.1)
            await asyncio.sleep(2)

    async def listen() -> None:
        heard: set[str] = set()
        async with enter(room["id"], port, token=order["token"], is_socket_io=is_socket_io) as wire:
            async with asyncio.timeout(count * 0.1 + LAST_WORDS):
                async for frame in wire.frames():
                    if frame["type"] == "event" and frame["kind"] == "segment.final":
                        text = frame["text"].strip()
                        waits.append((time.perf_counter() - sent[text]) * 1000)
                        heard.add(text)
                        await wire.send({"type": "ack", "seq": frame["seq"]})
                    if len(heard) == count:
                        return

    async def stall() -> bool:
        """A socket whose program hangs: nothing is read until all was said. Answers whether the server let it go.

        With which code, it cannot read: a second after the close frame (autobahn's closeHandshakeTimeout) the
        server drops the line, and with it the frames that still lie unread.
        """
        async with enter(room["id"], port, token=order["token"], is_socket_io=is_socket_io) as wire:
            wire.socket.transport.pause_reading()
            await asyncio.sleep(3 + count * 0.1 + 20)
            wire.socket.transport.resume_reading()
            # A server that let nobody go does not close now either: it is not waited for.
            with contextlib.suppress(ConnectionClosed, TimeoutError):
                async with asyncio.timeout(AFTER_THE_STALL):
                    async for _ in wire.frames():
                        pass
            return wire.socket.close_code is not None

    async with asyncio.TaskGroup() as group:
        group.create_task(speak())
        for _ in range(2):
            group.create_task(listen())
        hung = [group.create_task(stall()) for _ in range(order["stalled"])]
    waits.sort()
    return {
        "p95": waits[int(len(waits) * 0.95)],
        "lost": 2 * count - len(waits),
        "let_go": sum(task.result() for task in hung),
    }


async def hostile(order: Order) -> dict[str, float]:
    """All rooms but the first talk, at first in peace, then while sockets in the first do what none should."""
    attacked, *others = order["rooms"]
    port = order["ports"][0]
    waits: dict[str, list[float]] = {"in_peace": [], "attacked": []}

    async def talk(room: dict[str, str], number: int) -> None:
        async with enter(room["id"], port, cookie=room["cookie"]) as wire:
            client_seq = 0
            for phase, begins in (("in_peace", 2.0), ("attacked", 3.0)):
                await asyncio.sleep(begins + number / len(others))
                for _ in range(order["seconds"]):
                    client_seq += 1
                    began = time.perf_counter()
                    await wire.send(segment(client_seq, f"{client_seq} said among the noise"))
                    await _acknowledged(wire, client_seq)
                    waits[phase].append((time.perf_counter() - began) * 1000)
                    await asyncio.sleep(1)

    async def attack(frame: str | bytes) -> None:
        while True:
            with contextlib.suppress(ConnectionClosed, OSError):
                async with enter(attacked["id"], port, token=order["token"]) as wire:
                    for _ in range(1_000):
                        await wire.socket.send(frame)
                    await wire.socket.wait_closed()

    deep = '{"type":"ack","seq":' + "[" * 20_000 + "]" * 20_000 + "}"
    frames = (deep, "garbage", json.dumps({"type": "ping", "t": 1}), b"\x00" * 60_000)
    async with asyncio.TaskGroup() as group:
        talks = [group.create_task(talk(room, number)) for number, room in enumerate(others)]
        await asyncio.sleep(2.0 + 1 + order["seconds"])
        attacks = [group.create_task(attack(frame)) for frame in frames]
        await asyncio.gather(*talks)
        for attacking in attacks:
            attacking.cancel()
    return {phase: sorted(each)[int(len(each) * 0.95)] for phase, each in waits.items()}


async def _acknowledged(wire: Wire, client_seq: int) -> None:
    async for frame in wire.frames():
        if frame["type"] == "event":
            await wire.send({"type": "ack", "seq": frame["seq"]})
        elif frame["type"] == "ack" and frame["client_seq"] == client_seq:
            return


async def _hear(wire: Wire, heard: set[str], expected: int) -> None:
    latest: Frame = {}
    async for frame in wire.frames():
        if frame["type"] != "event" or frame["kind"] != "segment.final":
            continue
        heard.add(frame["text"])
        latest = frame
        if len(heard) % 32 == 0:
            await wire.send({"type": "ack", "seq": latest["seq"]})
        if len(heard) == expected:
            return


if __name__ == "__main__":
    order = json.loads(sys.stdin.read())
    case = {"burst": burst, "stalled": stalled, "hostile": hostile}[order["case"]]
    sys.stdout.write(json.dumps(asyncio.run(case(order))))
