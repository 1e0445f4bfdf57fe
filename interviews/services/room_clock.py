"""The clock of a room: live time without the pauses, and the deadlines that end what nobody ends."""

from datetime import datetime, timedelta

from interviews.models import Interview


def elapsed_ms(interview: Interview, now: datetime) -> int:
    """How long the interview was live so far, pauses left out."""
    running = timedelta(0) if interview.live_since is None else now - interview.live_since
    return interview.live_ms + max(0, round(running.total_seconds() * 1000))


def total_ms(interview: Interview) -> int:
    """How long it may last for this candidate."""
    return round(interview.minutes * 60_000 * float(interview.time_factor))


def start_clock(interview: Interview, now: datetime) -> None:
    """Sets the fields of a locked interview that becomes live; the caller saves them."""
    interview.started_at = interview.started_at or now
    interview.live_since = now
    interview.paused_at = None


def stop_clock(interview: Interview, now: datetime) -> None:
    """Sets the fields of a locked interview that stops being live; the caller saves them."""
    interview.live_ms = elapsed_ms(interview, now)
    interview.live_since = None


CLOCK_FIELDS = ["started_at", "live_since", "live_ms", "paused_at"]
