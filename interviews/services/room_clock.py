"""The clock of a room: live time without the pauses, and the deadlines that end what nobody ends."""

from datetime import UTC, datetime, timedelta

from interviews.events import LONGEST_INTERVIEW_MS, EventKind
from interviews.models import Interview
from interviews.states import InterviewState, Mode
from scheduler.enqueue import enqueue

CANDIDATE_IS_GONE = timedelta(seconds=60)  # without a sign of life
LONGEST_PAUSE = timedelta(minutes=30)
LONGEST_SILENCE = timedelta(hours=4)  # of an interview led by a person that nobody ended


def elapsed_ms(interview: Interview, now: datetime) -> int:
    """How long the interview was live so far, pauses left out."""
    running = timedelta(0) if interview.live_since is None else now - interview.live_since
    elapsed = interview.live_ms + max(0, round(running.total_seconds() * 1000))
    return min(
        elapsed, LONGEST_INTERVIEW_MS
    )  # a room that was forgotten must not overflow a column


def ms_at(interview: Interview, moment: datetime) -> int:
    """What this clock showed at a moment, which may lie before any number of pauses: the log knows them all."""
    if interview.live_since is not None and interview.live_since <= moment:
        return elapsed_ms(interview, moment)
    moves = interview.events.filter(kind=EventKind.STATE_CHANGED, at__lt=moment)
    shown, runs_since = timedelta(0), None
    for at, payload in moves.order_by("member_seq").values_list("at", "payload"):
        shown += timedelta(0) if runs_since is None else at - runs_since
        runs_since = at if payload["state"] == InterviewState.LIVE else None
    shown += timedelta(0) if runs_since is None else moment - runs_since
    return min(max(0, round(shown.total_seconds() * 1000)), LONGEST_INTERVIEW_MS)


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


def next_check(interview: Interview, now: datetime) -> datetime | None:
    """When something may be due; None once there is nothing to wait for."""
    match interview.state:
        case InterviewState.SCHEDULED | InterviewState.WAITING:
            return interview.window_ends_at
        case InterviewState.LIVE if interview.mode == Mode.AI_LED:
            return now + CANDIDATE_IS_GONE / 2
        case InterviewState.LIVE:
            return now + LONGEST_SILENCE / 4
        case InterviewState.PAUSED:
            return (interview.paused_at or now) + LONGEST_PAUSE
        case _:
            return None


def watch_clock(interview: Interview, now: datetime) -> None:
    """Asks, in the caller's transaction, for the next look at this interview's deadlines.

    Looks that fall into the same half minute are one job, so that chains of them merge.
    """
    due = next_check(interview, now)
    if due is None:
        return
    slot = int(max(due, now).timestamp()) // 30 + 1
    enqueue(
        "interviews.check_clock",
        {"interview_id": str(interview.id)},
        scope=str(interview.organisation_id),
        run_at=datetime.fromtimestamp(slot * 30, tz=UTC),
        unique_key=f"{interview.id}:{slot}",
    )
