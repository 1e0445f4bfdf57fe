"""Reads recordings: which there are, what of them is missing, and which may be played."""

import uuid
from dataclasses import dataclass

from interviews.models import Interview, Recording
from interviews.queries.transcript import clock_words
from interviews.states import RecordingState


@dataclass(frozen=True, slots=True)
class RecordingShown:
    """One stretch of sound as it is shown: where on the room's clock it begins, and how it is called."""

    id: uuid.UUID
    mime: str
    started_ms: int
    duration_ms: int
    name: str
    has_gaps: bool


@dataclass(frozen=True, slots=True)
class Recordings:
    """`on_their_way`: some are still being received or joined. `lost`: stretches that cannot be played."""

    ready: tuple[RecordingShown, ...]
    on_their_way: bool
    lost: int

    @property
    def exist(self) -> bool:
        return bool(self.ready or self.on_their_way or self.lost)


def recordings_of(interview: Interview) -> Recordings:
    rows = list(interview.recordings.all())
    ready = [row for row in rows if row.state == RecordingState.JOINED]
    return Recordings(
        ready=tuple(_shown(row) for row in ready),
        on_their_way=any(row.state == RecordingState.OPEN for row in rows),
        lost=sum(row.state == RecordingState.LOST for row in rows),
    )


def find_playable(interview: Interview, recording_id: uuid.UUID) -> Recording | None:
    return interview.recordings.filter(id=recording_id, state=RecordingState.JOINED).first()


def has_agreed_to_recording(interview: Interview) -> bool:
    """Whether the candidate ever did: what was recorded until they stopped it may still arrive."""
    return interview.consents.filter(recording=True).exists()


def missing_numbers(recording: Recording) -> list[list[int]]:
    """Which chunks have not come, as [first, last] stretches. The end is unknown until its recorder told it."""
    numbers = list(recording.chunks.values_list("number", flat=True))
    missing: list[list[int]] = []
    expected = 0
    for number in numbers:
        if number > expected:
            missing.append([expected, number - 1])
        expected = number + 1
    if recording.last_number is not None and expected <= recording.last_number:
        missing.append([expected, recording.last_number])
    return missing


def is_whole(recording: Recording) -> bool:
    return recording.last_number is not None and not missing_numbers(recording)


def _shown(row: Recording) -> RecordingShown:
    start = clock_words(row.started_ms)
    until = f" to {clock_words(row.started_ms + row.duration_ms)}" if row.duration_ms else ""
    return RecordingShown(
        id=row.id,
        mime=row.mime,
        started_ms=row.started_ms,
        duration_ms=row.duration_ms,
        name=f"Recording from {start}{until}",
        has_gaps=bool(row.missing),
    )
