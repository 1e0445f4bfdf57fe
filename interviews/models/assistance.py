"""What helps a person who leads: the AI's suggestions, and what members noted and marked."""

import uuid

from django.db import models
from django.utils import timezone

from interviews.models.interview import Interview
from interviews.models.people import Member
from interviews.models.transcript import Segment


class Suggestion(models.Model):
    """One follow-up question the AI proposed, with the words that caused it."""

    class Answer(models.TextChoices):
        OPEN = "open", "Not answered"
        USE = "use", "Used"
        DISMISS = "dismiss", "Dismissed"  # it does not come back
        LATER = "later", "For later"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.ForeignKey(Interview, models.CASCADE, related_name="suggestions")
    text = models.TextField(max_length=400)
    because = models.JSONField(default=list, help_text="[seg_id, verbatim words] of the candidate.")
    answer = models.CharField(max_length=8, choices=Answer.choices, default=Answer.OPEN)
    answered_by = models.ForeignKey(
        Member, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    provider = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=120, blank=True)
    prompt_version = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.text[:80]


class Note(models.Model):
    """What a member wrote down for themselves while the interview ran. Nobody else reads it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.ForeignKey(Interview, models.CASCADE, related_name="notes")
    member = models.ForeignKey(Member, models.CASCADE, related_name="notes")
    text = models.TextField(max_length=16_384)
    segment = models.ForeignKey(Segment, models.SET_NULL, null=True, blank=True, related_name="+")
    at_ms = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["at_ms", "created_at"]

    def __str__(self) -> str:
        return f"note at {self.at_ms} ms"


class Moment(models.Model):
    """A place in the conversation that a member marked, to find it again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.ForeignKey(Interview, models.CASCADE, related_name="moments")
    member = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+")
    segment = models.ForeignKey(Segment, models.CASCADE, related_name="moments")
    label = models.CharField(max_length=200, blank=True)
    at_ms = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["at_ms", "created_at"]

    def __str__(self) -> str:
        return self.label or f"moment at {self.at_ms} ms"
