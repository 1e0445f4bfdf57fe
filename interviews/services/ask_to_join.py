"""Asks, in the caller's transaction, for recordings to be joined: at once when one is whole, and at the latest
when the time in which chunks may still arrive is over."""

from datetime import datetime, timedelta

from interviews.models import Interview, Recording
from scheduler.enqueue import enqueue

CHUNKS_MAY_BE_LATE = timedelta(minutes=10)  # after the end of the interview


def join_now(recording: Recording, room: Interview) -> None:
    _ask(room, key=str(recording.id), at=None)


def join_what_is_late(room: Interview, *, now: datetime) -> None:
    """For an interview that is over: what is not whole by then never will be."""
    if room.recordings.exists():
        _ask(room, key=f"{room.id}:late", at=(room.ended_at or now) + CHUNKS_MAY_BE_LATE)


def _ask(room: Interview, *, key: str, at: datetime | None) -> None:
    enqueue(
        "interviews.join_recordings",
        {"interview_id": str(room.id)},
        scope=str(room.organisation_id),
        run_at=at,
        unique_key=key,
    )
