"""What the AI wrote about an interview. Every claim rests on evidence that code has checked."""

import uuid

from django.db import models
from django.utils import timezone

from interviews.models.interview import Interview
from interviews.models.people import Member
from interviews.models.plan import Competency, Question
from interviews.models.transcript import Segment, TranscriptVersion
from interviews.states import DebriefStatus, LevelStatus, PartKind


class Provenance(models.Model):
    """Where an AI text comes from; shown with the text."""

    provider = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=120, blank=True)
    prompt_version = models.CharField(max_length=40, blank=True)
    written_at = models.DateTimeField(null=True, blank=True)
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)
    cost = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    degraded = models.BooleanField(default=False, help_text="Written without AI.")
    calls = models.PositiveSmallIntegerField(default=0)
    dropped_claims = models.PositiveSmallIntegerField(
        default=0, help_text="Claims whose quotes were not in the transcript; not shown."
    )

    class Meta:
        abstract = True


class Debrief(models.Model):
    """Summary, scorecard and insights of one interview, pinned to one version of its transcript."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.ForeignKey(Interview, models.CASCADE, related_name="debriefs")
    number = models.PositiveIntegerField(default=1)
    transcript_version = models.ForeignKey(
        TranscriptVersion, models.CASCADE, null=True, blank=True, related_name="debriefs"
    )
    status = models.CharField(
        max_length=10, choices=DebriefStatus.choices, default=DebriefStatus.WORKING
    )
    workflow_id = models.CharField(max_length=40, blank=True)
    asked_by = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["interview", "number"], name="debrief_number_once")
        ]

    def __str__(self) -> str:
        return f"debrief {self.number}"


class DebriefPart(Provenance):
    """One part, committed by the job that wrote it. The unique key makes a second run a no-op."""

    id = models.BigAutoField(primary_key=True)
    debrief = models.ForeignKey(Debrief, models.CASCADE, related_name="parts")
    kind = models.CharField(max_length=10, choices=PartKind.choices)
    job_id = models.CharField(max_length=40, blank=True)
    figures = models.JSONField(
        default=dict, blank=True, help_text="Insights: counted, not written."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["debrief", "kind"], name="debrief_part_once")
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Answer(Provenance):
    """A member's question about one interview, and the cited answer."""

    class Status(models.TextChoices):
        WORKING = "working", "Being answered"
        ANSWERED = "answered", "Answered"
        NOT_SAID = "not_said", "The transcript does not say"
        FAILED = "failed", "Could not be answered"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.ForeignKey(Interview, models.CASCADE, related_name="answers")
    asked_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    question = models.TextField(max_length=1000)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WORKING)
    problem = models.TextField(blank=True, help_text="What the asker is told when it failed.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.question[:80]


class Statement(models.Model):
    """One sentence of a summary, of insights or of an answer."""

    id = models.BigAutoField(primary_key=True)
    part = models.ForeignKey(
        DebriefPart, models.CASCADE, null=True, blank=True, related_name="statements"
    )
    answer = models.ForeignKey(
        Answer, models.CASCADE, null=True, blank=True, related_name="statements"
    )
    position = models.PositiveSmallIntegerField()
    section = models.CharField(max_length=120, blank=True)
    question = models.ForeignKey(Question, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(part__isnull=False, answer__isnull=True)
                | models.Q(part__isnull=True, answer__isnull=False),
                name="statement_of_one_text",
            )
        ]

    def __str__(self) -> str:
        return self.text[:80]


class CompetencyLevel(models.Model):
    """The AI's draft for one competency. No level without a status that says so; never 0."""

    id = models.BigAutoField(primary_key=True)
    part = models.ForeignKey(DebriefPart, models.CASCADE, related_name="levels")
    competency = models.ForeignKey(Competency, models.PROTECT, related_name="+")
    status = models.CharField(max_length=24, choices=LevelStatus.choices)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    rationale = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "competency"], name="competency_level_once"),
            models.CheckConstraint(
                condition=models.Q(status=LevelStatus.LEVELLED, level__gte=1, level__lte=4)
                | (~models.Q(status=LevelStatus.LEVELLED) & models.Q(level__isnull=True)),
                name="competency_level_honest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competency}: {self.level or self.get_status_display()}"


class Evidence(models.Model):
    """A verbatim quote that code found in the segment: `segment.text[start:end]` as it was frozen."""

    id = models.BigAutoField(primary_key=True)
    statement = models.ForeignKey(
        Statement, models.CASCADE, null=True, blank=True, related_name="evidence"
    )
    competency_level = models.ForeignKey(
        CompetencyLevel, models.CASCADE, null=True, blank=True, related_name="evidence"
    )
    segment = models.ForeignKey(Segment, models.CASCADE, related_name="+")
    quote = models.TextField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(statement__isnull=False, competency_level__isnull=True)
                | models.Q(statement__isnull=True, competency_level__isnull=False),
                name="evidence_of_one_claim",
            )
        ]

    def __str__(self) -> str:
        return self.quote[:80]
