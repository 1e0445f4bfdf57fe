"""Turns a spoken segment into stored words. Failing is told to the room: what was lost is never silent."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ai_engine.engine import engine
from ai_engine.errors import AiError
from ai_engine.inputs import Audio, CallContext
from interviews.events import LONGEST_TEXT, EventKind, clean_text
from interviews.hub import in_database
from interviews.models import Event, Interview, Segment
from interviews.services.participants import Participant, enter_room
from interviews.services.record_transcript import SpokenSegment, record_segment
from interviews.services.room_log import append_event
from interviews.states import SegmentSource

DEADLINE = 10.0
_SPEECH = uuid.UUID("6a1f7b0e-2c55-4a31-9b9e-1f0c6f1f7a55")  # names the keys of spoken segments


@dataclass(frozen=True, slots=True)
class SpokenAudio:
    """A whole segment of sound, as it was sent under its id."""

    seg_id: str
    content: bytes
    mime: str
    duration_ms: int


def can_transcribe() -> bool:
    """Whether any provider understands speech; else the browser's own recognition, or typing."""
    return any(status.speech_model for status in engine.status())


async def transcribe_speech(*, by: Participant, audio: SpokenAudio) -> str | None:
    """Stores the words of a segment once, and returns them; empty if it holds none.

    None if it was stored before, or could not be transcribed, which the room is told.
    Raises RoomRefusal where the room takes no words now.
    """
    context = await in_database(_gather, by, audio.seg_id)
    if context is None:
        return None
    spoken_until = timezone.now()
    try:
        heard = await engine.transcribe(Audio(audio.content, audio.mime, context.language), context)
    except AiError:
        await in_database(_fail, by, audio.seg_id, timezone.now())
        return None
    text = clean_text(heard.text).encode()[:LONGEST_TEXT].decode(errors="ignore")
    if text:
        await in_database(_commit, by, audio, text, spoken_until)
    return text


def _gather(by: Participant, seg_id: str) -> CallContext | None:
    if Segment.objects.filter(interview_id=by.interview_id, seg_id=seg_id).exists():
        return None
    interview = Interview.objects.select_related("organisation").get(id=by.interview_id)
    off = frozenset(interview.organisation.ai_providers_off)
    return CallContext(
        scope=str(interview.organisation_id),
        interview_ref=str(interview.id),
        language=interview.language,
        lane="speech",
        deadline=DEADLINE,
        allowed_providers=frozenset(settings.AI_PROVIDERS) - off if off else None,
    )


def _commit(by: Participant, audio: SpokenAudio, text: str, spoken_until: datetime) -> None:
    # Sent again after a cut, it comes under the same id: the key is made of nothing else.
    sender = by.sender_key(uuid.uuid5(_SPEECH, f"{by.key}/{audio.seg_id}"), 1)
    started, ended = _times(by, audio, spoken_until)
    segment = SpokenSegment(audio.seg_id, text, SegmentSource.PROVIDER, started, ended)
    record_segment(by=by, segment=segment, sender=sender, now=timezone.now())


def _times(by: Participant, audio: SpokenAudio, spoken_until: datetime) -> tuple[int, int]:
    """On the room's clock: it was said before it was transcribed."""
    interview = Interview.objects.get(id=by.interview_id)
    since = spoken_until - interview.live_since if interview.live_since else None
    ended = interview.live_ms + (round(since.total_seconds() * 1000) if since else 0)
    return max(1, ended - audio.duration_ms), max(1, ended)


def _fail(by: Participant, seg_id: str, now: datetime) -> None:
    with transaction.atomic():
        room = enter_room(by)
        is_told = Event.objects.filter(
            interview=room, kind=EventKind.SEGMENT_FAILED, payload__seg_id=seg_id
        ).exists()
        if not is_told:
            append_event(
                room,
                kind=EventKind.SEGMENT_FAILED,
                at=now,
                payload={"seg_id": seg_id, "speaker": by.role, "name": by.name},
                for_candidate=True,
            )
