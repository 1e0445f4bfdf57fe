"""The dispatcher: makes jobs ready when their time has come, and keeps house. One leads, others stand by.

It holds the timers of the next minute, and its own duties among them. The database stays the truth: all a timer
does is look there at the right moment, so that a dispatcher that dies, or two that lead, harm nobody.
"""

import logging
import os
import socket
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError, InterfaceError, close_old_connections

from scheduler import clock, dead_letters, housekeeping, leader, recurring
from scheduler.counters import fold
from scheduler.databases import database
from scheduler.models import Job, RecurringJob
from scheduler.states import JobState
from scheduler.timers import Timers, make_timers
from scheduler.wakeup import listen_for_timers, nudge

_LONGEST_SLEEP: Final = 1.0
_HORIZON: Final = timedelta(seconds=60)
_IMMINENT: Final = timedelta(seconds=2)
_MUTE_AFTER: Final = timedelta(seconds=2)
_AT_ONCE: Final = 1_000
_HELD_AT_MOST: Final = 50_000

logger = logging.getLogger(__name__)


@dataclass
class Dispatcher:
    """Run it on a thread with start(), or on this thread with run()."""

    timers: Timers = field(default_factory=make_timers)
    holder: str = field(
        default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    )
    when_mute: Callable[[], None] | None = None  # runs jobs here when no message gets through
    is_leading: bool = False
    _stopping: bool = False
    _renewed_at: float = float("-inf")
    _awake: threading.Condition = field(default_factory=threading.Condition)
    _announced: deque[tuple[int, float]] = field(default_factory=deque)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self.run, name="scheduler-dispatcher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        with self._awake:
            self._stopping = True
            self._awake.notify()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def run(self) -> None:
        """Until stop() is called."""
        stop_listening = listen_for_timers(self._hear)
        try:
            while not self._stopping:
                self._sleep(self._turn_safely())
            if self.is_leading:
                leader.step_down(holder=self.holder, now=clock.now())
        except (DatabaseError, InterfaceError):
            logger.warning("The lease was not given back; it runs out by itself.")
        finally:
            stop_listening()
            close_old_connections()

    def turn(self, now: datetime) -> float:
        """Does what is due. Answers for how many seconds there is nothing to do."""
        if not self._leads(now):
            return leader.RENEW_EVERY / 2
        while self._announced:
            self.timers.add(*self._announced.popleft())
        fired = self.timers.pop_due(now.timestamp())
        if any(isinstance(key, int) for key in fired):
            self.release(now)
        for key in fired:
            if isinstance(key, str):
                self._do(key, now)
        wake = self.timers.next_wake()
        return _LONGEST_SLEEP if wake is None else wake - clock.now().timestamp()

    def release(self, now: datetime) -> None:
        """Makes ready what is due, and wakes a slot for it."""
        released = database().release_due(now=now, limit=_AT_ONCE)
        if released:
            nudge()
        if released == _AT_ONCE:
            self.timers.add("imminent", now.timestamp())

    def _leads(self, now: datetime) -> bool:
        if time.monotonic() - self._renewed_at < leader.RENEW_EVERY:
            return self.is_leading
        clock.synchronise()
        now = clock.now()
        led_before, self.is_leading = self.is_leading, leader.lead(holder=self.holder, now=now)
        self._renewed_at = time.monotonic()
        if self.is_leading and not led_before:
            logger.info("This dispatcher leads.")
            self.timers = make_timers()
            recurring.set_declared()
            for duty in _DUTIES:
                self.timers.add(duty, now.timestamp())
        return self.is_leading

    def _do(self, duty: str, now: datetime) -> None:
        every, act = _DUTIES[duty]
        self.timers.add(duty, now.timestamp() + every)
        act(self, now)

    def _turn_safely(self) -> float:
        try:
            return self.turn(clock.now())
        except (DatabaseError, InterfaceError):
            logger.warning("The database cannot be reached; the dispatcher waits for it.")
        except Exception:
            logger.exception("A duty of the dispatcher failed.")
        finally:
            close_old_connections()
        self._renewed_at = float("-inf")
        return _LONGEST_SLEEP

    def _sleep(self, seconds: float) -> None:
        with self._awake:
            if not self._stopping and not self._announced:
                self._awake.wait(min(max(0.0, seconds), _LONGEST_SLEEP))

    def _hear(self, job_id: int, due_at: datetime) -> None:
        if not self.is_leading:
            return  # the one that leads reads it from the table in time
        with self._awake:
            self._announced.append((job_id, due_at.timestamp()))
            self._awake.notify()


def _load(dispatcher: Dispatcher, now: datetime, *, ahead: timedelta = _HORIZON) -> None:
    waiting = Job.objects.filter(state=JobState.WAITING, unmet=0, due_at__lte=now + ahead)
    for job_id, due_at in waiting.order_by("due_at").values_list("pk", "due_at")[:_HELD_AT_MOST]:
        dispatcher.timers.add(job_id, due_at.timestamp())
    if ahead == _HORIZON:
        times = RecurringJob.objects.filter(is_paused=False, next_at__lte=now + ahead)
        for next_at in times.values_list("next_at", flat=True):
            dispatcher.timers.add("recurring", next_at.timestamp())


def _look_ahead(dispatcher: Dispatcher, now: datetime) -> None:
    """What was put to wait by other processes since the last load, and is due soon."""
    dispatcher.release(now)
    _load(dispatcher, now, ahead=_IMMINENT)


def _renudge(dispatcher: Dispatcher, now: datetime) -> None:
    """A nudge can die with Redis; what is ready and not taken gets another every second. If
    that does not help (the broker is away, or its consumers sleep), the worker we live in looks itself."""
    first = Job.objects.filter(state=JobState.READY).order_by("sort_key", "pk").first()
    if first is None:
        return
    nudge()
    if dispatcher.when_mute is not None and now - first.due_at > _MUTE_AFTER:
        dispatcher.when_mute()


def _enqueue_recurring(_: Dispatcher, now: datetime) -> None:
    recurring.enqueue_due(now=now)


def _rescue(_: Dispatcher, now: datetime) -> None:
    housekeeping.rescue(now=now)


def _fold(_: Dispatcher, now: datetime) -> None:
    fold(now=now)


def _find_starving(_: Dispatcher, now: datetime) -> None:
    housekeeping.starving(now=now)


def _prune(_: Dispatcher, now: datetime) -> None:
    housekeeping.prune(now=now)


def _tell_operators(_: Dispatcher, now: datetime) -> None:
    dead_letters.tell_operators(now=now)


# Name → seconds between two turns, and what to do.
_DUTIES: Final[dict[str, tuple[float, Callable[[Dispatcher, datetime], None]]]] = {
    "load": (20.0, _load),
    "imminent": (1.0, _look_ahead),
    "nudge": (1.0, _renudge),
    "recurring": (5.0, _enqueue_recurring),
    "rescue": (2.0, _rescue),
    "fold": (1.0, _fold),
    "starving": (15.0, _find_starving),
    "prune": (30.0, _prune),
    "operators": (60.0, _tell_operators),
}
