"""That somebody came into the room, and when the candidate was there last."""

import time
import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from interviews.hub import Room, in_database
from interviews.models import Interview
from interviews.services.move_interview import move_interview
from interviews.services.participants import Participant, enter_room
from interviews.states import Actor, InterviewState

_NOTED_EVERY = 15.0  # seconds; far less than the time after which a candidate counts as gone


def note_arrival(*, by: Participant, now: datetime) -> int:
    """Opens the waiting room when the first one who takes part comes in. Raises RightsChanged.

    The number of the candidate's tab: whichever server it is on, the one with the highest is the live one.
    """
    tab = _number_tab(by.interview_id, now) if by.is_candidate else 0
    if by.actor is not None and _is_scheduled(by.interview_id):
        _open_waiting_room(by, by.actor, now)
    return tab


def _number_tab(interview_id: uuid.UUID, now: datetime) -> int:
    room = Interview.objects.filter(id=interview_id)
    with transaction.atomic():
        room.update(candidate_seen_at=now, candidate_tab=F("candidate_tab") + 1)
        return room.values_list("candidate_tab", flat=True).get()


def _open_waiting_room(by: Participant, actor: Actor, now: datetime) -> None:
    with transaction.atomic():
        room = enter_room(by)
        if room.state == InterviewState.SCHEDULED:
            move_interview(room, to=InterviewState.WAITING, actor=actor, at=now)


def note_candidates_present(*, interview_ids: Collection[uuid.UUID], now: datetime) -> None:
    """One statement for all rooms of a process."""
    Interview.objects.filter(id__in=interview_ids).update(candidate_seen_at=now)


async def keep_presence(rooms: list[Room]) -> None:
    """At every tick of the hub: now and then notes which candidates are in their rooms."""
    clock = time.monotonic()
    present = [
        room
        for room in rooms
        if clock - room.candidate_noted_at >= _NOTED_EVERY and room.candidate_is_here()
    ]
    if present:
        for room in present:
            room.candidate_noted_at = clock
        ids = [room.interview_id for room in present]
        await in_database(note_candidates_present, interview_ids=ids, now=timezone.now())


def _is_scheduled(interview_id: uuid.UUID) -> bool:
    return Interview.objects.filter(id=interview_id, state=InterviewState.SCHEDULED).exists()
