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
    concerned = [one for one in settled if _may_cancel_others(one)]
    graph.hold_around(
        [one.id for one in concerned if one.state is not JobState.DONE],
        done=[one.id for one in concerned if one.state is JobState.DONE],
    )
    graph.follow(database().finish(settled, now=now), now=now)


def _may_cancel_others(one: Settled) -> bool:
    """Those that need it to succeed; or, if it did, those that wait for its death.

    What goes back to wait may as well: it is cancelled, if somebody asked for that meanwhile.
    """
    return one.state is not JobState.DONE or not (one.is_plain or one.is_leaf)
