"""What nobody does, the clock does: pauses when the candidate is gone, ends, expires, and notes a no-show."""

import uuid
from datetime import datetime

from django.db import transaction

from interviews.models import Interview
from interviews.services.end_interview import end_locked_interview
from interviews.services.half_asked import take_turn_back
from interviews.services.move_interview import move_interview
from interviews.services.room_clock import (
    CANDIDATE_IS_GONE,
    CLOCK_FIELDS,
    LONGEST_PAUSE,
    LONGEST_SILENCE,
    stop_clock,
    watch_clock,
)
from interviews.services.room_log import lock_room
from interviews.states import Actor, InterviewState, Mode


def check_clock(*, interview_id: uuid.UUID, now: datetime) -> None:
    """Does what is due, and asks for the next look. Looking twice does nothing twice."""
    with transaction.atomic():
        if not Interview.objects.filter(id=interview_id).exists():
            return  # erased
        room = lock_room(interview_id)
        match room.state:
            case InterviewState.SCHEDULED | InterviewState.WAITING:
                _close_window(room, now)
            case InterviewState.LIVE if room.mode == Mode.AI_LED:
                _pause_without_candidate(room, now)
            case InterviewState.LIVE:
                _end_if_silent(room, now)
            case InterviewState.PAUSED:
                _end_long_pause(room, now)
        watch_clock(room, now)


def _close_window(room: Interview, now: datetime) -> None:
    if room.window_ends_at is None or now < room.window_ends_at:
        return
    came = room.state == InterviewState.WAITING
    to = InterviewState.NO_SHOW if came else InterviewState.EXPIRED
    move_interview(room, to=to, actor=Actor.CLOCK, at=now)


def _pause_without_candidate(room: Interview, now: datetime) -> None:
    seen = room.candidate_seen_at or room.live_since
    if seen is None or now - seen < CANDIDATE_IS_GONE:
        return
    take_turn_back(room, now=now)
    stop_clock(room, now)
    room.paused_at = now
    move_interview(room, to=InterviewState.PAUSED, actor=Actor.CLOCK, at=now)
    room.save(update_fields=CLOCK_FIELDS)


def _end_if_silent(room: Interview, now: datetime) -> None:
    last = room.events.order_by("-member_seq").first()
    if last is not None and now - last.at >= LONGEST_SILENCE:
        end_locked_interview(room, actor=Actor.CLOCK, now=now)


def _end_long_pause(room: Interview, now: datetime) -> None:
    if room.paused_at is not None and now - room.paused_at >= LONGEST_PAUSE:
        end_locked_interview(room, actor=Actor.CLOCK, now=now)
