"""The only place where an interview's state changes: by the table of moves, with an entry in the room's log."""

from datetime import datetime

from interviews.models import Interview
from interviews.services.room_clock import watch_clock
from interviews.services.room_log import SenderKey, access_changed, append_event
from interviews.states import OVER, Actor, InterviewState, check_move


def move_interview(
    interview: Interview,
    *,
    to: InterviewState,
    actor: Actor,
    at: datetime,
    sender: SenderKey | None = None,
) -> None:
    """Moves an interview that `room_log.lock_room` locked in this transaction.

    `sender` is the key of the message that asked for it. Raises IllegalMove. Whoever is in the room hears of it; when it is over, their sockets are checked anew.
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
        sender=sender,
    )
    watch_clock(interview, at)
    if to in OVER:
        access_changed(interview)
