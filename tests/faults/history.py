"""What many people said in many rooms while everything broke, and the checker of it (in the manner of Jepsen).

Each writer knows what it sent and what was acknowledged as which number; each client knows what it was shown, in which
order. From the two follows whether anything acknowledged was lost, doubled, or shown out of order.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from websockets.asyncio.client import ClientConnection

from tests.faults.room_client import Frame, RoomClient

MOST_OPEN = 25  # messages of a writer that are not acknowledged: a resend must stay within the server's burst
PAUSE = 1 / 15  # seconds between two messages: the server allows twenty a second


@dataclass
class Recorder(RoomClient):
    """A client that remembers little of much: the words by their number, and who was acknowledged what."""

    sent: list[str] = field(default_factory=list)
    acknowledged_as: dict[str, int] = field(default_factory=dict)

    async def write(self, name: str, count: int) -> None:
        """Says `count` different things, and returns when all are acknowledged."""
        for number in range(count):
            await self.until(lambda: len(self.outbox) < MOST_OPEN, seconds=300)
            self.sent.append(f"{name} {number}")
            await self.say(self.sent[-1])
            await asyncio.sleep(PAUSE)
        await self.until(lambda: not self.outbox, seconds=300)

    async def _hear(self, socket: ClientConnection, frame: Frame) -> None:
        await super()._hear(socket, frame)
        self.frames.clear()
        if frame["type"] == "event" and self.events and self.events[-1] is frame:
            self.events[-1] = {"seq": frame["seq"], "text": frame.get("text", "")}
        elif frame["type"] == "ack":
            del self.acknowledged[frame["client_seq"]]
            self.acknowledged_as.setdefault(self.sent[frame["client_seq"] - 1], frame["seq"])

    def shown(self) -> list[str]:
        return [event["text"] for event in self.events]


@dataclass(frozen=True, slots=True)
class Room:
    """Everybody in one room, whether they wrote or only listened."""

    writers: list[Recorder]
    listeners: list[Recorder]

    @property
    def everybody(self) -> list[Recorder]:
        return [*self.writers, *self.listeners]

    def expected(self) -> list[str]:
        return [text for writer in self.writers for text in writer.sent]


def faults_of(room: Room) -> list[str]:
    """What is wrong with a room's history: empty is right."""
    first = room.everybody[0].shown()
    found = []
    times = Counter(first)
    found += [f"lost: {text}" for text in room.expected() if times[text] == 0]
    found += [f"doubled: {text}" for text, count in times.items() if count > 1]
    for client in room.everybody:
        if [event["seq"] for event in client.events] != list(range(1, len(client.events) + 1)):
            found.append("somebody was shown a gap, or numbers out of order")
        if client.shown() != first:
            found.append("two people were shown different histories")
    for writer in room.writers:
        places = [place for place, text in enumerate(first) if text in writer.acknowledged_as]
        own = [first[place] for place in places]
        if own != writer.sent:
            found.append("the order of one writer's words changed")
        found += [
            f"acknowledged as {seq}, which is something else: {text}"
            for text, seq in writer.acknowledged_as.items()
            if seq > len(first) or first[seq - 1] != text
        ]
    return found
