"""Which of two ready jobs goes first, decided once.

Ageing is linear, so the order of two waiting jobs never changes: a static key, the instant a job fell
due plus a handicap for its priority, gives ageing without touching a waiting row again. A job of
the lowest priority is overtaken only by those that fall due within the handicap; then it is first.
"""

from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final


class Priority(IntEnum):
    """Lower goes first."""

    URGENT = -2
    HIGH = -1
    NORMAL = 0
    LOW = 1
    LOWEST = 2


HANDICAP: Final = timedelta(seconds=60)
OVERTAKEN_AT_MOST: Final = (Priority.LOWEST - Priority.URGENT) * HANDICAP

_MICROSECOND: Final = timedelta(microseconds=1)


def sort_key(*, due_at: datetime, priority: int) -> int:
    """The ageing key, in microseconds since 1970."""
    epoch = datetime(1970, 1, 1, tzinfo=due_at.tzinfo)
    return (due_at - epoch + priority * HANDICAP) // _MICROSECOND
