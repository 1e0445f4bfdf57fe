"""Retention: a conversation is kept for as long as the candidate was told, then erased.

The audit trail holds no words, and is kept longer: at least half a year, as the law on AI systems asks.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Coalesce

from ai_engine import usage
from interviews.models import AuditEntry, Organisation
from interviews.queries.held_about import ids_about
from interviews.services.erase_conversation import erase_conversation
from interviews.services.erase_recordings import erase_recordings
from interviews.services.record_audit import record_audit
from interviews.services.room_log import lock_room
from interviews.states import OVER
from scheduler.forget import forget

_REASON = "The conversation was erased: its time was over."


def keep_no_longer(*, now: datetime) -> int:
    """Erases every conversation whose time is over, each in a transaction of its own. Answers how many."""
    return sum(_erase_one(interview_id, now) for interview_id in list(_past_their_time(now)))


def keep_recordings_no_longer(*, now: datetime) -> int:
    """Erases the recordings whose own, shorter time is over. Answers of how many interviews."""
    return sum(_erase_recordings(interview_id) for interview_id in list(_old_recordings(now)))


def prune_audit_trail(*, now: datetime) -> int:
    """Deletes entries older than RETENTION_AUDIT_DAYS. Answers how many."""
    before = now - timedelta(days=settings.RETENTION_AUDIT_DAYS)
    deleted, _ = AuditEntry.objects.filter(at__lt=before).delete()
    return deleted


def prune_model_calls(*, now: datetime) -> int:
    """Deletes the AI's calls, which are a part of the trail, when they are as old. Answers how many."""
    return usage.prune_calls(before=now - timedelta(days=settings.RETENTION_AUDIT_DAYS))


def _past_their_time(now: datetime) -> Iterator[uuid.UUID]:
    for organisation in Organisation.objects.all():
        before = now - timedelta(days=organisation.transcript_days)
        over = Coalesce("ended_at", "window_ends_at", "scheduled_at", "created_at")
        rows = organisation.interviews.filter(state__in=OVER, conversation_erased_at__isnull=True)
        yield from (
            rows.annotate(over_at=over).filter(over_at__lt=before).values_list("id", flat=True)
        )


def _old_recordings(now: datetime) -> Iterator[uuid.UUID]:
    for organisation in Organisation.objects.all():
        before = now - timedelta(days=organisation.recording_days)
        rows = organisation.interviews.filter(state__in=OVER, recordings__isnull=False)
        yield from rows.filter(ended_at__lt=before).values_list("id", flat=True).distinct()


def _erase_recordings(interview_id: uuid.UUID) -> bool:
    with transaction.atomic():
        room = lock_room(interview_id)
        count = erase_recordings(room)
        if count:
            record_audit(
                organisation=room.organisation_id,
                action="recording.erased",
                subject_kind="interview",
                subject_id=room.id,
                actor="clock",
                detail={"recordings": count},
            )
    return bool(count)


def _erase_one(interview_id: uuid.UUID, now: datetime) -> bool:
    with transaction.atomic():
        room = lock_room(interview_id)
        if room.conversation_erased_at is not None or room.state not in OVER:
            return False
        ids = ids_about(room.candidate_id, [room.id])
        about_it = [each for each in ids if each != str(room.candidate_id)]
        counts = erase_conversation(room, now=now)
        forget(scope=str(room.organisation_id), ids=about_it, reason=_REASON)
        record_audit(
            organisation=room.organisation_id,
            action="conversation.erased",
            subject_kind="interview",
            subject_id=room.id,
            actor="clock",
            detail=dict(counts),
        )
    return True
