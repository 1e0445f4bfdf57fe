"""From what a handler answered to what is written about its job. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from scheduler.backoff import delay_before_retry
from scheduler.outcomes import Cancel, Done, Fail, JsonValue, Outcome, Retry, Snooze
from scheduler.priorities import sort_key
from scheduler.states import AttemptEnd, JobState
from scheduler.storable import storable, why_unstorable
from scheduler.values import Claimed, Settled

PATIENCE: Final = timedelta(hours=24)  # a job that was snoozed for longer becomes a dead letter
CRASHES_AT_MOST: Final = 3
SHORTEST_SNOOZE: Final = 1.0
_REASON_LENGTH: Final = 2_000
_TRACEBACK_LENGTH: Final = 20_000
_RESULT_LENGTH: Final = 262_144


@dataclass(frozen=True, slots=True)
class Ending:
    """How an attempt at a claimed job went."""

    claimed: Claimed
    outcome: Outcome
    finished_at: datetime
    traceback: str = ""


def settle(ending: Ending, *, backoff: tuple[float, ...], chance: float) -> Settled:
    """Decides what becomes of the job."""
    match ending.outcome:
        case Done(result=result):
            problem = why_unstorable(result, at_most=_RESULT_LENGTH)
            if problem:
                reason = f"The result {problem}"
                return _written(ending, JobState.DEAD, AttemptEnd.DEAD, reason, spent=1)
            return _written(ending, JobState.DONE, AttemptEnd.DONE, result=result)
        case Fail(reason=reason):
            return _written(ending, JobState.DEAD, AttemptEnd.DEAD, reason, spent=1)
        case Cancel(reason=reason):
            return _written(ending, JobState.CANCELLED, AttemptEnd.CANCELLED, reason)
        case Retry():
            return _retried(ending, ending.outcome, backoff=backoff, chance=chance)
        case Snooze():
            return _snoozed(ending, ending.outcome)


def hand_back(claimed: Claimed, *, now: datetime, reason: str, began: bool) -> Settled:
    """Ready again as it was: no attempt is spent. What never began leaves no trace in its history."""
    ended = AttemptEnd.HANDED_BACK if began else None
    return _written(
        Ending(claimed, Cancel(reason), now),
        JobState.READY,
        ended,
        reason if began else "",
        snoozed_since=claimed.snoozed_since,
    )


def after_crash(claimed: Claimed, *, now: datetime) -> Settled:
    """Its worker died with it. The third time it is a dead letter: it may well be the cause."""
    crashes = claimed.crashes + 1
    reason = f"The worker died while it ran ({crashes} of {CRASHES_AT_MOST})."
    is_poison = crashes >= CRASHES_AT_MOST
    return _written(
        Ending(claimed, Fail(reason), now),
        JobState.DEAD if is_poison else JobState.READY,
        AttemptEnd.CRASHED,
        reason,
        crashed=1,
        snoozed_since=claimed.snoozed_since,
    )


def without_what_was_refused(settled: Settled) -> Settled:
    """The database would not take it, and would not the next time: a dead letter that says so."""
    return replace(
        settled,
        state=JobState.DEAD,
        ended=AttemptEnd.DEAD,
        reason="What it answered could not be stored.",
        traceback="",
        result=None,
        due_at=None,
        sort_key=None,
        spent=1,
        snoozed_until=None,
    )


def _retried(
    ending: Ending, outcome: Retry, *, backoff: tuple[float, ...], chance: float
) -> Settled:
    delay = delay_before_retry(
        failures=ending.claimed.failures + 1, backoff=backoff, chance=chance, wanted=outcome.after
    )
    if delay is None:
        return _written(ending, JobState.DEAD, AttemptEnd.DEAD, outcome.reason, spent=1)
    due_at = ending.finished_at + timedelta(seconds=delay)
    return _written(
        ending, JobState.WAITING, AttemptEnd.RETRY, outcome.reason, spent=1, due_at=due_at
    )


def _snoozed(ending: Ending, outcome: Snooze) -> Settled:
    since = ending.claimed.snoozed_since or ending.finished_at
    if ending.finished_at - since >= PATIENCE:
        reason = f"Put off for {PATIENCE}: {outcome.reason}"
        return _written(ending, JobState.DEAD, AttemptEnd.DEAD, reason, snoozed_since=since)
    due_at = ending.finished_at + timedelta(seconds=max(SHORTEST_SNOOZE, outcome.seconds))
    return _written(
        ending,
        JobState.WAITING,
        AttemptEnd.SNOOZE,
        outcome.reason,
        due_at=due_at,
        snoozed_since=since,
        snoozed_until=due_at if outcome.pauses_kind else None,
    )


def _written(
    ending: Ending,
    state: JobState,
    ended: AttemptEnd | None,
    reason: str = "",
    *,
    result: JsonValue = None,
    due_at: datetime | None = None,
    spent: int = 0,
    crashed: int = 0,
    snoozed_since: datetime | None = None,
    snoozed_until: datetime | None = None,
) -> Settled:
    claimed = ending.claimed
    waited = (claimed.started_at - claimed.due_at).total_seconds()
    return Settled(
        id=claimed.id,
        attempt=claimed.attempt,
        kind=claimed.kind,
        scope=claimed.scope,
        is_leaf=claimed.is_leaf,
        is_plain=claimed.is_plain,
        state=state,
        ended=ended,
        started_at=claimed.started_at,
        finished_at=ending.finished_at,
        waited_ms=min(2**31 - 1, max(0, round(waited * 1000))),
        reason=_cut(reason, _REASON_LENGTH),
        traceback=_cut(ending.traceback, _TRACEBACK_LENGTH),
        result=result,
        due_at=due_at,
        sort_key=sort_key(due_at=due_at, priority=claimed.priority) if due_at else None,
        spent=spent,
        crashed=crashed,
        snoozed_since=snoozed_since,
        snoozed_until=snoozed_until,
    )


def _cut(text: str, length: int) -> str:
    """Keeps the end, where a traceback says what went wrong."""
    text = storable(text)
    return text if len(text) <= length else "…" + text[1 - length :]
