"""Takes the chunks of a recording from the candidate's browser, each once, in any order.

RecordingRefused
├── NoSuchRecording    it belongs to another interview
├── NotRecorded        nobody agreed to it, or the interview is not running
├── TooLate            the time in which chunks may arrive is over, or the recording is joined already
├── TooMuch            larger, or more, than is kept
├── NotSound           it does not begin as a recording does
└── NoSpace            the disk is full: the only one that may go away by itself
"""

import errno
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Sum

from interviews.events import EventKind
from interviews.models import Interview, Recording, RecordingChunk
from interviews.queries.recordings import has_agreed_to_recording, is_whole
from interviews.services.ask_to_join import CHUNKS_MAY_BE_LATE, join_now, join_what_is_late
from interviews.services.room_clock import elapsed_ms
from interviews.services.room_log import append_event, lock_room
from interviews.states import ConsentState, InterviewState, RecordingState

LARGEST_CHUNK = 1024 * 1024
LARGEST_TOTAL = 500 * 1024 * 1024  # of one interview
MOST_CHUNKS = 6_000  # of one recording: more than eight hours
MOST_RECORDINGS = 200  # of one interview: each pause and each reload begins one
_BEGINNINGS = {Recording.Mime.WEBM: (0, b"\x1a\x45\xdf\xa3"), Recording.Mime.MP4: (4, b"ftyp")}
_FULL = {errno.ENOSPC, errno.EDQUOT}


class RecordingRefused(Exception):
    """The chunk was not kept; the text tells the candidate why."""


class NoSuchRecording(RecordingRefused):
    pass


class NotRecorded(RecordingRefused):
    pass


class TooLate(RecordingRefused):
    pass


class TooMuch(RecordingRefused):
    pass


class NotSound(RecordingRefused):
    pass


class NoSpace(RecordingRefused):
    pass


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some seconds of sound. Without content it says that the recording ended before this number."""

    recording_id: uuid.UUID
    number: int
    mime: str
    started_ms: int
    content: bytes


def may_still_arrive(interview: Interview, now: datetime) -> bool:
    """Whether an interview that is over still takes the chunks of its last minutes."""
    return (
        interview.state == InterviewState.ENDED
        and interview.ended_at is not None
        and now <= interview.ended_at + CHUNKS_MAY_BE_LATE
    )


def disk_is_full(problem: OSError) -> bool:
    return problem.errno in _FULL


def receive_chunk(*, interview: Interview, chunk: Chunk, now: datetime) -> bool:
    """Keeps it; False if it was here already. Raises RecordingRefused."""
    _check_shape(chunk)
    row = RecordingChunk(number=chunk.number)
    try:
        with transaction.atomic():
            room = lock_room(interview.id)
            _check_open(room, now)
            recording = _recording(room, chunk, now)
            return _keep(room, recording, chunk, row)
    except OSError as problem:
        _drop(row)
        if disk_is_full(problem):
            raise NoSpace(
                "There is no room for the recording on the server right now. It is kept on this device and "
                "sent again; the interview goes on."
            ) from problem
        raise
    except BaseException:
        _drop(row)
        raise


def _keep(room: Interview, recording: Recording, chunk: Chunk, row: RecordingChunk) -> bool:
    if recording.state != RecordingState.OPEN:
        if chunk.content and any(
            first <= chunk.number <= last for first, last in recording.missing
        ):
            raise TooLate("This part of the recording came too late.")
        return False
    if not chunk.content:
        return _note_end(room, recording, chunk.number)
    if recording.chunks.filter(number=chunk.number).exists():
        return False
    received = room.recordings.aggregate(total=Sum("size"))["total"] or 0
    if received + len(chunk.content) > LARGEST_TOTAL:
        raise TooMuch(
            "The recording is too long: the rest of it is not kept. The interview goes on."
        )
    row.recording = recording
    row.file.save("chunk", ContentFile(chunk.content), save=False)
    row.save()
    recording.size += len(chunk.content)
    recording.save(update_fields=["size"])
    if is_whole(recording):
        join_now(recording, room)
    return True


def _note_end(room: Interview, recording: Recording, number: int) -> bool:
    if recording.last_number is not None or number == 0:
        return False
    recording.last_number = number - 1
    recording.save(update_fields=["last_number"])
    if is_whole(recording):
        join_now(recording, room)
    return True


def _check_shape(chunk: Chunk) -> None:
    if chunk.mime not in Recording.Mime.values:
        raise NotSound("Recordings of this kind are not kept.")
    if len(chunk.content) > LARGEST_CHUNK or chunk.number > MOST_CHUNKS:
        raise TooMuch("This part of the recording is too large.")
    if chunk.number == 0 and chunk.content:
        at, beginning = _BEGINNINGS[Recording.Mime(chunk.mime)]
        if chunk.content[at : at + len(beginning)] != beginning:
            raise NotSound("This is not the beginning of a recording.")


def _check_open(room: Interview, now: datetime) -> None:
    if room.consent != ConsentState.GIVEN or room.conversation_erased_at is not None:
        raise NotRecorded("You did not agree to be recorded, so nothing was kept.")
    if room.state in (InterviewState.LIVE, InterviewState.PAUSED):
        return
    if room.state == InterviewState.ENDED:
        if may_still_arrive(room, now):
            return
        raise TooLate(
            "The interview is over, and so is the time in which its recording may arrive."
        )
    raise NotRecorded("The interview is not running.")


def _recording(room: Interview, chunk: Chunk, now: datetime) -> Recording:
    known = Recording.objects.filter(id=chunk.recording_id).first()
    if known is not None:
        if known.interview_id != room.id or known.mime != chunk.mime:
            raise NoSuchRecording("There is no such recording.")
        return known
    if not room.may_record or not has_agreed_to_recording(room):
        raise NotRecorded("You did not agree to be recorded, so nothing was kept.")
    if room.recordings.count() >= MOST_RECORDINGS:
        raise TooMuch("The recording has too many pieces: the rest of it is not kept.")
    recording = Recording.objects.create(
        id=chunk.recording_id,
        interview=room,
        mime=chunk.mime,
        started_ms=min(max(0, chunk.started_ms), elapsed_ms(room, now)),
        created_at=now,
    )
    if room.state == InterviewState.ENDED:
        join_what_is_late(room, now=now)
    elif chunk.content:  # what only arrives after the end is no news of a running room
        append_event(
            room,
            kind=EventKind.RECORDING_STARTED,
            at=now,
            payload={"recording": str(recording.id), "started_ms": recording.started_ms},
            for_candidate=False,
        )
    return recording


def _drop(row: RecordingChunk) -> None:
    """The file of a row that was not committed."""
    if row.file:
        row.file.delete(save=False)
