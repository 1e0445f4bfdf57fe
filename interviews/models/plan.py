"""What an interview is about: positions, rubrics with anchored levels, and versioned plans.

A version that an interview uses is frozen and never changes: what was asked and how it was judged
stays readable as it was. Editing a frozen version makes the next one.
"""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from interviews.models.people import Member, Organisation
from interviews.states import QuestionKind


class Rubric(models.Model):
    """A named set of competencies of an organisation; its content is in its versions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="rubrics")
    name = models.CharField(max_length=120)
    library_role = models.CharField(max_length=40, blank=True, help_text="Made from this role.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class RubricVersion(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rubric = models.ForeignKey(Rubric, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rubric", "number"], name="rubric_version_number")
        ]

    def __str__(self) -> str:
        return f"{self.rubric} v{self.number}"


class Competency(models.Model):
    """One thing that is judged, with what each of its four levels looks like (its anchors)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rubric_version = models.ForeignKey(RubricVersion, models.CASCADE, related_name="competencies")
    position = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=60, help_text="The same from version to version.")
    name = models.CharField(max_length=120)
    description = models.TextField(max_length=2000, blank=True)
    level_1 = models.TextField(max_length=1000)
    level_2 = models.TextField(max_length=1000)
    level_3 = models.TextField(max_length=1000)
    level_4 = models.TextField(max_length=1000)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["rubric_version", "key"], name="competency_key_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def anchors(self) -> tuple[str, str, str, str]:
        return (self.level_1, self.level_2, self.level_3, self.level_4)


class Position(models.Model):
    """A job that is being filled."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="positions")
    title = models.CharField(max_length=160)
    description = models.TextField(max_length=20_000, blank=True)
    language = models.CharField(max_length=10, default="en")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title


class PlanVersion(models.Model):
    """The plan of a position as it stood at one time: questions, words to open and close with."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # "position" here is the job; the place in an order is called position on questions.
    position = models.ForeignKey(Position, models.CASCADE, related_name="plan_versions")
    rubric_version = models.ForeignKey(RubricVersion, models.PROTECT, related_name="plan_versions")
    number = models.PositiveIntegerField(default=1)
    opening_words = models.TextField(max_length=2000, blank=True)
    closing_words = models.TextField(max_length=2000, blank=True)
    company_context = models.TextField(
        max_length=8000, blank=True, help_text="What the AI may tell a candidate who asks."
    )
    library_role = models.CharField(max_length=40, blank=True)
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["position", "number"], name="plan_version_number")
        ]

    def __str__(self) -> str:
        return f"{self.position} v{self.number}"


class Question(models.Model):
    """One question of a plan."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan_version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    section = models.CharField(max_length=120, blank=True)
    text = models.TextField(max_length=2000)
    kind = models.CharField(
        max_length=10, choices=QuestionKind.choices, default=QuestionKind.MUST_ASK
    )
    competency = models.ForeignKey(
        Competency, models.PROTECT, null=True, blank=True, related_name="questions"
    )
    probe_depth = models.PositiveSmallIntegerField(default=1, validators=[MaxValueValidator(3)])
    minutes = models.PositiveSmallIntegerField(
        default=4, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["plan_version", "position"], name="question_place_once")
        ]

    def __str__(self) -> str:
        return self.text[:80]
