"""Takes back a question that broke off: its words vanish from every screen, and it counts as not asked."""

from datetime import datetime

from interviews.events import EventKind
from interviews.models import AskedQuestion, Interview
from interviews.services.room_log import append_event


def withdraw_half_asked(interview: Interview, *, now: datetime) -> bool:
    """For a locked interview. Whether there was one."""
    half_asked = list(
        AskedQuestion.objects.filter(interview=interview, state=AskedQuestion.State.ASKING)
    )
    for question in half_asked:
        question.state = AskedQuestion.State.WITHDRAWN
        question.save(update_fields=["state"])
        append_event(
            interview,
            kind=EventKind.QUESTION_WITHDRAWN,
            at=now,
            payload={"msg_id": str(question.id)},
            for_candidate=True,
        )
    return bool(half_asked)


def take_turn_back(interview: Interview, *, now: datetime) -> bool:
    """For a locked interview: whatever the AI was saying is off, and nobody holds its turn any more.

    With the turn left held, the next to ask would wait until a lease lapses that nobody prolongs.
    Whether it was saying something.
    """
    if not interview.turn_owner:
        return False  # what is being said always has an owner: most turns need not search for it
    was_speaking = withdraw_half_asked(interview, now=now)
    release_turn(interview)
    return was_speaking


def release_turn(interview: Interview) -> None:
    """For a locked interview: the next who has something to say may."""
    if interview.turn_owner:
        interview.turn_owner, interview.turn_lease_until = "", None
        interview.save(update_fields=["turn_owner", "turn_lease_until"])
