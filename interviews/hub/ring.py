"""The latest frames of one audience of one room, so that most pulls need no database."""

from collections import deque
from collections.abc import Sequence
from itertools import islice

# As much as a client may leave unacknowledged: who is further behind asks the database. More would be memory that
# a hundred rooms fill for a quarter of an hour.
MOST_FRAMES = 256
MOST_CHARACTERS = 256 * 1024


class Ring:
    """Frames in an unbroken order, the last one numbered `last`."""

    def __init__(self, last: int) -> None:
        self.last = last
        self._frames: deque[str] = deque()
        self._characters = 0

    def append(self, seq: int, frame: str) -> None:
        """Adds the next frame; one that is here already is passed over."""
        if seq <= self.last:
            return
        if seq != self.last + 1:
            self._frames.clear()  # a gap: whoever needs what is before asks the database
            self._characters = 0
        self._frames.append(frame)
        self._characters += len(frame)
        self.last = seq
        while len(self._frames) > MOST_FRAMES or self._characters > MOST_CHARACTERS:
            self._characters -= len(self._frames.popleft())

    def after(self, seq: int, most: int) -> Sequence[tuple[int, str]] | None:
        """What follows `seq`; None where that reaches back before the ring."""
        first = self.last - len(self._frames) + 1
        if seq + 1 < first:
            return None
        skipped = seq + 1 - first
        frames = islice(self._frames, skipped, skipped + most)
        return list(zip(range(seq + 1, self.last + 1), frames, strict=False))
