"""Words that two microphones heard stand in the transcript once; that and how the other heard them is in the log."""

from dataclasses import replace
from datetime import datetime

from django.db.models import Q

from interviews.events import EventKind
from interviews.models import Event, Interview, Segment
from interviews.same_words import Heard, Verdict, judge
from interviews.services.room_log import SenderKey, append_event
from interviews.states import SegmentSource, Speaker
from webapi.json import JsonValue

SPOKEN = (SegmentSource.BROWSER, SegmentSource.PROVIDER)  # what was typed is meant as it stands
_LATEST = 12
_OWN = ("speaker", "speaker_name", "member_id", "fed_by_id", "text", "source", "seg_id")
_REPLACED = (*_OWN, "started_ms", "ended_ms", "asked_question_id")


def find_heard_before(new: Segment) -> tuple[Segment, Verdict] | None:
    """The stored segment that holds the same words, and which of the two is to stay.

    After the end what is stored stays as it is, for a report may already quote it; and where more was said, both do.
    """
    if new.source not in SPOKEN:
        return None
    spoken = Segment.objects.filter(interview=new.interview_id, source__in=SPOKEN)
    heard = replace(_heard(new), rank=0) if new.after_end else _heard(new)
    for row in spoken.order_by("-position")[:_LATEST]:
        verdict = judge(_heard(row), heard)
        if verdict is not Verdict.APART:
            return row, verdict
    return None


def find_words(room: Interview, seg_id: str) -> Segment:
    """The segment that holds what came as `seg_id`, which may stand as another microphone heard it."""
    row = room.segments.filter(seg_id=seg_id).first()
    if row is None:
        of_it = Q(payload__seg_id=seg_id) | Q(payload__twin=seg_id)
        told = room.events.filter(of_it, kind=EventKind.SEGMENT_DOUBLED).earliest("member_seq")
        row = room.segments.get(id=told.member_payload["segment"])
    return row


def note_heard_twice(
    room: Interview,
    *,
    earlier: Segment,
    later: Segment,
    verdict: Verdict,
    question_ref: str,
    sender: SenderKey,
    now: datetime,
) -> Event:
    """For a locked room. The later one is settled by this event, whichever of the two stays.

    `question_ref`: the planned question that an interviewer's words put first, or "".
    """
    twin, other = earlier.seg_id, _as_told(later)
    is_kept = verdict is Verdict.LATER_REPLACES
    if is_kept:
        other = _as_told(earlier)
        for name in _REPLACED:
            setattr(earlier, name, getattr(later, name))
        earlier.heard_text, earlier.corrected_at = "", None
        earlier.save(update_fields=[*_REPLACED, "heard_text", "corrected_at"])
    return append_event(
        room,
        kind=EventKind.SEGMENT_DOUBLED,
        at=now,
        payload={
            "seg_id": later.seg_id,
            "twin": twin,
            "is_kept": is_kept,
            "speaker": earlier.speaker,
            "name": earlier.speaker_name,
            "text": earlier.text,
            "source": earlier.source,
            "started_ms": earlier.started_ms,
            "ended_ms": earlier.ended_ms,
        },
        member_payload={
            "segment": earlier.id,
            **({"question_ref": question_ref} if question_ref else {}),
            **_fed_by(earlier),
            "other": other,
        },
        for_candidate=True,
        sender=sender,
    )


def _heard(row: Segment) -> Heard:
    is_fed = row.fed_by_id is not None
    is_candidates = row.speaker == Speaker.CANDIDATE and not is_fed
    return Heard(
        text=row.text,
        speaker=row.speaker,
        feed=f"{row.fed_by_id or row.member_id or row.speaker}/{is_fed}",
        rank=3 if is_candidates else 1 if is_fed else 2,
        started_ms=row.started_ms,
        ended_ms=row.ended_ms,
    )


def _as_told(row: Segment) -> dict[str, JsonValue]:
    told: dict[str, JsonValue] = {
        "seg_id": row.seg_id,
        "speaker": row.speaker,
        "name": row.speaker_name,
        "text": row.text,
        "source": row.source,
    }
    return {**told, **_fed_by(row)}


def _fed_by(row: Segment) -> dict[str, JsonValue]:
    return {} if row.fed_by_id is None else {"fed_by": str(row.fed_by_id)}
