"""Deletes recordings: their rows at once, and their files when that is committed."""

import uuid
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import transaction

from interviews.models import Interview, Recording
from interviews.models.recording import FOLDER, folder_of
from interviews.states import OVER

_LONG_OVER = timedelta(days=1)


def erase_recordings(room: Interview) -> int:
    """For a room that `lock_room` locked in this transaction. Answers how many recordings went."""
    _, by_model = room.recordings.all().delete()
    erase_files(room)
    return by_model.get(Recording._meta.label, 0)


def erase_files(room: Interview) -> None:
    """All files of this interview, once the caller's transaction is committed. May be called again."""
    folder = folder_of(room.id)
    transaction.on_commit(lambda: _delete_folder(folder))


def sweep_files(*, now: datetime) -> int:
    """Deletes what a crash between a commit and its deletion left behind. Answers of how many interviews."""
    swept = [folder for folder in _folders() if _is_nobodys(folder, now)]
    for folder in swept:
        _delete_folder(f"{FOLDER}/{folder}")
    return len(swept)


def _folders() -> list[str]:
    try:
        return default_storage.listdir(FOLDER)[0]
    except FileNotFoundError:
        return []


def _is_nobodys(folder: str, now: datetime) -> bool:
    """Chunks that are just arriving have a file before they have a row: running interviews are left alone."""
    try:
        interview_id = uuid.UUID(hex=folder)
    except ValueError:
        return False  # not ours
    row = Interview.objects.filter(id=interview_id).first()
    if row is None:
        return True
    is_long_over = row.state in OVER and (row.ended_at is None or row.ended_at < now - _LONG_OVER)
    return is_long_over and not row.recordings.exists()


def _delete_folder(folder: str) -> None:
    try:
        _, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        default_storage.delete(f"{folder}/{name}")
    default_storage.delete(folder)
