"""The only place where an interview's state changes: by the table of moves, with an entry in the room's log."""

from datetime import datetime

from interviews.models import Interview
from interviews.services.room_log import access_changed, append_event
from interviews.states import OVER, Actor, InterviewState, check_move


def move_interview(interview: Interview, *, to: InterviewState, actor: Actor, at: datetime) -> None:
    """Moves an interview that `room_log.lock_room` locked in this transaction.

    Raises IllegalMove. Whoever is in the room hears of it; when it is over, their sockets are checked anew.
    """
    check_move(interview.state, to, actor)
    interview.state = to
    interview.save(update_fields=["state"])
    append_event(
        interview,
        kind="state.changed",
        at=at,
        payload={"state": to.value, "by": actor.value},
        for_candidate=True,
    )
    if to in OVER:
        access_changed(interview)
