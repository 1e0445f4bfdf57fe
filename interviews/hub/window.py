"""How much a client may have unacknowledged. It bounds memory: the server's own send never waits."""

from collections import deque

MOST_EVENTS = 256
MOST_BYTES = 256 * 1024
MOST_DROPPABLE_BYTES = 64 * 1024  # since the client was last heard


class Window:
    """The sent and not yet acknowledged events of one socket, by number and by size."""

    def __init__(self) -> None:
        self._sent: deque[tuple[int, int]] = deque()
        self._bytes = 0
        self._droppable = 0

    @property
    def is_full(self) -> bool:
        return len(self._sent) >= MOST_EVENTS or self._bytes >= MOST_BYTES

    def sent(self, seq: int, frame: str) -> None:
        size = len(frame.encode())
        self._sent.append((seq, size))
        self._bytes += size

    def acknowledge(self, seq: int) -> bool:
        """Whether that made room."""
        before = len(self._sent)
        while self._sent and self._sent[0][0] <= seq:
            self._bytes -= self._sent.popleft()[1]
        return len(self._sent) < before

    def heard(self) -> None:
        """The client is reading: what may be dropped is sent again."""
        self._droppable = 0

    def takes_droppable(self, frame: str) -> bool:
        """Whether a droppable frame may still be sent."""
        if self.is_full or self._droppable > MOST_DROPPABLE_BYTES:
            return False
        self._droppable += len(frame)
        return True
