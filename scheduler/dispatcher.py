"""The dispatcher: makes jobs ready when their time has come, and keeps house. One leads, others stand by.

It holds the timers of the next minute, by the wall's clock, and its own duties, by one that is never set. The database stays the truth: all a timer
does is look there at the right moment, so that a dispatcher that dies, or two that lead, harm nobody.
"""

import logging
import math
import os
import socket
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import DatabaseError, InterfaceError, close_old_connections

from scheduler import clock, dead_letters, housekeeping, leader, recurring
from scheduler.counters import fold
from scheduler.databases import database
from scheduler.leases import HEARTBEAT_EVERY, RENEW_EVERY, TERM
from scheduler.models import Job, RecurringJob
from scheduler.states import JobState
from scheduler.timers import Timers, make_timers
from scheduler.wakeup import listen_for_timers, nudge

_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_LONGEST_SLEEP: Final = 1.0
_HORIZON: Final = timedelta(seconds=60)
_IMMINENT: Final = timedelta(seconds=2)
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
    is_leading: bool = False
    _stopping: bool = False
    _renewed_at: float = -math.inf
    _duties: dict[str, float] = field(default_factory=dict)  # when each is due, monotonic
    _reached_at: datetime = _NEVER  # the database, the last time
    _reaching_since: float = math.inf  # without a gap, monotonic
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
            self._announced.clear()  # the one that leads reads them from the table in time
            return RENEW_EVERY / 2
        while self._announced:
            self.timers.add(*self._announced.popleft())
        fired = self.timers.pop_due(now.timestamp())
        if fired:
            self.release(now)
        for duty in [name for name, due in self._duties.items() if due <= time.monotonic()]:
            self._do(duty, now)
        wake = self.timers.next_wake()
        until_duty = min(self._duties.values()) - time.monotonic()
        return until_duty if wake is None else min(until_duty, wake - clock.now().timestamp())

    def expect(self, duty: str, *, within: float) -> None:
        """Does the duty after so many seconds, if it is not due sooner anyway."""
        due = time.monotonic() + within
        self._duties[duty] = min(due, self._duties.get(duty, math.inf))

    def may_rescue(self, now: datetime) -> bool:
        """While the database was away, or all machines slept, nobody could renew a lease, and who lives gets the
        time to: two heartbeats. Nor could they foresee that the clock would be set ahead."""
        seconds = time.monotonic() - self._reaching_since
        return seconds >= 2 * HEARTBEAT_EVERY and now - self._reached_at <= TERM

    def release(self, now: datetime) -> None:
        """Makes ready what is due, and wakes a slot for it."""
        released = database().release_due(now=now, limit=_AT_ONCE)
        if released:
            nudge()
        if released == _AT_ONCE:
            self.expect("imminent", within=0)

    def _leads(self, now: datetime) -> bool:
        if time.monotonic() - self._renewed_at < RENEW_EVERY:
            return self.is_leading
        clock.synchronise()
        now = clock.now()
        led_before, self.is_leading = self.is_leading, leader.lead(holder=self.holder, now=now)
        self._renewed_at = time.monotonic()
        if now - self._reached_at > TERM:
            self._reaching_since = self._renewed_at
        self._reached_at = now
        if self.is_leading and not led_before:
            logger.info("This dispatcher leads.")
            self.timers = make_timers()
            recurring.set_declared()
            self._duties = dict.fromkeys(_DUTIES, -math.inf)
        return self.is_leading

    def _do(self, duty: str, now: datetime) -> None:
        every, act = _DUTIES[duty]
        self._duties[duty] = time.monotonic() + every
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
        self._renewed_at = -math.inf
        self._announced.clear()  # the next look ahead finds them; kept, they would let it sleep no more
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
        _expect_recurring(dispatcher, now)


def _expect_recurring(dispatcher: Dispatcher, now: datetime) -> None:
    first = RecurringJob.objects.filter(is_paused=False).order_by("next_at").first()
    if first is not None:
        dispatcher.expect("recurring", within=(first.next_at - now).total_seconds())


def _look_ahead(dispatcher: Dispatcher, now: datetime) -> None:
    """What was put to wait by other processes since the last load, and is due soon."""
    dispatcher.release(now)
    _load(dispatcher, now, ahead=_IMMINENT)


def _renudge(_: Dispatcher, __: datetime) -> None:
    """A nudge can die with Redis; what is ready and not taken gets another every second."""
    if Job.objects.filter(state=JobState.READY).exists():
        nudge()


def _enqueue_recurring(dispatcher: Dispatcher, now: datetime) -> None:
    recurring.enqueue_due(now=now)
    _expect_recurring(dispatcher, now)


def _rescue(dispatcher: Dispatcher, now: datetime) -> None:
    if dispatcher.may_rescue(now):
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
