"""The candidate's voice, where they agreed to it: one row for each unbroken stretch of sound."""

import uuid

from django.db import models
from django.utils import timezone

from interviews.models.interview import Interview
from interviews.states import RecordingState

FOLDER = "recordings"
"""All files of one interview stand in one folder below this, so that they can be deleted as one."""


def folder_of(interview_id: uuid.UUID) -> str:
    return f"{FOLDER}/{interview_id.hex}"


def _place_of_recording(recording: "Recording", file_name: str) -> str:
    return f"{folder_of(recording.interview_id)}/{recording.id.hex}{recording.suffix}"


def _place_of_chunk(chunk: "RecordingChunk", file_name: str) -> str:
    recording = chunk.recording
    return f"{folder_of(recording.interview_id)}/{recording.id.hex}-{chunk.number}.chunk"


class Recording(models.Model):
    """One unbroken stretch of sound: a pause or a reload begins the next. Its recorder minted the id.

    `started_ms` is on the clock of the room, like the times of segments. `last_number` is known once the
    recorder said that it ended; `missing` holds [first, last] numbers of chunks that never came.
    """

    class Mime(models.TextChoices):
        WEBM = "audio/webm", "WebM"
        MP4 = "audio/mp4", "MP4"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.ForeignKey(Interview, models.CASCADE, related_name="recordings")
    participant = models.CharField(max_length=36, default="candidate")
    mime = models.CharField(max_length=20, choices=Mime.choices)
    state = models.CharField(
        max_length=8, choices=RecordingState.choices, default=RecordingState.OPEN
    )
    started_ms = models.PositiveIntegerField(default=0)
    duration_ms = models.PositiveIntegerField(default=0, help_text="0: not known.")
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes that were received.")
    last_number = models.PositiveIntegerField(null=True, blank=True)
    missing = models.JSONField(default=list, blank=True)
    file = models.FileField(upload_to=_place_of_recording, max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    joined_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["started_ms", "created_at"]

    def __str__(self) -> str:
        return f"recording from {self.started_ms} ms"

    @property
    def suffix(self) -> str:
        return ".webm" if self.mime == self.Mime.WEBM else ".m4a"


class RecordingChunk(models.Model):
    """A few seconds of a recording, until it is joined. A chunk by itself cannot be played."""

    id = models.BigAutoField(primary_key=True)
    recording = models.ForeignKey(Recording, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    file = models.FileField(upload_to=_place_of_chunk, max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["recording", "number"], name="recording_chunk_once")
        ]

    def __str__(self) -> str:
        return f"chunk {self.number}"
