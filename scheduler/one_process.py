"""The whole scheduler inside one process: slots on threads, and the dispatcher, woken by an event.

`meetmind.one_process` starts this beside the web server:

    parts = Parts(slots=settings.SCHEDULER_SLOTS)
    parts.start()          # after migrate; returns at once
    ...
    parts.stop()           # finishes or hands back what runs; returns within ~10 s

Starting it twice in a process is an error. Nothing here needs Celery or Redis.
"""

import logging
import threading
import time
from dataclasses import dataclass, field

from django.db import DatabaseError, InterfaceError

from scheduler.dispatcher import Dispatcher
from scheduler.execute import Bench, drain
from scheduler.leases import SHUTDOWN_GRACE
from scheduler.pulse import Pulse
from scheduler.runners import ThreadRunner
from scheduler.wakeup import bell

logger = logging.getLogger(__name__)


@dataclass
class Worker:
    """Slots on threads. One claims at a time where the database has one writer."""

    slots: int
    bench: Bench = field(default_factory=lambda: Bench(ThreadRunner()))
    _threads: list[threading.Thread] = field(default_factory=list)
    _pulse: Pulse | None = None

    def start(self) -> None:
        if self._pulse is not None:
            raise RuntimeError("This worker was started before.")
        self._pulse = Pulse(self.bench, self.slots, "threads", on_stuck=self._add_slot)
        self._pulse.start()
        for _ in range(self.slots):
            self._add_slot()
        bell.nudge()

    def stop(self, *, grace: float = SHUTDOWN_GRACE) -> None:
        self.bench.stopping.set()
        bell.ring_for_all()
        if self._pulse is not None:
            self._pulse.stop(grace=grace)
        until = time.monotonic() + 2
        for thread in self._threads:
            bell.ring_for_all()
            thread.join(timeout=max(0.0, until - time.monotonic()))

    def _add_slot(self) -> None:
        """Also takes the place of a thread that is stuck, which must not take the web server with it."""
        name = f"scheduler-slot-{len(self._threads)}"
        thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve(self) -> None:
        while not self.bench.stopping.is_set():
            if not bell.wait(5.0):
                continue
            try:
                drain(self.bench)
            except (DatabaseError, InterfaceError):
                logger.warning("The database cannot be reached; the next tick tries again.")
            except BaseException:  # whatever a handler raises: a slot that ends is missed for ever
                logger.exception("A drain failed.")


@dataclass
class Parts:
    """A worker and a dispatcher."""

    slots: int
    worker: Worker = field(init=False)
    dispatcher: Dispatcher = field(init=False)

    def __post_init__(self) -> None:
        self.worker = Worker(self.slots)
        self.dispatcher = Dispatcher()

    def start(self) -> None:
        self.worker.start()
        self.dispatcher.start()

    def stop(self, *, grace: float = SHUTDOWN_GRACE) -> None:
        self.dispatcher.stop()
        self.worker.stop(grace=grace)
