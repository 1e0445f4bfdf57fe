"""Turns a spoken segment into stored words. Failing is told to the room: what was lost is never silent."""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Concatenate, Literal, ParamSpec, Protocol, TypeVar

from django.db import transaction
from django.utils import timezone

from ai_engine.engine import engine
from ai_engine.errors import AiError
from ai_engine.inputs import Audio, CallContext
from interviews.events import LONGEST_TEXT, EventKind, clean_text
from interviews.models import Event, Interview
from interviews.queries.material import allowed_providers
from interviews.services.participants import Participant, enter_room
from interviews.services.record_transcript import SpokenSegment, check_open, record_segment
from interviews.services.room_log import append_event
from interviews.services.room_refusals import StillUnheard
from interviews.states import SegmentSource
from webapi.json import JsonValue

P = ParamSpec("P")
T = TypeVar("T")
ItsTurn = Callable[[], Awaitable[object]]  # returns once everything that came before is settled
DEADLINE = 10.0
_SPEECH = uuid.UUID("6a1f7b0e-2c55-4a31-9b9e-1f0c6f1f7a55")  # names the keys of spoken segments


@dataclass(frozen=True, slots=True)
class SpokenAudio:
    """A whole segment of sound, as it was sent under its id."""

    seg_id: str
    content: bytes
    mime: str
    duration_ms: int
    speaker: Literal["candidate", "interviewer"] | None = None  # set by a member who feeds it


class InRoom(Protocol):
    """Runs a function of the database for the speaker, whose rights are checked again if they changed."""

    async def __call__(
        self, function: Callable[Concatenate[Participant, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T: ...


def can_transcribe() -> bool:
    """Whether any provider understands speech; else the browser's own recognition, or typing."""
    return any(status.speech_model for status in engine.status())


async def transcribe_speech(
    *, in_room: InRoom, audio: SpokenAudio, its_turn: ItsTurn
) -> str | None:
    """Stores the words of a segment once, after those of earlier ones, and returns them; empty if it holds none.

    None if what became of it was known before, or it could not be transcribed, which the room is told.
    Raises RoomRefusal where the room takes no words now: then no provider hears them either.
    """
    spoken_until = timezone.now()
    context = await in_room(_gather, audio.seg_id, spoken_until)
    if context is None:
        return None
    try:
        heard = await engine.transcribe(Audio(audio.content, audio.mime, context.language), context)
    except AiError:
        if not await in_room(_settle, EventKind.SEGMENT_FAILED, audio.seg_id, timezone.now()):
            raise StillUnheard from None  # the log says it already: only who tried again is to know
        return None
    await its_turn()
    text = clean_text(heard.text).encode()[:LONGEST_TEXT].decode(errors="ignore")
    if text:
        await in_room(_commit, audio, text, spoken_until)
    else:
        await in_room(_settle, EventKind.SEGMENT_EMPTY, audio.seg_id, timezone.now())
    return text


def _gather(by: Participant, seg_id: str, now: datetime) -> CallContext | None:
    """Notes that speech came in, so that whoever needs all the words waits for these too."""
    with transaction.atomic():
        interview = enter_room(by)
        check_open(interview, by, now)
        if interview.segments.filter(seg_id=seg_id).exists() or _is_noted(
            interview, EventKind.SEGMENT_EMPTY, seg_id
        ):
            return None
        if not _is_noted(interview, EventKind.SPEECH_RECEIVED, seg_id):
            append_event(
                interview,
                kind=EventKind.SPEECH_RECEIVED,
                at=now,
                payload=_told(by, seg_id),
                for_candidate=False,
            )
    return CallContext(
        scope=str(interview.organisation_id),
        interview_ref=str(interview.id),
        language=interview.language,
        lane="speech",
        deadline=DEADLINE,
        allowed_providers=allowed_providers(interview.organisation.ai_providers_off),
    )


def _commit(by: Participant, audio: SpokenAudio, text: str, spoken_until: datetime) -> None:
    # Sent again after a cut, it comes under the same id: the key is made of nothing else.
    sender = by.sender_key(uuid.uuid5(_SPEECH, f"{by.key}/{audio.seg_id}"), 1)
    started, ended = _times(by, audio, spoken_until)
    segment = SpokenSegment(
        audio.seg_id, text, SegmentSource.PROVIDER, started, ended, audio.speaker
    )
    record_segment(by=by, segment=segment, sender=sender, now=timezone.now())


def _times(by: Participant, audio: SpokenAudio, spoken_until: datetime) -> tuple[int, int]:
    """On the room's clock: it was said before it was transcribed."""
    interview = Interview.objects.get(id=by.interview_id)
    since = spoken_until - interview.live_since if interview.live_since else None
    ended = interview.live_ms + (round(since.total_seconds() * 1000) if since else 0)
    return max(1, ended - audio.duration_ms), max(1, ended)


def _settle(by: Participant, kind: EventKind, seg_id: str, now: datetime) -> bool:
    """That no words will come of this segment, for everybody who waits for them. False if it was noted before."""
    with transaction.atomic():
        room = enter_room(by)
        if _is_noted(room, kind, seg_id):
            return False
        append_event(room, kind=kind, at=now, payload=_told(by, seg_id), for_candidate=True)
        return True


def _is_noted(room: Interview, kind: EventKind, seg_id: str) -> bool:
    return Event.objects.filter(interview=room, kind=kind, payload__seg_id=seg_id).exists()


def _told(by: Participant, seg_id: str) -> dict[str, JsonValue]:
    return {"seg_id": seg_id, "speaker": by.role, "name": by.name}
