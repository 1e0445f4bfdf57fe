"""Freezes the transcript that a debrief is written from, once all speech of the interview is in it."""

import uuid
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils import timezone

from interviews.events import EventKind
from interviews.models import Debrief, TranscriptVersion
from interviews.queries.transcript import Gap, gaps, speech_in_flight
from interviews.services.hold_debrief import NotWanted, hold_debrief
from interviews.services.room_log import append_event
from scheduler.outcomes import Cancel, Outcome, Snooze
from scheduler.run import Run

WAITS_AT_MOST = timedelta(seconds=60)
LOOKS_AGAIN_AFTER = 2.0


def settle_transcript(*, run: Run, debrief_id: uuid.UUID) -> Outcome | None:
    now = timezone.now()
    try:
        with hold_debrief(run=run, debrief_id=debrief_id) as debrief:
            if debrief.transcript_version_id is not None:
                return None  # an earlier run got as far as its commit
            in_flight = speech_in_flight(debrief.interview)
            if in_flight and now - debrief.created_at < WAITS_AT_MOST:
                reason = "Speech is still being transcribed."
                return Snooze(reason, seconds=LOOKS_AGAIN_AFTER, pauses_kind=False)
            _mark_gaps(debrief, in_flight, now)
            freeze_transcript(debrief=debrief, now=now)
    except NotWanted as reason:
        return Cancel(str(reason))
    return None


def freeze_transcript(*, debrief: Debrief, now: datetime) -> TranscriptVersion:
    """Pins the debrief to the words as they stand. The interview must be locked."""
    interview = debrief.interview
    last = interview.transcript_versions.aggregate(last=Max("number"))["last"] or 0
    version = TranscriptVersion.objects.create(
        interview=interview,
        number=last + 1,
        frozen_at=now,
        segments=[
            list(pair) for pair in interview.segments.order_by("position").values_list("id", "text")
        ],
        gaps=[{"seg_id": gap.seg_id, "at_ms": gap.at_ms} for gap in gaps(interview)],
    )
    debrief.transcript_version = version
    debrief.save(update_fields=["transcript_version"])
    return version


def _mark_gaps(debrief: Debrief, in_flight: list[Gap], now: datetime) -> None:
    """Speech that never became words is shown as a gap, never silently missing."""
    for gap in in_flight:
        append_event(
            debrief.interview,
            kind=EventKind.GAP_MARKED,
            at=now,
            payload={"seg_id": gap.seg_id, "at_ms": gap.at_ms},
            for_candidate=True,
        )
