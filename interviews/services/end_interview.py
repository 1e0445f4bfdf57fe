"""Ends an interview: its state, its clock, its half-asked question and the work that follows, in one commit."""

from datetime import datetime

from django.db import transaction

from interviews.models import Interview
from interviews.queries.director_log import is_through
from interviews.services.ask_to_join import join_what_is_late
from interviews.services.half_asked import take_turn_back
from interviews.services.move_interview import move_interview
from interviews.services.room_clock import CLOCK_FIELDS, stop_clock
from interviews.services.room_log import SenderKey, lock_room
from interviews.services.start_debrief import start_debrief
from interviews.states import OVER, Actor, InterviewState, Mode


def end_interview(*, interview: Interview, actor: Actor, now: datetime) -> bool:
    """Ends it, once: False if it was over already. Raises IllegalMove before it began."""
    with transaction.atomic():
        room = lock_room(interview.id)
        if room.state in OVER:
            return False
        end_locked_interview(room, actor=actor, now=now)
        return True


def end_locked_interview(
    room: Interview, *, actor: Actor, now: datetime, sender: SenderKey | None = None
) -> None:
    """The same for a room that `lock_room` locked in this transaction. Raises IllegalMove."""
    take_turn_back(room, now=now)
    stop_clock(room, now)
    room.ended_at, room.ended_by = now, actor.value
    room.is_partial = room.mode == Mode.AI_LED and not is_through(room)
    move_interview(room, to=InterviewState.ENDED, actor=actor, at=now, sender=sender)
    room.save(update_fields=[*CLOCK_FIELDS, "ended_at", "ended_by", "is_partial"])
    join_what_is_late(room, now=now)
    start_debrief(interview=room, now=now)
