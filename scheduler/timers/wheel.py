"""A hierarchical timing wheel: four wheels, each 64 times coarser than the one below.

A timer lies in the finest wheel that reaches it, and falls into a finer one when its bucket comes up. Buckets
that hold something are kept in a heap, so that a sparse day costs nothing: no empty tick is visited.
"""

import heapq
from typing import Final

_TICK: Final = 0.01  # seconds
_HAIR: Final = 1e-4  # of a tick
_BITS: Final = 6  # 64 buckets to a turn
_COARSEST: Final = 3

_Bucket = tuple[int, int]  # level, number


class WheelTimers:
    """See the protocol in this package's face."""

    def __init__(self) -> None:
        self._buckets: dict[_Bucket, dict[int | str, float]] = {}
        self._place: dict[int | str, _Bucket] = {}
        self._turns: list[tuple[int, int, int]] = []  # (first tick, level, number), non-empty only
        self._tick = 0

    def add(self, key: int | str, due: float) -> None:
        self.cancel(key)
        self._put(key, due)

    def cancel(self, key: int | str) -> bool:
        place = self._place.pop(key, None)
        if place is None:
            return False
        del self._buckets[place][key]
        return True

    def pop_due(self, now: float) -> list[int | str]:
        # A float of seconds may stand a hair below the tick it names; without this, who wakes at a bucket's first
        # tick would find it not begun, for ever.
        self._tick = max(self._tick, int(now / _TICK + _HAIR))
        popped: list[tuple[float, int | str]] = []
        later: list[tuple[_Bucket, dict[int | str, float]]] = []
        while self._turns and self._turns[0][0] <= self._tick:
            _, level, number = heapq.heappop(self._turns)
            bucket = self._buckets.pop((level, number), {})
            if level:
                self._cascade(bucket)
                continue
            popped += [(due, key) for key, due in bucket.items() if due <= now]
            later.append(((0, number), {key: due for key, due in bucket.items() if due > now}))
        for place, bucket in later:
            self._put_back(place, bucket)
        for _, key in popped:
            del self._place[key]
        return [key for _, key in sorted(popped, key=lambda pair: pair[0])]

    def next_wake(self) -> float | None:
        while self._turns:
            first, level, number = self._turns[0]
            bucket = self._buckets.get((level, number))
            if bucket:
                return min(bucket.values()) if level == 0 else first * _TICK
            self._buckets.pop((level, number), None)
            heapq.heappop(self._turns)
        return None

    def __len__(self) -> int:
        return len(self._place)

    def _put(self, key: int | str, due: float) -> None:
        tick = max(self._tick, int(due / _TICK))
        ahead, level = tick - self._tick, 0
        while ahead >> _BITS and level < _COARSEST:
            ahead >>= _BITS
            level += 1
        place = (level, tick >> (_BITS * level))
        if place not in self._buckets:
            self._buckets[place] = {}
            heapq.heappush(self._turns, (place[1] << (_BITS * level), *place))
        self._buckets[place][key] = due
        self._place[key] = place

    def _put_back(self, place: _Bucket, bucket: dict[int | str, float]) -> None:
        """Due within the tick that is not over yet."""
        if not bucket:
            return
        if place not in self._buckets:
            self._buckets[place] = {}
            heapq.heappush(self._turns, (place[1], *place))
        self._buckets[place].update(bucket)

    def _cascade(self, bucket: dict[int | str, float]) -> None:
        for key, due in bucket.items():
            self._put(key, due)
