"""Asks for the candidate to be invited, told of a new time, or told that it is off.

Each is one email, asked for in the caller's transaction; what it says is gathered when it is sent.
"""

from interviews.models import Interview
from notifications.outbox import queue_email

INVITATION = "invitation"
INTERVIEW_MOVED = "interview_moved"
INTERVIEW_CANCELLED = "interview_cancelled"


def queue_invitation(interview: Interview) -> None:
    """The invitation with its link and calendar entry, at once."""
    _queue(INVITATION, interview)


def queue_reschedule(interview: Interview) -> None:
    """The new time, with the same calendar entry moved."""
    _queue(INTERVIEW_MOVED, interview)


def queue_cancellation(interview: Interview) -> None:
    """That it will not take place, with the calendar entry withdrawn."""
    _queue(INTERVIEW_CANCELLED, interview)


def _queue(kind: str, interview: Interview) -> None:
    if not interview.candidate.email:
        return  # their link is handed over by the recruiter
    queue_email(
        kind=kind,
        subject_id=str(interview.id),
        recipient_id=str(interview.candidate_id),
        scope=str(interview.organisation_id),
    )
