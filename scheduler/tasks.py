"""Celery's receiving end: a message says "there is work", and a pool thread drains until there is none.

Importing this connects the worker's life to ours: when it is ready it gets a pulse and hosts a
dispatcher; when it is told to stop, it finishes or hands back what it holds.
"""

import os
import threading
import time
from dataclasses import dataclass, field
from typing import Final

from celery import current_app, shared_task, signals
from django.conf import settings
from django.db import connections

from scheduler.dispatcher import Dispatcher
from scheduler.execute import Bench, drain
from scheduler.pulse import Pulse, leave_for_the_supervisor
from scheduler.runners import ThreadRunner
from scheduler.wakeup import DRAIN, nudge

_LAST_WORDS: Final = 1.0  # seconds for threads to return after their jobs were handed back


@dataclass
class WorkerProcess:
    """This process as a worker: one with a pool of threads, or a child of a prefork pool."""

    slots: int
    bench: Bench = field(default_factory=lambda: Bench(ThreadRunner()))
    dispatcher: Dispatcher | None = None

    def __post_init__(self) -> None:
        self.pulse = Pulse(self.bench, self.slots, "celery", on_stuck=leave_for_the_supervisor)
        self.pulse.start()

    def host_dispatcher(self) -> None:
        self.dispatcher = Dispatcher(when_mute=self.drain_beside)
        self.dispatcher.start()

    def drain_beside(self) -> None:
        """No message gets through: drain on a thread of our own, within the number of slots."""
        if len(self.bench.holdings) < self.slots and not self.bench.stopping.is_set():
            threading.Thread(
                target=drain, args=(self.bench,), name="scheduler-drain", daemon=True
            ).start()

    def stop(self) -> None:
        if self.dispatcher is not None:
            self.dispatcher.stop()
        if not self.pulse.stop():
            time.sleep(_LAST_WORDS)
            os._exit(0)  # what still runs was handed back; waiting for it would hold up the deploy


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
