"""Telling a worker that there is work. Only a hint: a lost one costs a second, a doubled one nothing.

Across processes a Celery message carries it; in one process, a bell that idle threads wait for.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol

from django.conf import settings
from django.db import transaction

if TYPE_CHECKING:  # loaded where a broker is configured, and only there
    from celery import Celery
    from redis import Redis

QUEUE: Final = "scheduler"
DRAIN: Final = "scheduler.drain"
_EXPIRES: Final = 30.0  # seconds; the tick has sent another long before
_SILENCE_AFTER_FAILURE: Final = 1.0  # a broker that is away must not hold up each caller

logger = logging.getLogger(__name__)


class Carrier(Protocol):
    """Brings a wake-up to one idle worker slot."""

    def nudge(self) -> bool:
        """False when it could not be sent."""


@dataclass
class Bell:
    """Wakes one idle thread of this process for each nudge; what nobody waits for is kept once."""

    _condition: threading.Condition = field(default_factory=threading.Condition)
    _rung: bool = False

    def nudge(self) -> bool:
        with self._condition:
            self._rung = True
            self._condition.notify()
        return True

    def wait(self, seconds: float) -> bool:
        with self._condition:
            if not self._rung:
                self._condition.wait(seconds)
            was_rung, self._rung = self._rung, False
            return was_rung

    def ring_for_all(self) -> None:
        with self._condition:
            self._rung = True
            self._condition.notify_all()


class CeleryMessage:
    """Sends `scheduler.drain`, unless one is still waiting in the queue: whoever takes that one will look
    at the table after now, and so sees what this nudge is about."""

    def __init__(self) -> None:
        self._silent_until = 0.0
        self._celery: Celery | None = None
        self._redis: Redis | None = None

    def nudge(self) -> bool:
        if time.monotonic() < self._silent_until:
            return False
        try:
            self._send_unless_waiting()
        except Exception as problem:  # whatever it is, the sender's own work goes on
            self._silent_until = time.monotonic() + _SILENCE_AFTER_FAILURE
            logger.warning("The broker cannot be reached.", extra={"kind": type(problem).__name__})
            return False
        return True

    def _send_unless_waiting(self) -> None:
        from celery import Celery
        from redis import Redis

        if self._celery is None or self._redis is None:
            url = str(settings.CELERY_BROKER_URL)
            self._celery = Celery("scheduler", broker=url, set_as_current=False)
            self._celery.conf.broker_transport_options = {
                "socket_timeout": 1.0,
                "socket_connect_timeout": 1.0,
            }
            self._redis = Redis.from_url(url, socket_timeout=1.0, socket_connect_timeout=1.0)
        if not self._redis.llen(QUEUE):
            self._celery.send_task(
                DRAIN, queue=QUEUE, expires=_EXPIRES, ignore_result=True, retry=False
            )


bell: Final = Bell()
_celery: Final = CeleryMessage()
_timer_listeners: Final[list[Callable[[int, datetime], None]]] = []


def carrier() -> Carrier:
    return _celery if settings.SCHEDULER_WAKEUP == "celery" else bell


def nudge() -> bool:
    """Wakes one slot now. It wakes the next itself when it finds more than it can take.

    False when the message could not be sent: the dispatcher's tick makes it good."""
    return carrier().nudge()


def nudge_on_commit() -> None:
    """Wakes one slot when the current transaction has committed; a failure to do so harms nobody."""
    transaction.on_commit(_nudge_now, robust=True)


def _nudge_now() -> None:
    nudge()


def announce(job_id: int, due_at: datetime) -> None:
    """Tells a dispatcher in this process, if there is one, of a timer it has not loaded yet."""
    for listener in _timer_listeners:
        listener(job_id, due_at)


def listen_for_timers(listener: Callable[[int, datetime], None]) -> Callable[[], None]:
    """Registers a dispatcher. Answers the function that takes it off again."""
    _timer_listeners.append(listener)
    return lambda: _timer_listeners.remove(listener)
