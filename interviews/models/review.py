"""What people think and decide: reviews (human scorecards) and decisions."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from interviews.models.interview import Interview
from interviews.models.people import Member
from interviews.models.plan import Competency
from interviews.states import Outcome, Overall, ReviewStatus


class Review(models.Model):
    """One reviewer's scorecard. `revision` rises with each save: an older page is told, not obeyed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.ForeignKey(Interview, models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(Member, models.PROTECT, related_name="reviews")
    status = models.CharField(
        max_length=10, choices=ReviewStatus.choices, default=ReviewStatus.DRAFT
    )
    overall = models.CharField(max_length=10, choices=Overall.choices, blank=True)
    note = models.TextField(max_length=10_000, blank=True)
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    saved_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["interview", "reviewer"], name="review_once")
        ]

    def __str__(self) -> str:
        return f"review by {self.reviewer}"


class ReviewLevel(models.Model):
    """A reviewer's level and note for one competency."""

    id = models.BigAutoField(primary_key=True)
    review = models.ForeignKey(Review, models.CASCADE, related_name="levels")
    competency = models.ForeignKey(Competency, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(4)]
    )
    note = models.TextField(max_length=4000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "competency"], name="review_level_once")
        ]

    def __str__(self) -> str:
        return f"{self.competency}: {self.level or 'no level'}"


class Decision(models.Model):
    """What a person decided about a candidate. The database refuses one without a human author."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.ForeignKey(Interview, models.CASCADE, related_name="decisions")
    decided_by = models.ForeignKey(Member, models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.TextField(max_length=4000)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.get_outcome_display()
