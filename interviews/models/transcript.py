"""What was said: segments, the questions that were asked, and frozen versions of the whole."""

import uuid

from django.db import models
from django.utils import timezone

from interviews.models.interview import Interview
from interviews.models.people import Member
from interviews.models.plan import Question
from interviews.states import SegmentSource, Speaker


class AskedQuestion(models.Model):
    """A question put to the candidate, or one of the plan that was skipped."""

    class State(models.TextChoices):
        ASKING = "asking", "Being asked"  # its words stream to the room
        ASKED = "asked", "Asked"  # complete and stored as a segment
        WITHDRAWN = "withdrawn", "Withdrawn"  # its provider or process died; asked anew
        SKIPPED = "skipped", "Skipped"  # the candidate or a member passed over it

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.ForeignKey(Interview, models.CASCADE, related_name="asked_questions")
    question = models.ForeignKey(
        Question, models.PROTECT, null=True, blank=True, related_name="asked"
    )
    position = models.PositiveIntegerField(help_text="Order within the interview.")
    move = models.CharField(max_length=20, help_text="The director's move, or `member`.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKING)
    text = models.TextField(blank=True)
    asked_by = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+")
    degraded = models.BooleanField(default=False)
    provider = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=120, blank=True)
    prompt_version = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["interview", "position"], name="asked_place_once")
        ]

    def __str__(self) -> str:
        return self.text[:80]


class Segment(models.Model):
    """One stored piece of transcript. Its speaker comes from the socket that sent it, never from its words."""

    id = models.BigAutoField(primary_key=True)
    interview = models.ForeignKey(Interview, models.CASCADE, related_name="segments")
    seg_id = models.CharField(max_length=64, help_text="Minted by the sender when speech began.")
    position = models.PositiveIntegerField()
    speaker = models.CharField(max_length=12, choices=Speaker.choices)
    speaker_name = models.CharField(max_length=120, blank=True)
    member = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+")
    fed_by = models.ForeignKey(
        Member,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The member who sent it for somebody else.",
    )
    text = models.TextField()
    heard_text = models.TextField(blank=True, help_text="Before it was corrected.")
    corrected_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=10, choices=SegmentSource.choices)
    started_ms = models.PositiveIntegerField(default=0)
    ended_ms = models.PositiveIntegerField(default=0)
    asked_question = models.ForeignKey(
        AskedQuestion, models.SET_NULL, null=True, blank=True, related_name="segments"
    )
    after_end = models.BooleanField(default=False, help_text="Arrived when the interview was over.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["interview", "seg_id"], name="segment_once"),
            models.UniqueConstraint(fields=["interview", "position"], name="segment_place_once"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class TranscriptVersion(models.Model):
    """The transcript as a debrief read it. A correction makes the next version."""

    id = models.BigAutoField(primary_key=True)
    interview = models.ForeignKey(Interview, models.CASCADE, related_name="transcript_versions")
    number = models.PositiveIntegerField()
    frozen_at = models.DateTimeField(default=timezone.now)
    segments = models.JSONField(default=list, help_text="[segment id, text] in order, as frozen.")
    gaps = models.JSONField(default=list, help_text="Pieces of speech that were lost.")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["interview", "number"], name="transcript_version_once")
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class TranscriptImport(models.Model):
    """Where the transcript of an imported interview came from."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.OneToOneField(Interview, models.CASCADE, related_name="transcript_import")
    file_name = models.CharField(max_length=200)
    format = models.CharField(max_length=40)
    candidate_speaker = models.CharField(max_length=120)
    notes = models.JSONField(default=list)
    imported_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.file_name
