"""What members note and mark while an interview runs. Stored once, whatever is resent."""

from datetime import datetime

from django.db import transaction

from interviews.events import EventKind
from interviews.models import Interview, Moment, Note, Segment
from interviews.services.participants import Participant, enter_room
from interviews.services.record_transcript import Recorded, recorded
from interviews.services.room_clock import elapsed_ms
from interviews.services.room_log import SenderKey, append_event, find_sent
from interviews.services.room_refusals import NoSuchSegment, NotYours
from webapi.json import JsonValue


def add_note(
    *, by: Participant, text: str, seg_id: str | None, sender: SenderKey, now: datetime
) -> Recorded:
    """Keeps a note for its author. The log says that there is one, never what it says."""
    with transaction.atomic():
        room = _room_of_member(by)
        earlier = find_sent(room, sender)
        if earlier is not None:
            return recorded(earlier, by, duplicate=True)
        segment = _segment(room, seg_id)
        assert by.member_id is not None, "a member takes notes"
        note = Note.objects.create(
            interview=room,
            member_id=by.member_id,
            text=text,
            segment=segment,
            at_ms=segment.started_ms if segment else elapsed_ms(room, now),
            created_at=now,
        )
        told: dict[str, JsonValue] = {"note": str(note.id), "by": by.name}
        return _record(room, EventKind.NOTE_ADDED, told, by, sender, now)


def mark_moment(
    *, by: Participant, label: str, seg_id: str | None, sender: SenderKey, now: datetime
) -> Recorded:
    """Marks a segment, or the latest one, so that it is found again. Raises NoSuchSegment."""
    with transaction.atomic():
        room = _room_of_member(by)
        earlier = find_sent(room, sender)
        if earlier is not None:
            return recorded(earlier, by, duplicate=True)
        segment = _segment(room, seg_id) or room.segments.order_by("-position").first()
        if segment is None:
            raise NoSuchSegment("Nothing has been said yet.")
        moment = Moment.objects.create(
            interview=room,
            member_id=by.member_id,
            segment=segment,
            label=label[:200],
            at_ms=segment.started_ms,
            created_at=now,
        )
        told: dict[str, JsonValue] = {
            "moment": str(moment.id),
            "seg_id": segment.seg_id,
            "label": moment.label,
            "by": by.name,
        }
        return _record(room, EventKind.MOMENT_MARKED, told, by, sender, now)


def _room_of_member(by: Participant) -> Interview:
    if by.is_candidate or by.actor is None:
        raise NotYours
    return enter_room(by)


def _segment(room: Interview, seg_id: str | None) -> Segment | None:
    if seg_id is None:
        return None
    segment = Segment.objects.filter(interview=room, seg_id=seg_id).first()
    if segment is None:
        raise NoSuchSegment("There is no such segment.")
    return segment


def _record(
    room: Interview,
    kind: EventKind,
    told: dict[str, JsonValue],
    by: Participant,
    sender: SenderKey,
    now: datetime,
) -> Recorded:
    event = append_event(
        room,
        kind=kind,
        at=now,
        payload={},
        member_payload=told,
        for_candidate=False,
        sender=sender,
    )
    return recorded(event, by)
