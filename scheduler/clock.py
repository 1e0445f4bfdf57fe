"""One clock for all processes: the database's.

A machine whose own clock is an hour off would otherwise rescue jobs that live, run what is not due, or put what
it asks for an hour behind all others. The offset is measured against the monotonic clock, so that a step of the
system clock in between does no harm either: at each heartbeat, and by who asks for work, which may be a process
without one. Until somebody has synchronised, the machine's own clock is used.
"""

import math
import time
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import connection

_GOOD_FOR: Final = 30.0

_epoch_minus_monotonic: float | None = None
_measured_at = -math.inf


def now() -> datetime:
    if _epoch_minus_monotonic is None:
        return datetime.now(UTC)
    return datetime.fromtimestamp(_epoch_minus_monotonic + time.monotonic(), UTC)


def synchronise() -> None:
    """Asks the database for its time. SQLite has none but the machine's."""
    global _epoch_minus_monotonic, _measured_at
    if connection.vendor != "postgresql":
        return
    before = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("select extract(epoch from clock_timestamp())::float8")
        (epoch,) = cursor.fetchone()
    after = time.monotonic()
    _epoch_minus_monotonic = epoch - (before + after) / 2
    _measured_at = after  # last: another thread believes an offset that was measured just now


def synchronised_now() -> datetime:
    """now(), by an offset of the last half minute."""
    if time.monotonic() - _measured_at > _GOOD_FOR:
        synchronise()
    return now()


def after(seconds: float) -> datetime:
    return now() + timedelta(seconds=seconds)
