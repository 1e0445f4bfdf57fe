"""The long load: in each room one speaks, one listens, one comes and goes, and now and then somebody's network breaks.

Run in a process of its own. Prints what it did, and every fault of the rooms' histories, as JSON.
"""

import asyncio
import contextlib
import json
import random
import sys
from collections import Counter
from typing import Any

from tests.faults.history import Recorder, Room, faults_of

STAYS = (5.0, 25.0)  # seconds that who comes and goes is there, and then is not
CUT_EVERY = (30.0, 90.0)  # seconds between two breaks in one room
LAST_WORDS = 60.0
Order = dict[str, Any]  # rooms, token, ports, seconds, pause: as JSON brings it


async def main(order: Order) -> dict[str, object]:
    chance = random.Random(11)
    done: Counter[str] = Counter()
    rooms = [_enter(room, order, chance) for room in order["rooms"]]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(order["seconds"]), asyncio.TaskGroup() as group:
            for number, room in enumerate(rooms):
                group.create_task(_talk(room.writers[0], order["pause"], number, chance, done))
                group.create_task(_come_and_go(room.listeners[1], chance, done))
                group.create_task(_cut(room.everybody, chance, done))
    lost = [await _words_that_are_missing(room) for room in rooms]
    faults = [fault for room in rooms for fault in faults_of(room)]
    await asyncio.gather(*(client.stop() for room in rooms for client in room.everybody))
    return {
        "done": dict(done),
        "lost": sum(lost),
        "faults": len(faults),
        "first_faults": faults[:5],
    }


def _enter(room: dict[str, str], order: Order, chance: random.Random) -> Room:
    def client(**key: str) -> Recorder:
        recorder = Recorder(room["id"], chance.sample(order["ports"], len(order["ports"])), **key)  # type: ignore[arg-type] # cookie or token
        recorder.start()
        return recorder

    token = order["token"]
    return Room([client(cookie=room["cookie"])], [client(token=token), client(token=token)])


async def _talk(
    speaker: Recorder, pause: float, number: int, chance: random.Random, done: Counter[str]
) -> None:
    while True:
        await asyncio.sleep(pause * chance.uniform(0.5, 1.5))
        done["segments"] += 1
        speaker.sent.append(f"{number} {len(speaker.sent)}" + " and so we talked on" * 10)
        await speaker.say(speaker.sent[-1])


async def _come_and_go(visitor: Recorder, chance: random.Random, done: Counter[str]) -> None:
    while True:
        await asyncio.sleep(chance.uniform(*STAYS))
        await visitor.stop()
        await asyncio.sleep(chance.uniform(*STAYS))
        visitor.start()
        done["joins"] += 1


async def _cut(everybody: list[Recorder], chance: random.Random, done: Counter[str]) -> None:
    while True:
        await asyncio.sleep(chance.uniform(*CUT_EVERY))
        await chance.choice(everybody).cut()
        done["cuts"] += 1


async def _words_that_are_missing(room: Room) -> int:
    """How many deliveries did not come, to anybody, after some patience."""
    expected = len(room.expected())
    visitor = room.listeners[1]
    await visitor.stop()
    visitor.start()
    for client in room.everybody:
        with contextlib.suppress(TimeoutError):
            await client.until(lambda c=client: len(c.events) >= expected, seconds=LAST_WORDS)  # type: ignore[misc] # bound now
    return sum(expected - len(client.events) for client in room.everybody)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(main(json.loads(sys.stdin.read())))))
