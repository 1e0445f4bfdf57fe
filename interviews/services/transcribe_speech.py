"""Turns a spoken segment into stored words. Failing is told to the room: what was lost is never silent."""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Concatenate, Literal, ParamSpec, Protocol, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ai_engine.engine import engine
from ai_engine.errors import AiError
from ai_engine.inputs import Audio, CallContext
from interviews.events import LONGEST_TEXT, EventKind, clean_text
from interviews.models import Event, Interview
from interviews.queries.material import allowed_providers
from interviews.services.participants import Participant, check_rights, enter_room
from interviews.services.record_transcript import (
    Recorded,
    SpokenSegment,
    check_open,
    find_sent_segment,
    record_segment,
    recorded,
)
from interviews.services.room_clock import ms_at
from interviews.services.room_log import SenderKey, append_event
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
    """A segment of sound, as it was sent under its id. `age_ms`: how long ago it was said, by its sender's clock."""

    seg_id: str
    content: bytes
    mime: str
    duration_ms: int
    speaker: Literal["candidate", "interviewer"] | None = None  # set by a member who feeds it
    arrived_at: datetime = field(default_factory=timezone.now)
    age_ms: int = 0


@dataclass(frozen=True, slots=True)
class WrittenDown:
    """What became of a segment, and where that stands in the numbering of its sender's audience."""

    recorded: Recorded
    holds_words: bool = True


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
) -> WrittenDown | None:
    """Stores the words of a segment once, after those of earlier ones; what was known before is found again.

    None if it could not be transcribed, which the room is told.
    Raises RoomRefusal where the room takes no words now: then no provider hears them either.
    """
    gathered = await in_room(_gather, audio, timezone.now())
    if isinstance(gathered, WrittenDown):
        return gathered
    context, ended_ms = gathered
    try:
        heard = await engine.transcribe(Audio(audio.content, audio.mime, context.language), context)
    except AiError:
        told = await in_room(_settle, EventKind.SEGMENT_FAILED, audio.seg_id, timezone.now())
        if told.duplicate:
            raise StillUnheard from None  # the log says it already: only who tried again is to know
        return None
    await its_turn()
    text = _fitting(heard.text)
    if text:
        return WrittenDown(await in_room(_commit, audio, text, ended_ms))
    empty = await in_room(_settle, EventKind.SEGMENT_EMPTY, audio.seg_id, timezone.now())
    return WrittenDown(empty, holds_words=False)


async def transcribe_so_far(*, in_room: InRoom, audio: SpokenAudio) -> str:
    """The words so far of somebody who still speaks; empty where they are not to be had at once. Nothing is stored.

    Raises RoomRefusal where the room takes no words now: then no provider hears them either.
    """
    context = await in_room(_context_so_far, timezone.now())
    if context is None:
        return ""
    try:
        heard = await engine.transcribe_so_far(
            Audio(audio.content, audio.mime, context.language), context
        )
    except AiError:
        return ""  # the whole segment is asked for anyway, and its failure is told
    is_over = await in_room(_context_so_far, timezone.now()) is None  # meanwhile
    return "" if heard is None or is_over else _fitting(heard.text)


def _fitting(text: str) -> str:
    return clean_text(text).encode()[:LONGEST_TEXT].decode(errors="ignore")


def _context_so_far(by: Participant, now: datetime) -> CallContext | None:
    """None once the interview is over: late words are kept, and nobody watches them come."""
    interview = Interview.objects.select_related("organisation").get(id=by.interview_id)
    check_rights(interview, by)
    is_late = check_open(interview, by, now)
    return None if is_late else _context(interview)


def _gather(
    by: Participant, audio: SpokenAudio, now: datetime
) -> tuple[CallContext, int] | WrittenDown:
    """Notes that speech came in, so that whoever needs all the words waits for these too; and when it was said.

    What is tried again later keeps the time at which it came in first. What is settled is not heard again:
    its sender lost the answer, and would send it for ever.
    """
    with transaction.atomic():
        interview = enter_room(by)
        settled = _find_settled(interview, by, audio.seg_id)
        if settled is not None:
            return settled
        check_open(interview, by, now)
        received = _noted(by, EventKind.SPEECH_RECEIVED, audio.seg_id).first()
        if received is not None and "ended_ms" in received.payload:
            return _context(interview), received.payload["ended_ms"]
        ended_ms = _ended_ms(interview, by, audio)
        if received is None:
            append_event(
                interview,
                kind=EventKind.SPEECH_RECEIVED,
                at=now,
                payload={**_told(by, audio.seg_id), "ended_ms": ended_ms},
                member_payload={"from": by.key},
                for_candidate=False,
            )
        return _context(interview), ended_ms


def _find_settled(interview: Interview, by: Participant, seg_id: str) -> WrittenDown | None:
    """Raises SegmentIdTaken."""
    stored = find_sent_segment(interview, by, seg_id, _key(by, seg_id))
    if stored is not None:
        return WrittenDown(recorded(stored, by, duplicate=True))
    empty = _noted(by, EventKind.SEGMENT_EMPTY, seg_id).first()
    if empty is not None:
        return WrittenDown(recorded(empty, by, duplicate=True), holds_words=False)
    return None


def _ended_ms(interview: Interview, by: Participant, audio: SpokenAudio) -> int:
    """On the room's clock. Speech that waited for a connection says how long; that is believed as far as it can be
    so: within the interview, and not before what the same microphone said earlier."""
    said_at = audio.arrived_at - timedelta(milliseconds=audio.age_ms)
    ended = max(1, ms_at(interview, said_at))
    if not audio.age_ms:
        return ended
    speaker = audio.speaker or ("candidate" if by.is_candidate else "interviewer")
    # What was typed meanwhile came at once, and says nothing about sound that waited.
    said = interview.segments.filter(speaker=speaker, source=SegmentSource.PROVIDER)
    is_fed = audio.speaker is not None
    same_microphone = (
        said.filter(fed_by=by.member_id)
        if is_fed
        else said.filter(fed_by=None, member=by.member_id)
    )
    latest = same_microphone.order_by("-position").values_list("ended_ms", flat=True).first()
    return max(ended, latest or 0)


def _context(interview: Interview) -> CallContext:
    return CallContext(
        scope=str(interview.organisation_id),
        interview_ref=str(interview.id),
        language=interview.language,
        lane="speech",
        deadline=DEADLINE,
        allowed_providers=allowed_providers(interview.organisation.ai_providers_off),
    )


def _key(by: Participant, seg_id: str) -> SenderKey:
    """Sent again after a cut, speech comes under the same id: the key is made of nothing else."""
    return by.sender_key(uuid.uuid5(_SPEECH, f"{by.key}/{seg_id}"), 1)


def _commit(by: Participant, audio: SpokenAudio, text: str, ended_ms: int) -> Recorded:
    started_ms = max(1, ended_ms - audio.duration_ms)
    segment = SpokenSegment(
        audio.seg_id, text, SegmentSource.PROVIDER, started_ms, ended_ms, audio.speaker
    )
    sender = _key(by, audio.seg_id)
    return record_segment(by=by, segment=segment, sender=sender, now=timezone.now())


def _settle(by: Participant, kind: EventKind, seg_id: str, now: datetime) -> Recorded:
    """That no words will come of this segment, for everybody who waits for them."""
    with transaction.atomic():
        room = enter_room(by)
        earlier = _noted(by, kind, seg_id).first()
        if earlier is not None:
            return recorded(earlier, by, duplicate=True)
        told = append_event(
            room,
            kind=kind,
            at=now,
            payload=_told(by, seg_id),
            member_payload={"from": by.key},
            for_candidate=True,
        )
        return recorded(told, by)


def _noted(by: Participant, kind: EventKind, seg_id: str) -> QuerySet[Event]:
    """Of this participant's own: an id is seen by all while its words are spoken, and anybody could use it."""
    return Event.objects.filter(
        interview=by.interview_id, kind=kind, payload__seg_id=seg_id, member_payload__from=by.key
    )


def _told(by: Participant, seg_id: str) -> dict[str, JsonValue]:
    return {"seg_id": seg_id, "speaker": by.role, "name": by.name}
