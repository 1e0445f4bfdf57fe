"""The load: rooms with one speaker and two listeners each, who say one segment a second.

Run in a process of its own, so that measuring does not slow what is measured. Prints its samples as JSON.
"""

import asyncio
import contextlib
import json
import sys
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

LISTENERS = 2
LAST_WORDS = 20.0  # seconds: then what did not come is lost


@dataclass
class Samples:
    """Milliseconds. `lost`: acknowledgements and deliveries that never came."""

    ack: list[float] = field(default_factory=list)
    delivery: list[float] = field(default_factory=list)
    sent: dict[str, float] = field(default_factory=dict)
    lost: int = 0


async def main(order: dict[str, Any]) -> Samples:
    samples = Samples()
    async with asyncio.TaskGroup() as group:
        for number, room in enumerate(order["rooms"]):
            port = order["ports"][number % len(order["ports"])]
            other = order["ports"][(number + 1) % len(order["ports"])]
            group.create_task(_speak(room, port, order, samples, number))
            for listener in range(LISTENERS):
                listens_at = other if listener else port
                group.create_task(_listen(room, listens_at, order, samples))
    said = len(samples.sent)
    samples.lost = (said - len(samples.ack)) + (LISTENERS * said - len(samples.delivery))
    return samples


async def _speak(
    room: dict[str, str], port: int, order: dict[str, Any], samples: Samples, number: int
) -> None:
    headers = {"Cookie": room["cookie"]}
    async with _socket(room["id"], port, headers, origin=True) as socket:
        await _hello(socket, "candidate")
        await asyncio.sleep(order["ready_in"] + number / len(order["rooms"]))
        sent: dict[int, float] = {}

        async def hear() -> None:
            async for text in socket:
                frame = json.loads(text)
                if frame["type"] == "ack":
                    samples.ack.append((time.perf_counter() - sent[frame["client_seq"]]) * 1000)
                    if frame["client_seq"] == order["seconds"]:
                        return
                elif frame["type"] == "event":
                    await socket.send(json.dumps({"type": "ack", "seq": frame["seq"]}))

        hearing = asyncio.create_task(hear())
        for client_seq in range(1, order["seconds"] + 1):
            text = f"{room['id']} {client_seq} " + "and so we measured it again. " * 6
            sent[client_seq] = samples.sent[text.strip()] = time.perf_counter()
            message = {
                "type": "segment.final",
                "client_seq": client_seq,
                "seg_id": uuid.uuid4().hex,
            }
            await socket.send(json.dumps({**message, "text": text}))
            await asyncio.sleep(1)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(hearing, LAST_WORDS)


async def _listen(room: dict[str, str], port: int, order: dict[str, Any], samples: Samples) -> None:
    headers = {"Authorization": f"Bearer {order['token']}"}
    async with _socket(room["id"], port, headers, origin=False) as socket:
        await _hello(socket, "member")
        heard = 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(order["ready_in"] + order["seconds"] + LAST_WORDS):
                async for text in socket:
                    frame = json.loads(text)
                    if frame["type"] != "event":
                        continue
                    if frame["kind"] == "segment.final":
                        sent = samples.sent[frame["text"].strip()]
                        samples.delivery.append((time.perf_counter() - sent) * 1000)
                        heard += 1
                    if heard == order["seconds"]:
                        return
                    await socket.send(json.dumps({"type": "ack", "seq": frame["seq"]}))


def _socket(room: str, port: int, headers: dict[str, str], *, origin: bool) -> connect:
    return connect(
        f"ws://127.0.0.1:{port}/ws/interviews/{room}/",
        origin=f"http://127.0.0.1:{port}" if origin else None,  # type: ignore[arg-type] # a NewType of str
        additional_headers=headers,
        subprotocols=["interview.v1"],  # type: ignore[list-item] # a NewType of str
        open_timeout=30,
        proxy=None,
    )


async def _hello(socket: ClientConnection, as_: str) -> None:
    hello = {"type": "hello", "as": as_, "client_id": str(uuid.uuid4()), "resume_from": 0}
    await socket.send(json.dumps(hello))
    while json.loads(await socket.recv())["type"] != "welcome":
        pass


if __name__ == "__main__":
    found = asyncio.run(main(json.loads(sys.stdin.read())))
    told = {"ack": found.ack, "delivery": found.delivery, "lost": found.lost}
    sys.stdout.write(json.dumps(told))
