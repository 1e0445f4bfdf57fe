"""Celery's receiving end: a message says "there is work", and a pool thread drains until there is none.

Importing this connects the worker's life to ours: when it starts, with or without a broker, it gets a pulse
and hosts a dispatcher; when it is told to stop, it finishes or hands back what it holds.
"""

import logging
import os
import threading
import time
from dataclasses import dataclass, field
from typing import Final

from celery import current_app, shared_task, signals
from celery.apps.worker import Worker
from celery.concurrency.thread import TaskPool as ThreadPool
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections

from scheduler.dispatcher import Dispatcher
from scheduler.execute import Bench, drain
from scheduler.pulse import Pulse
from scheduler.runners import ThreadRunner
from scheduler.wakeup import DRAIN, nudge

logger = logging.getLogger(__name__)

_STUCK: Final = 75  # the exit code of "temporary failure"
_LAST_WORDS: Final = 1.0  # seconds for threads to return after their jobs were handed back


@dataclass
class WorkerProcess:
    """This process as a worker: one with a pool of threads, or a child of a prefork pool."""

    slots: int
    bench: Bench = field(default_factory=lambda: Bench(ThreadRunner()))
    dispatcher: Dispatcher | None = None

    def __post_init__(self) -> None:
        self.pulse = Pulse(
            self.bench, self.slots, "celery", on_stuck=self.leave, when_mute=self.drain_beside
        )
        self.pulse.start()

    def host_dispatcher(self) -> None:
        if self.dispatcher is None:
            self.dispatcher = Dispatcher()
            self.dispatcher.start()

    def drain_beside(self) -> None:
        """No message gets through: drain on a thread of our own."""
        threading.Thread(target=self._drain, name="scheduler-drain", daemon=True).start()

    def leave(self) -> None:
        """A thread cannot be killed; the process can. Whoever supervises it starts it anew."""
        logger.error("The worker leaves because a job is stuck.")
        try:
            self.pulse.leave()
        except (DatabaseError, InterfaceError):
            logger.warning("What it holds was not handed back; its lease runs out by itself.")
        os._exit(_STUCK)

    def stop(self) -> None:
        if self.dispatcher is not None:
            self.dispatcher.stop()
        if not self.pulse.stop():
            time.sleep(_LAST_WORDS)
            os._exit(0)  # what still runs was handed back; waiting for it would hold up the deploy

    def _drain(self) -> None:
        try:
            drain(self.bench)
        except (DatabaseError, InterfaceError):
            logger.warning("The database cannot be reached; the next beat tries again.")


_processes: Final[dict[int, WorkerProcess]] = {}
_making: Final = threading.Lock()


def this_process() -> WorkerProcess:
    """By the process id: a forked child must not take its parent's identity for its own."""
    with _making:
        if os.getpid() not in _processes:
            _processes[os.getpid()] = WorkerProcess(slots=_slots_here())
        return _processes[os.getpid()]


@shared_task(name=DRAIN, ignore_result=True)  # type: ignore[untyped-decorator] # Celery has no types
def drain_here() -> None:
    drain(this_process().bench)


@signals.celeryd_after_setup.connect  # type: ignore[untyped-decorator]
def _begin_without_broker(instance: Worker, **_: object) -> None:
    """Before the first connection, which may not come about for long. A prefork pool waits for it: its
    children must not inherit our threads' locks."""
    if issubclass(instance.pool_cls, ThreadPool):
        this_process().host_dispatcher()


@signals.worker_ready.connect  # type: ignore[untyped-decorator]
def _begin(**_: object) -> None:
    this_process().host_dispatcher()
    nudge()


@signals.worker_process_init.connect  # type: ignore[untyped-decorator]
def _forget_inherited_connections(**_: object) -> None:
    """A child of a prefork pool: its parent's pool of connections came along, without its threads."""
    pools = getattr(type(connections["default"]), "_connection_pools", None)
    if pools is not None:
        pools.clear()


@signals.worker_process_shutdown.connect  # type: ignore[untyped-decorator]
@signals.worker_shutting_down.connect  # type: ignore[untyped-decorator]
def _end(**_: object) -> None:
    """On a thread of its own: this may be a signal handler, and the jobs need the time."""
    process = _processes.get(os.getpid())
    if process is not None:
        process.bench.stopping.set()
        threading.Thread(target=process.stop, name="scheduler-stop", daemon=True).start()


def _slots_here() -> int:
    worker = current_app.conf
    threaded = worker.worker_pool == "threads"
    return int(worker.worker_concurrency or settings.SCHEDULER_SLOTS) if threaded else 1
