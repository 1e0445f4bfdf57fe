"""Speech that is being written down, in the order in which it came into a room.

A short answer is written down sooner than the long question before it. Without a line it would stand first.
"""

import asyncio
from contextlib import suppress
from weakref import WeakKeyDictionary

from interviews.hub import Room

# Seconds: nobody's words are held up for long by a provider that lets another's wait.
OTHERS_WAIT = 2.0


class Place:
    """One segment's place in the line of its room. `socket` is whose it is."""

    def __init__(self, socket: object, before: tuple["Place", ...], others_wait: float) -> None:
        self._socket, self._before, self._others_wait = socket, before, others_wait
        self._settled = asyncio.Event()

    async def its_turn(self) -> None:
        """Returns once what came before from the same socket is settled, and soon what came from others."""
        # From now: if each waited anew after its own predecessor, whoever says much would wait longer and longer.
        until = asyncio.get_running_loop().time() + self._others_wait
        for place in self._before:
            if place._socket is self._socket:
                await place._settled.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                for place in self._before:
                    await place._settled.wait()

    def settle(self) -> None:
        self._settled.set()
        self._before = ()  # or each would keep all that ever came before it


class SpeechLine:
    """Of one room in this process."""

    def __init__(self, others_wait: float = OTHERS_WAIT) -> None:
        self._others_wait = others_wait
        self._places: list[Place] = []

    def join(self, socket: object) -> Place:
        place = Place(socket, tuple(self._places), self._others_wait)
        self._places.append(place)
        return place

    def leave(self, place: Place) -> None:
        self._places.remove(place)
        place.settle()


_lines: WeakKeyDictionary[Room, SpeechLine] = WeakKeyDictionary()


def line_of(room: Room) -> SpeechLine:
    return _lines.setdefault(room, SpeechLine())
