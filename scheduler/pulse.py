"""The heartbeat of a worker process, on a thread of its own: what must go on while the slots are busy.

Every second it writes progress, passes on cancellations, looks for stuck jobs, and for work that no message
brought here; every third it renews the lease, and hands back what the table says we run and we do not (a commit whose answer was lost).
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.db import DatabaseError, InterfaceError, close_old_connections, transaction

from scheduler import clock, workers
from scheduler.execute import Bench, Holding
from scheduler.finish import finish
from scheduler.handlers import handler_of
from scheduler.leases import GRACE, HEARTBEAT_EVERY, LEAVING_GRACE, SHUTDOWN_GRACE
from scheduler.models import Job
from scheduler.outcomes import Retry
from scheduler.run import Run
from scheduler.states import JobState
from scheduler.values import Claimed, Settled
from scheduler.verdict import Ending, hand_back, settle

_MUTE_AFTER: Final = timedelta(seconds=2)
_BETWEEN_CLAIM_AND_HOLD: Final = timedelta(seconds=5)

logger = logging.getLogger(__name__)


@dataclass
class Pulse:
    """Beats for one process. `on_stuck` is called when a thread of ours will not come back, `when_mute` when
    work waits beside idle slots: the broker is away, or its consumer sleeps."""

    bench: Bench
    slots: int
    carrier: str
    on_stuck: Callable[[], None]
    when_mute: Callable[[], None] | None = None
    _thread: threading.Thread | None = None
    _ending: threading.Event = field(default_factory=threading.Event)
    _beaten_at: float = 0.0
    _reported: dict[int, tuple[float, str]] = field(default_factory=dict)

    def start(self) -> None:
        self.bench.worker_id = workers.register(slots=self.slots, carrier=self.carrier)
        self._beaten_at = time.monotonic()
        self._thread = threading.Thread(target=self._beat_on, name="scheduler-pulse", daemon=True)
        self._thread.start()

    def stop(self, *, grace: float = SHUTDOWN_GRACE) -> bool:
        """Claims no more, lets finish what finishes within the grace, hands back the rest.

        False when some thread still runs: a synchronous handler that nothing can interrupt."""
        left = self._wind_up(grace=grace)
        self._ending.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
        self._sign_off()
        return all(holding.future is not None for holding in left)

    def leave(self) -> None:
        """As stop(), but called by a beat, and shorter: the process is about to end."""
        self._wind_up(grace=LEAVING_GRACE)
        self._sign_off()

    def _wind_up(self, *, grace: float) -> list[Holding]:
        self.bench.stopping.set()
        until = time.monotonic() + grace
        while self.bench.holdings and time.monotonic() < until:
            self._ending.wait(0.02)
        left = list(self.bench.holdings.values())
        self._hand_back(left, reason="The worker stopped.")
        return left

    def _sign_off(self) -> None:
        if self.bench.worker_id is not None:
            workers.stop(self.bench.worker_id)

    def _beat_on(self) -> None:
        while not self._ending.wait(1.0):
            try:
                self._beat()
            except (DatabaseError, InterfaceError):
                logger.warning("The database cannot be reached; the lease may run out.")
            except Exception:
                logger.exception("The pulse failed once.")
            finally:
                close_old_connections()
        close_old_connections()

    def _beat(self) -> None:
        is_due = time.monotonic() - self._beaten_at >= HEARTBEAT_EVERY
        if is_due:
            self._renew()
        if is_due or self.bench.holdings:
            self._compare_with_table()
        self._write_progress()
        self._give_up_stuck()
        self._look_where_no_message_came()

    def _look_where_no_message_came(self) -> None:
        if self.when_mute is None or self.bench.stopping.is_set():
            return
        now = clock.now()
        is_idle = len(self.bench.holdings) < self.slots
        if is_idle and self.bench.gate.has_ready_since(now - _MUTE_AFTER, now=now):
            self.when_mute()

    def _renew(self) -> None:
        worker_id = self.bench.worker_id
        if worker_id is None or not workers.beat(worker_id):
            logger.warning("This worker was declared lost; it goes on under a new name.")
            self.bench.worker_id = workers.register(slots=self.slots, carrier=self.carrier)
            self._take_along()
        self._beaten_at = time.monotonic()

    def _take_along(self) -> None:
        """What it claimed under its old name after that was declared lost, nobody has rescued."""
        for job_id, attempt in list(self.bench.holdings):
            held = Job.objects.filter(pk=job_id, attempt=attempt, state=JobState.RUNNING)
            held.update(worker_id=self.bench.worker_id)

    def _compare_with_table(self) -> None:
        mine = Job.objects.filter(state=JobState.RUNNING, worker_id=self.bench.worker_id)
        rows = mine.values_list("pk", "attempt", "cancel_requested", "started_at")
        overdue = clock.now() - _BETWEEN_CLAIM_AND_HOLD
        orphans = []
        for job_id, attempt, cancel_requested, started_at in rows:
            holding = self.bench.holdings.get((job_id, attempt))
            if holding is None:
                if started_at is None or started_at < overdue:
                    orphans.append((job_id, attempt))
            elif cancel_requested and not holding.run.cancel_requested():
                holding.run.request_cancel()
                if holding.interrupt is not None:
                    holding.interrupt()
        if orphans:
            self._return_orphans(orphans)

    def _return_orphans(self, orphans: Sequence[tuple[int, int]]) -> None:
        now = clock.now()
        jobs = Job.objects.filter(pk__in=[job_id for job_id, _ in orphans])
        settled = [
            hand_back(claimed_from(job), now=now, reason="Its claim was lost.", began=False)
            for job in jobs
            if (job.pk, job.attempt) in orphans
        ]
        _write(settled)

    def _write_progress(self) -> None:
        for holding in list(self.bench.holdings.values()):
            write_progress(holding.run, self._reported)
        for job_id in set(self._reported) - {job_id for job_id, _ in self.bench.holdings}:
            del self._reported[job_id]

    def _give_up_stuck(self) -> None:
        now = time.monotonic()
        stuck = [
            holding
            for holding in list(self.bench.holdings.values())
            if now > holding.deadline + GRACE and not holding.is_abandoned
        ]
        for holding in stuck:
            claimed, handler = holding.claimed, handler_of(holding.claimed.kind)
            outcome = Retry(f"It was still running {GRACE:g} s after its {handler.timeout:g} s.")
            ending = Ending(claimed, outcome, clock.now())
            _write([settle(ending, backoff=handler.backoff, chance=0.5)])
            holding.is_abandoned = True  # not before it is written: else nobody would try again
            self.bench.release([claimed])
            logger.error("A job is stuck.", extra={"job": claimed.id, "kind": claimed.kind})
        if any(holding.future is not None for holding in stuck):
            self.bench.runner.give_up_async()
        for _ in stuck:
            self.on_stuck()

    def _hand_back(self, holdings: Sequence[Holding], *, reason: str) -> None:
        for holding in holdings:
            holding.is_handed_back = True
        now = clock.now()
        _write([hand_back(one.claimed, now=now, reason=reason, began=True) for one in holdings])
        for holding in holdings:
            if holding.future is not None:
                holding.future.cancel()
        self.bench.release([holding.claimed for holding in holdings])


def write_progress(run: Run, written: dict[int, tuple[float, str]]) -> None:
    if run.reported is None or written.get(run.job_id) == run.reported:
        return
    fraction, note = written[run.job_id] = run.reported
    held = Job.objects.filter(pk=run.job_id, attempt=run.attempt, state=JobState.RUNNING)
    held.update(progress=fraction, progress_note=note)


def claimed_from(job: Job) -> Claimed:
    """The claim as the table tells it, for those who settle a job that another process ran."""
    return Claimed(
        id=job.pk,
        attempt=job.attempt,
        kind=job.kind,
        payload=job.payload,
        scope=job.scope,
        priority=job.priority,
        failures=job.failures,
        crashes=job.crashes,
        snoozed_since=job.snoozed_since,
        workflow_id=job.workflow_id,
        step=job.step,
        fan_in=job.fan_in,
        is_leaf=job.is_leaf,
        is_plain=job.is_plain,
        due_at=job.due_at,
        started_at=job.started_at or clock.now(),
    )


def _write(settled: Sequence[Settled]) -> None:
    if settled:
        with transaction.atomic():
            finish(settled, now=clock.now())
