"""Makes one file of the chunks of each recording, once all are there or no more may come.

Gather, join, commit: files are read and written outside any transaction, and a run that was overtaken
leaves nothing.
"""

import tempfile
import uuid
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from typing import BinaryIO, cast

from django.core.files import File
from django.db import transaction
from django.db.models.fields.files import FieldFile

from interviews.models import Interview, Recording
from interviews.queries.recordings import is_whole, missing_numbers
from interviews.services.ask_to_join import CHUNKS_MAY_BE_LATE
from interviews.services.receive_recording import disk_is_full
from interviews.services.room_log import lock_room
from interviews.states import RecordingState
from interviews.webm import NotWebm, bridge, finish
from scheduler.outcomes import Cancel, Outcome, Snooze
from scheduler.run import Run


class _NotWanted(Exception):
    """It was erased meanwhile, or joined by another job."""


def join_recordings(*, run: Run, interview_id: uuid.UUID, now: datetime) -> Outcome | None:
    """Joins what can be joined now. A re-run finds what was joined and leaves it alone."""
    interview = Interview.objects.filter(id=interview_id).first()
    if interview is None or interview.conversation_erased_at is not None:
        return Cancel("The recordings were erased.")
    ended_at = interview.ended_at
    is_late = ended_at is not None and now >= ended_at + CHUNKS_MAY_BE_LATE
    for recording in interview.recordings.filter(state=RecordingState.OPEN):
        if is_late or is_whole(recording):
            try:
                _join(run, recording, now)
            except _NotWanted:
                continue
            except OSError as problem:
                if not disk_is_full(problem):
                    raise
                return Snooze("There is no room on the disk.", seconds=60.0)
    return None


def _join(run: Run, recording: Recording, now: datetime) -> None:
    missing = missing_numbers(recording)
    with ExitStack() as stack:
        joined = _scratch(stack)
        if not _write_chunks(recording, joined):
            _commit(run, recording, now, state=RecordingState.LOST, missing=missing)
            return
        file, duration_ms = _finished(recording, joined, stack)
        recording.duration_ms = duration_ms
        recording.file.save("joined", File(file), save=False)
    try:
        _commit(run, recording, now, state=RecordingState.JOINED, missing=missing)
    except BaseException:
        recording.file.delete(save=False)
        raise


def _write_chunks(recording: Recording, target: BinaryIO) -> bool:
    """False if the first one is missing: without it nothing can be played."""
    expected = 0
    for chunk in recording.chunks.all():
        with chunk.file.open("rb") as file:
            content = file.read()
        if chunk.number == expected:
            target.write(content)
        elif expected == 0 or not bridge(target, content, recording.mime):
            continue  # the hole reaches to the next piece that has a time
        expected = chunk.number + 1
    return expected > 0


def _finished(recording: Recording, joined: BinaryIO, stack: ExitStack) -> tuple[BinaryIO, int]:
    """With its length and an index, where we know how to add them."""
    if recording.mime == Recording.Mime.WEBM:
        whole = _scratch(stack)
        try:
            return whole, finish(joined, whole)
        except NotWebm:
            pass  # a player may still make something of it
    return joined, 0


def _commit(
    run: Run,
    recording: Recording,
    now: datetime,
    *,
    state: RecordingState,
    missing: list[list[int]],
) -> None:
    """Raises _NotWanted, and AttemptLostError; then the file that was written is nobody's."""
    with transaction.atomic():
        lock_room(recording.interview_id)
        run.still_mine()
        stored = Recording.objects.filter(id=recording.id, state=RecordingState.OPEN).first()
        if stored is None:
            raise _NotWanted
        stored.file, stored.duration_ms = recording.file.name or "", recording.duration_ms
        stored.state, stored.missing, stored.joined_at = state, missing, now
        stored.save()
        for chunk in stored.chunks.all():
            transaction.on_commit(partial(_delete, chunk.file))
        stored.chunks.all().delete()


def _scratch(stack: ExitStack) -> BinaryIO:
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the stack closes it
    stack.callback(file.close)
    return cast("BinaryIO", file)


def _delete(file: FieldFile) -> None:
    if file.name:
        file.storage.delete(file.name)
