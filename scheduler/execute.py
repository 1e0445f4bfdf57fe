"""Drain: claim, run, and in one transaction finish these, release their children, claim the next.

A slot (a thread of a Celery pool, or one of ours) drains until nothing is ready, then goes to sleep.
"""

import asyncio
import logging
import math
import random
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Event, Lock
from typing import Final, Protocol

from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)

from scheduler import clock
from scheduler.databases import database
from scheduler.finish import finish
from scheduler.gate import Gate
from scheduler.handlers import BadPayloadError, Handler, handler_of
from scheduler.outcomes import Cancel, Done, Fail, Outcome, Retry
from scheduler.run import AttemptLostError, Run
from scheduler.states import JobState
from scheduler.values import Claimed, Settled, Wanted
from scheduler.verdict import Ending, hand_back, settle, without_what_was_refused
from scheduler.wakeup import announce, nudge

BATCH_TIME: Final = 0.05  # seconds of work that may share one commit
_PATIENCE_WITH_DATABASE: Final = 10.0  # less than a lease: after that the results are lost anyway
_SHORT: Final = 0.02

logger = logging.getLogger(__name__)


class Runner(Protocol):
    """Calls a handler. Answers what it answered, or raises what it raised."""

    def call(self, handler: Handler, run: Run, holding: "Holding") -> Outcome | None: ...

    def give_up_async(self) -> None:
        """An async job is stuck, and with it perhaps all others."""


@dataclass
class Holding:
    """An attempt in the hands of this process."""

    claimed: Claimed
    run: Run
    deadline: float  # monotonic
    future: "Future[Outcome | None] | None" = None
    interrupt: Callable[[], object] | None = None  # its coroutine, which may still tidy up
    is_abandoned: bool = False  # by the pulse: its thread is stuck
    is_handed_back: bool = False  # the process stops


@dataclass
class Bench:
    """What the slots of one process share: who they are, what they hold, what they have learnt."""

    runner: Runner
    worker_id: int | None = None
    gate: Gate = field(default_factory=Gate)
    stopping: Event = field(default_factory=Event)
    holdings: dict[tuple[int, int], Holding] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)  # a running mean, by kind
    last_kind: str = ""
    _one_claimer: Lock = field(default_factory=Lock)

    def wanted(self, now: datetime) -> Wanted:
        kind = self.last_kind  # once: another slot may begin another kind at any moment
        return Wanted(self._limit_of(kind), self.worker_id, now, batch_of=kind)

    def _limit_of(self, kind: str) -> int:
        """How many of it to claim: as many as take BATCH_TIME together, if it opted in."""
        try:
            batch = handler_of(kind).batch
        except LookupError:
            return 1
        mean = self.seconds.get(kind)
        if batch == 1 or mean is None:
            return 1
        return max(1, min(batch, int(BATCH_TIME / max(mean, 1e-6))))

    def learn(self, kind: str, seconds: float) -> None:
        known = self.seconds.get(kind)
        self.seconds[kind] = seconds if known is None else 0.8 * known + 0.2 * seconds

    def hold(self, claimed: Sequence[Claimed]) -> None:
        for one in claimed:
            timeout = handler_of(one.kind).timeout
            self.holdings[one.id, one.attempt] = Holding(
                one, run_of(one), deadline=time.monotonic() + timeout + len(claimed) * BATCH_TIME
            )
            self.last_kind = one.kind

    def release(self, claimed: Sequence[Claimed]) -> None:
        for one in claimed:
            self.holdings.pop((one.id, one.attempt), None)

    def claiming(self) -> AbstractContextManager[object]:
        """SQLite's waiting writers poll, and starve each other: there, one at a time."""
        return self._one_claimer if connection.vendor == "sqlite" else nullcontext()


class _ThreadWasAbandonedError(Exception):
    """The pulse gave up on this thread; what it held is settled, and it must not claim again."""


def drain(bench: Bench) -> int:
    """Runs jobs until none is ready. Answers how many attempts it ran."""
    ran = 0
    claimed: list[Claimed] = []
    close_old_connections()
    try:
        claimed = finish_and_claim(bench, [])
        while claimed:
            settled = _run_batch(bench, claimed)
            ran += len(settled)
            following = finish_and_claim(bench, settled)
            bench.release(claimed)
            claimed = following
    except _ThreadWasAbandonedError:
        logger.error("A stuck thread came back after its job was given up.")
    except BaseException:
        bench.release(claimed)  # no longer in our hands: the pulse finds them, and hands them back
        raise
    finally:
        close_old_connections()
    return ran


def finish_and_claim(bench: Bench, settled: Sequence[Settled]) -> list[Claimed]:
    """One transaction; two where the end of these pauses or opens a kind. A database that is away for a moment is
    waited for: it is all fenced by (id, attempt), so that writing again what may have been written does no harm."""
    give_up_at = time.monotonic() + _PATIENCE_WITH_DATABASE
    is_stripped = False
    while True:
        try:
            claimed, is_more = _attempt_to_finish_and_claim(bench, settled)
        except (OperationalError, InterfaceError):
            connection.close()
            if time.monotonic() > give_up_at:
                raise
            logger.warning("The database did not take a result; trying again.")
            bench.stopping.wait(random.uniform(0.05, 0.3))  # noqa: S311 # spreads retries, no secret
        except DatabaseError:
            if is_stripped or not settled:
                raise
            logger.exception("The database refused a result.")
            settled, is_stripped = [without_what_was_refused(one) for one in settled], True
        else:
            bench.hold(claimed)
            _tell(bench, settled)
            if is_more:
                nudge()  # more than this slot can take; the next wakes the one after it
            return claimed


def call_outcome(
    runner: Runner, handler: Handler, run: Run, holding: Holding
) -> tuple[Outcome, str]:
    """The handler's answer, and the traceback if it raised. Raises AttemptLostError."""
    try:
        outcome = runner.call(handler, run, holding)
    except AttemptLostError:
        raise
    except BadPayloadError as problem:
        return Fail(str(problem)), ""
    except TimeoutError:
        return Retry(f"It took longer than {handler.timeout:g} s."), traceback.format_exc()
    except (CancelledError, asyncio.CancelledError):  # of a future, and of a task in a sync handler
        return Retry("It was interrupted."), ""
    except KeyboardInterrupt:
        raise
    except BaseException as problem:  # a handler may raise anything; it is kept and shown
        return Retry(f"{type(problem).__name__}: {problem}"), traceback.format_exc()
    return outcome or Done(), ""


def judge(ending: Ending, run: Run, *, backoff: tuple[float, ...]) -> Settled:
    """What is to be written. A job somebody asked to cancel is not tried again."""
    if run.cancel_requested() and not isinstance(ending.outcome, Done | Fail):
        ending = replace(ending, outcome=Cancel("Cancelled while it ran."))
    try:
        return settle(ending, backoff=backoff, chance=random.random())  # noqa: S311 # no secret
    except (ArithmeticError, AttributeError, TypeError, ValueError) as problem:
        # An endless delay, a reason that is no text. Not written down, it would run again for ever.
        reason = f"Its answer cannot be used: {type(problem).__name__}: {problem}"
        return settle(replace(ending, outcome=Fail(reason)), backoff=backoff, chance=0.5)


def run_of(claimed: Claimed) -> Run:
    return Run(
        job_id=claimed.id,
        attempt=claimed.attempt,
        scope=claimed.scope,
        kind=claimed.kind,
        step=claimed.step,
        workflow_id=claimed.workflow_id,
        fan_in=claimed.fan_in,
    )


def _attempt_to_finish_and_claim(
    bench: Bench, settled: Sequence[Settled]
) -> tuple[list[Claimed], bool]:
    """What was claimed, and whether a slot that has just begun to drain left more behind."""
    begins = not settled
    kinds = bench.gate.free_kinds(clock.now())
    claimed: list[Claimed] = []
    if kinds and begins and not bench.stopping.is_set():
        with bench.claiming():
            claimed, is_more = database().claim_alone(bench.wanted(clock.now()), kinds)
        if claimed:
            return claimed, is_more
    if kinds and _is_plain(bench, settled):
        with bench.claiming():
            wanted = bench.wanted(clock.now())
            claimed, all_ended = database().finish_and_claim(settled, wanted, kinds)
        settled = [] if all_ended else settled
        if claimed and all_ended:
            return claimed, False
    with bench.claiming():
        if not bench.gate.is_plain(settled):
            # A note holds the row of its kind: the claim, which may wait for another's, comes after the commit.
            with transaction.atomic():
                _finish_and_note(bench, settled)
            settled = []
        with transaction.atomic():
            _finish_and_note(bench, settled)
            if claimed or bench.stopping.is_set():
                return claimed, False
            claimed = bench.gate.claim(bench.wanted(clock.now()))
            return claimed, begins and bool(claimed)


def _finish_and_note(bench: Bench, settled: Sequence[Settled]) -> None:
    now = clock.now()  # who waited for the lock ends it now, not when they began to wait
    finish(settled, now=now)
    bench.gate.note(settled, now=now)


def _is_plain(bench: Bench, settled: Sequence[Settled]) -> bool:
    """Whether all that follows is in the statements: successes that end no workflow, on open kinds."""
    return (
        bool(settled)
        and not bench.stopping.is_set()
        and all(one.state is JobState.DONE and one.is_plain for one in settled)
        and bench.gate.is_plain(settled)
    )


def _run_batch(bench: Bench, claimed: Sequence[Claimed]) -> list[Settled]:
    """Runs one after the other; what does not fit the time goes back without spending an attempt."""
    flush_at = time.monotonic() + 4 * BATCH_TIME
    settled = []
    for place, one in enumerate(claimed):
        if place and (bench.stopping.is_set() or time.monotonic() > flush_at):
            reason = "There was no time left for it."
            settled.append(hand_back(one, now=clock.now(), reason=reason, began=False))
            continue
        written = _run(bench, one)
        if written is not None:
            settled.append(written)
    return settled


def _run(bench: Bench, claimed: Claimed) -> Settled | None:
    """None when the attempt was lost meanwhile."""
    holding = bench.holdings[claimed.id, claimed.attempt]
    handler = handler_of(claimed.kind)
    began = time.monotonic()
    holding.deadline = began + handler.timeout
    try:
        outcome, trace = call_outcome(bench.runner, handler, holding.run, holding)
    except AttemptLostError:
        return None
    if holding.is_abandoned:
        raise _ThreadWasAbandonedError
    if holding.is_handed_back:
        return None
    bench.learn(claimed.kind, time.monotonic() - began)
    ending = Ending(claimed, outcome, clock.now(), trace)
    return judge(ending, holding.run, backoff=handler.backoff)


def _tell(bench: Bench, settled: Sequence[Settled]) -> None:
    """Wakes others where there is more than this slot will take, and the timers of this process."""
    for one in settled:
        if one.due_at is not None:
            announce(one.id, one.due_at)
    opened = any(not one.is_leaf for one in settled)
    # Between very short jobs every slot is awake anyway, and the message would be the dearest part.
    # A kind nobody has run here yet may take long.
    if opened and bench.seconds.get(bench.last_kind, math.inf) > _SHORT:
        nudge()
