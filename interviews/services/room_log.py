"""The log of a room: numbers events for each audience in the transaction that stores them.

The interview's row is the lock: whoever holds it gives out the next numbers, so each audience has a gapless
order and a rolled-back transaction leaves no hole.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from interviews.models import Event, Interview
from webapi.json import JsonValue

SYSTEM = "system"
CANDIDATE = "candidate"


@dataclass(frozen=True, slots=True)
class SenderKey:
    """The sender's own key of a durable message: with it, a resent message is known as a duplicate."""

    participant: str  # "candidate" or a member's id
    client_id: uuid.UUID
    client_seq: int


Nudge = Callable[[uuid.UUID, Event | None], None]
_nudges: list[Nudge] = []


def on_new_event(nudge: Nudge) -> None:
    """Registers who is told, after the commit, that a room has news, and which (the hub of this process)."""
    if nudge not in _nudges:
        _nudges.append(nudge)


def lock_room(interview_id: uuid.UUID, *with_: str) -> Interview:
    """The interview's row, locked until the end of the transaction, and the rows it names that are needed too.

    Each of those costs as much as the row itself: most of what happens in a room needs none.
    """
    rooms = Interview.objects.select_for_update(of=("self",))
    return (rooms.select_related(*with_) if with_ else rooms).get(id=interview_id)


def find_sent(interview: Interview, sender: SenderKey) -> Event | None:
    """The event that an earlier copy of the same message became."""
    return Event.objects.filter(
        interview=interview,
        participant=sender.participant,
        client_id=sender.client_id,
        client_seq=sender.client_seq,
    ).first()


def append_event(
    interview: Interview,
    *,
    kind: str,
    at: datetime,
    payload: Mapping[str, JsonValue],
    member_payload: Mapping[str, JsonValue] | None = None,
    for_candidate: bool,
    sender: SenderKey | None = None,
) -> Event:
    """Stores one event. `interview` must be locked by `lock_room` in this transaction."""
    interview.member_seq += 1
    interview.candidate_seq += int(for_candidate)
    interview.save(update_fields=["member_seq", "candidate_seq"])
    event = Event.objects.create(
        interview=interview,
        kind=kind,
        at=at,
        member_seq=interview.member_seq,
        candidate_seq=interview.candidate_seq if for_candidate else None,
        participant=sender.participant if sender else SYSTEM,
        client_id=sender.client_id if sender else None,
        client_seq=sender.client_seq if sender else None,
        payload=dict(payload),
        member_payload=dict(member_payload or {}),
    )
    transaction.on_commit(lambda: tell_of_news(interview.id, event))
    return event


def access_changed(interview: Interview) -> None:
    """Says that somebody's right to be in this room changed, or their name: every hub checks its sockets again."""
    interview.access_generation += 1
    interview.save(update_fields=["access_generation"])
    transaction.on_commit(lambda: tell_of_news(interview.id))


def access_changed_in(rooms: QuerySet[Interview]) -> None:
    """The same for several rooms, in the caller's transaction; whoever locks them all does it in this order."""
    for room_id in rooms.order_by("id").values_list("id", flat=True):
        access_changed(lock_room(room_id))


def tell_of_news(interview_id: uuid.UUID, event: Event | None = None) -> None:
    for nudge in _nudges:
        nudge(interview_id, event)
