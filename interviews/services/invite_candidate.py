"""Asks for the candidate to be invited, told of a new time, or told that it is off.

What is sent, and when it is reminded of, is written as data in `workflows`; this only starts it, in the
caller's transaction.
"""

from interviews.models import Interview


def queue_invitation(interview: Interview) -> None:
    """The invitation with its link and calendar entry, at once."""


def queue_reschedule(interview: Interview) -> None:
    """The new time, with the same calendar entry moved."""


def queue_cancellation(interview: Interview) -> None:
    """That it will not take place, with the calendar entry withdrawn."""
