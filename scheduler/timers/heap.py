"""A min-heap. A cancelled or moved timer leaves its entry behind, to be skipped when it surfaces."""

import heapq


class HeapTimers:
    """See the protocol in this package's face."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, int | str]] = []
        self._due: dict[int | str, tuple[float, int]] = {}
        self._count = 0

    def add(self, key: int | str, due: float) -> None:
        self._count += 1  # also keeps keys of two types from being compared
        self._due[key] = (due, self._count)
        heapq.heappush(self._heap, (due, self._count, key))
        if len(self._heap) > 2 * len(self._due) + 64:
            self._sweep()

    def cancel(self, key: int | str) -> bool:
        return self._due.pop(key, None) is not None

    def pop_due(self, now: float) -> list[int | str]:
        popped = []
        while self._heap and self._heap[0][0] <= now:
            due, count, key = heapq.heappop(self._heap)
            if self._due.get(key) == (due, count):
                del self._due[key]
                popped.append(key)
        return popped

    def next_wake(self) -> float | None:
        while self._heap and self._due.get(self._heap[0][2]) != self._heap[0][:2]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def __len__(self) -> int:
        return len(self._due)

    def _sweep(self) -> None:
        """Without it, a heap of timers that are mostly cancelled would only grow."""
        self._heap = [(due, count, key) for key, (due, count) in self._due.items()]
        heapq.heapify(self._heap)
