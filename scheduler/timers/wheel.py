"""A hierarchical timing wheel: four wheels, each 64 times coarser than the one below.

A timer lies in the finest wheel that reaches it, and falls into a finer one when its bucket comes up. Buckets
that hold something are kept in a heap, so that a sparse day costs nothing: no empty tick is visited.
"""

import heapq
from operator import itemgetter
from typing import Final, TypeAlias

_TICK: Final = 0.01  # seconds
_HAIR: Final = 1e-4  # of a tick
_BITS: Final = 6  # 64 buckets to a turn
_COARSEST: Final = 3
_FEW: Final = (
    8  # so few timers go from any wheel to the finest: each fall would cost a look of its own
)

_Bucket: TypeAlias = dict[int | str, float]


class WheelTimers:
    """See the protocol in this package's face."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[int, int], _Bucket] = {}  # by level and number
        self._bucket_of: dict[int | str, _Bucket] = {}
        self._turns: list[tuple[int, int, int]] = []  # (first tick, level, number), non-empty only
        self._tick = 0

    def add(self, key: int | str, due: float) -> None:
        self.cancel(key)
        tick = max(self._tick, int(due / _TICK))
        coarse = ((tick - self._tick).bit_length() - 1) // _BITS  # -1 for the tick that runs
        self._put(key, due, tick, min(max(coarse, 0), _COARSEST))

    def cancel(self, key: int | str) -> bool:
        bucket = self._bucket_of.pop(key, None)
        if bucket is None:
            return False
        del bucket[key]
        return True

    def pop_due(self, now: float) -> list[int | str]:
        # A float of seconds may stand a hair below the tick it names; without this, who wakes at a bucket's first
        # tick would find it not begun, for ever.
        self._tick = max(self._tick, int(now / _TICK + _HAIR))
        popped: list[tuple[int | str, float]] = []
        later: list[tuple[int | str, float]] = []
        while self._turns and self._turns[0][0] <= self._tick:
            _, level, number = heapq.heappop(self._turns)
            bucket = self._buckets.pop((level, number))
            if level:
                self._let_fall(bucket)
                continue
            for timer in bucket.items():
                (popped if timer[1] <= now else later).append(timer)
        for key, due in later:  # within the tick that is not over yet
            self._put(key, due, self._tick, 0)
        for key, _ in popped:
            del self._bucket_of[key]
        popped.sort(key=itemgetter(1))
        return [key for key, _ in popped]

    def next_wake(self) -> float | None:
        while self._turns:
            first, level, number = self._turns[0]
            bucket = self._buckets[level, number]
            if bucket:
                return first * _TICK if level else min(bucket.values())
            del self._buckets[level, number]
            heapq.heappop(self._turns)
        return None

    def __len__(self) -> int:
        return len(self._bucket_of)

    def _put(self, key: int | str, due: float, tick: int, level: int) -> None:
        number = tick >> (_BITS * level)
        bucket = self._buckets.get((level, number))
        if bucket is None:
            bucket = self._buckets[level, number] = {}
            heapq.heappush(self._turns, (number << (_BITS * level), level, number))
        bucket[key] = due
        self._bucket_of[key] = bucket

    def _let_fall(self, bucket: _Bucket) -> None:
        if len(bucket) > _FEW:
            for key, due in bucket.items():
                del self._bucket_of[key]
                self.add(key, due)
            return
        for key, due in bucket.items():
            self._put(key, due, max(self._tick, int(due / _TICK)), 0)
