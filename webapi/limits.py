"""How often somebody may do something: links, sign-in, the API."""

import hashlib
import time
from collections import Counter
from datetime import datetime, timedelta
from threading import Lock

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja.throttling import BaseThrottle

from webapi.callers import Caller
from webapi.models import RateWindow

KEPT = timedelta(days=1)


class CallerThrottle(BaseThrottle):
    """Each caller's requests in each process, counted in memory: reading must not write a row."""

    def __init__(self, *, most: int, seconds: int = 60) -> None:
        self._most = most
        self._seconds = seconds
        self._window = 0
        self._counts: Counter[str] = Counter()
        self._lock = Lock()

    def allow_request(self, request: HttpRequest) -> bool:
        caller = getattr(request, "auth", None)
        key = caller.key if isinstance(caller, Caller) else request.META.get("REMOTE_ADDR", "")
        with self._lock:
            window = int(time.monotonic()) // self._seconds
            if window != self._window:
                self._window = window
                self._counts.clear()
            self._counts[key] += 1
            return self._counts[key] <= self._most

    def wait(self) -> float | None:
        return self._seconds - time.monotonic() % self._seconds


def spend(*, key: str, most: int, seconds: int) -> int | None:
    """Counts one more `key` in the present stretch of `seconds`.

    Returns None while there are no more than `most`, else the seconds until it may be tried again.
    The key is kept as a digest: it may hold an address or a link's token.
    """
    now = timezone.now()
    epoch = int(now.timestamp())
    started_at = now.replace(microsecond=0) - timedelta(seconds=epoch % seconds)
    digest = hashlib.sha256(f"{key}|{seconds}".encode(errors="replace")).hexdigest()
    count = _count(digest, connection.ops.adapt_datetimefield_value(started_at))
    if count == 1:
        RateWindow.objects.filter(started_at__lt=now - KEPT).delete()
    return None if count <= most else seconds - epoch % seconds


def _count(digest: str, started_at: str | datetime | None) -> int:
    # One statement, because read-then-write would let a burst through. Own transaction: what is
    # refused and rolled back counts as well.
    table = connection.ops.quote_name(RateWindow._meta.db_table)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (key, started_at, count) VALUES (%s, %s, 1) "  # noqa: S608 - our own name
            f"ON CONFLICT (key, started_at) DO UPDATE SET count = {table}.count + 1 "
            "RETURNING count",
            [digest, started_at],
        )
        (count,) = cursor.fetchone()
    return int(count)
