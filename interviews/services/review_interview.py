"""Writes a member's own scorecard of an interview: saved as it is filled in, then submitted for good."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from interviews.access import Forbidden
from interviews.models import Competency, Interview, Member, Review, ReviewLevel
from interviews.services.record_audit import record_audit
from interviews.services.room_log import lock_room
from interviews.states import InterviewState, ReviewStatus


@dataclass(frozen=True, slots=True)
class LevelGiven:
    """What a reviewer says of one competency. No level: they cannot say."""

    level: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReviewDraft:
    """A whole scorecard as it stands on somebody's page. `levels` by competency."""

    overall: str = ""
    note: str = ""
    levels: Mapping[uuid.UUID, LevelGiven] = field(default_factory=dict)


class ReviewChanged(Exception):
    """The scorecard was saved from somewhere else in the meantime; `stored` is how it stands there."""

    def __init__(self, stored: Review) -> None:
        super().__init__("This scorecard was changed somewhere else in the meantime.")
        self.stored = stored


class ReviewSubmitted(Exception):
    """A submitted scorecard does not change any more."""


def save_review(
    *, interview: Interview, reviewer: Member, draft: ReviewDraft, revision: int, now: datetime
) -> Review:
    """Saves a scorecard that was read at `revision` (0: not written yet).

    Raises ReviewChanged, ReviewSubmitted, Forbidden, ValidationError.
    """
    with transaction.atomic():
        review = _lock_review(interview, reviewer)
        if review.revision != revision:
            raise ReviewChanged(review)
        _write(review, draft, now)
    return review


def submit_review(
    *, interview: Interview, reviewer: Member, draft: ReviewDraft, revision: int, now: datetime
) -> Review:
    """Saves and submits it: from now on the reviewer may see what the others think.

    Raises what save_review raises; ValidationError also when no overall word is given.
    """
    with transaction.atomic():
        review = _lock_review(interview, reviewer)
        if review.revision != revision:
            raise ReviewChanged(review)
        if not draft.overall:
            raise ValidationError({"overall": "Choose what you would do overall."})
        review.status, review.submitted_at = ReviewStatus.SUBMITTED, now
        _write(review, draft, now)
        record_audit(
            organisation=interview.organisation_id,
            action="review.submitted",
            subject_kind="interview",
            subject_id=interview.id,
            member=reviewer,
        )
    return review


def _lock_review(interview: Interview, reviewer: Member) -> Review:
    if interview.state != InterviewState.ENDED:
        raise Forbidden("A scorecard is written when the interview is over.")
    lock_room(interview.id)  # so that two first saves cannot both find nothing
    review, _ = Review.objects.select_for_update(of=("self",)).get_or_create(
        interview=interview, reviewer=reviewer
    )
    if review.status == ReviewStatus.SUBMITTED:
        raise ReviewSubmitted
    return review


def _write(review: Review, draft: ReviewDraft, now: datetime) -> None:
    review.overall, review.note = draft.overall, draft.note
    review.revision += 1
    review.saved_at = now
    review.full_clean(exclude=["interview", "reviewer"], validate_unique=False)
    review.save()
    known = Competency.objects.filter(
        rubric_version__plan_versions=review.interview.plan_version_id
    ).values_list("id", flat=True)
    rows = [
        ReviewLevel(review=review, competency_id=key, level=given.level, note=given.note)
        for key, given in draft.levels.items()
        if key in set(known)
    ]
    for row in rows:
        row.full_clean(exclude=["review", "competency"], validate_unique=False)
    ReviewLevel.objects.filter(review=review).delete()
    ReviewLevel.objects.bulk_create(rows)
