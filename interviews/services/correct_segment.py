"""Corrects what was misheard, after the interview. What was heard first stays beside it."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from interviews.access import Forbidden, Missing
from interviews.events import EventKind, clean_text
from interviews.models import Interview, Member, Segment
from interviews.services.record_audit import record_audit
from interviews.services.room_log import append_event, lock_room
from interviews.states import InterviewState

LONGEST_TEXT = 4000


def correct_segment(
    *, interview: Interview, segment_id: int, text: str, by: Member, now: datetime
) -> Segment:
    """The debriefs that rest on the words before show as stale. Raises Missing, Forbidden, ValidationError."""
    words = clean_text(text)
    if not words:
        raise ValidationError({"text": "Write what was said."})
    if len(words) > LONGEST_TEXT:
        raise ValidationError({"text": f"Keep it under {LONGEST_TEXT:,} characters."})
    with transaction.atomic():
        room = lock_room(interview.id)
        if room.state != InterviewState.ENDED:
            raise Forbidden("The transcript is corrected when the interview is over.")
        row = Segment.objects.filter(interview=room, id=segment_id).first()
        if row is None:
            raise Missing
        if row.text == words:
            return row
        row.heard_text = row.heard_text or row.text
        row.text, row.corrected_at = words, now
        row.save(update_fields=["text", "heard_text", "corrected_at"])
        append_event(
            room,
            kind=EventKind.SEGMENT_CORRECTED,
            at=now,
            payload={"seg_id": row.seg_id, "text": words},
            member_payload={"heard_text": row.heard_text},
            for_candidate=True,
        )
        record_audit(
            organisation=room.organisation_id,
            action="segment.corrected",
            subject_kind="interview",
            subject_id=room.id,
            member=by,
            detail={"segment": row.id},
        )
    return row
