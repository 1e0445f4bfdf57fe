"""One clock for all processes: the database's.

A machine whose own clock is an hour off would otherwise rescue jobs that live, or run what is not due. The
offset is measured at each heartbeat against the monotonic clock, so that a step of the system clock
in between does no harm either. Until somebody has synchronised, the machine's own clock is used.
"""

import time
from datetime import UTC, datetime, timedelta

from django.db import connection

_epoch_minus_monotonic: float | None = None


def now() -> datetime:
    if _epoch_minus_monotonic is None:
        return datetime.now(UTC)
    return datetime.fromtimestamp(_epoch_minus_monotonic + time.monotonic(), UTC)


def synchronise() -> None:
    """Asks the database for its time. SQLite has none but the machine's."""
    global _epoch_minus_monotonic
    if connection.vendor != "postgresql":
        return
    before = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("select extract(epoch from clock_timestamp())::float8")
        (epoch,) = cursor.fetchone()
    _epoch_minus_monotonic = epoch - (before + time.monotonic()) / 2


def after(seconds: float) -> datetime:
    return now() + timedelta(seconds=seconds)
