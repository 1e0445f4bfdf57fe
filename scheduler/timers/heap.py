"""A min-heap. A cancelled or moved timer leaves its entry behind, to be skipped when it surfaces."""

import heapq


class HeapTimers:
    """See the protocol in this package's face."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, int | str]] = []
        self._entry: dict[int | str, int] = {}  # key → the count of the entry that holds for it
        self._count = 0

    def add(self, key: int | str, due: float) -> None:
        self._count += 1  # also keeps keys of two types from being compared
        self._entry[key] = self._count
        heapq.heappush(self._heap, (due, self._count, key))
        if len(self._heap) > 2 * len(self._entry) + 64:
            self._sweep()

    def cancel(self, key: int | str) -> bool:
        return self._entry.pop(key, None) is not None

    def pop_due(self, now: float) -> list[int | str]:
        popped = []
        heap, entry = self._heap, self._entry
        while heap and heap[0][0] <= now:
            _, count, key = heapq.heappop(heap)
            if entry.get(key) == count:
                del entry[key]
                popped.append(key)
        return popped

    def next_wake(self) -> float | None:
        while self._heap:
            due, count, key = self._heap[0]
            if self._entry.get(key) == count:
                return due
            heapq.heappop(self._heap)
        return None

    def __len__(self) -> int:
        return len(self._entry)

    def _sweep(self) -> None:
        """Without it, a heap of timers that are mostly cancelled would only grow."""
        self._heap = [entry for entry in self._heap if self._entry.get(entry[2]) == entry[1]]
        heapq.heapify(self._heap)
