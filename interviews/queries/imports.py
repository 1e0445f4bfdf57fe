"""Reads imports: which a member may see, and how much each of them brought."""

import uuid
from collections.abc import Iterable

from django.db.models import Count, QuerySet

from interviews import access
from interviews.models import Member, Segment, TranscriptImport


def imports_seen_by(member: Member) -> QuerySet[TranscriptImport]:
    return TranscriptImport.objects.filter(interview__in=access.interviews(member))


def segments_of(imports: Iterable[TranscriptImport]) -> dict[uuid.UUID, int]:
    """How many segments the interview of each has, by interview."""
    wanted = [row.interview_id for row in imports]
    rows = Segment.objects.filter(interview_id__in=wanted).values("interview_id")
    return {row["interview_id"]: row["n"] for row in rows.annotate(n=Count("pk"))}
