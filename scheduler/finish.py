"""The end of attempts: what is written about them, and all that follows from it."""

from collections.abc import Sequence
from datetime import datetime

from scheduler import graph
from scheduler.databases import database
from scheduler.states import JobState
from scheduler.values import Settled


def finish(settled: Sequence[Settled], *, now: datetime) -> None:
    """Call inside a transaction. What is no longer the attempt's own stays as it is."""
    if not settled:
        return
    graph.hold_around([one.id for one in settled if _may_cancel_others(one)])
    graph.follow(database().finish(settled, now=now), now=now)


def _may_cancel_others(one: Settled) -> bool:
    """Those that need it to succeed; or, if it did, those that wait for its death."""
    if one.state is JobState.DONE:
        return not one.is_plain and not one.is_leaf
    return one.state.is_final
