"""Reads human scorecards: one's own, and, once one may see them, everybody's beside the AI's draft."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from interviews.models import Competency, Decision, Interview, Member, Review, ReviewLevel
from interviews.queries.report import ScorecardShown
from interviews.states import Overall, ReviewStatus

FAR_APART = 2
"""Levels that differ by this much deserve a conversation."""


@dataclass(frozen=True, slots=True)
class LevelWritten:
    """One row of a reviewer's scorecard; empty until they fill it in."""

    competency: Competency
    level: int | None
    note: str

    @property
    def choices(self) -> tuple[tuple[int, str], ...]:
        return tuple(enumerate(self.competency.anchors, start=1))


@dataclass(frozen=True, slots=True)
class ReviewShown:
    reviewer: str
    status: str
    overall: str
    note: str
    revision: int
    levels: tuple[LevelWritten, ...]

    @property
    def is_submitted(self) -> bool:
        return self.status == ReviewStatus.SUBMITTED

    @property
    def overall_words(self) -> str:
        return Overall(self.overall).label if self.overall else ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one judge says of one competency, in a table beside the others."""

    judge: str
    level: int | None
    words: str
    note: str = ""
    is_ai: bool = False


@dataclass(frozen=True, slots=True)
class ComparedRow:
    competency: Competency
    judgements: tuple[Judgement, ...]

    @property
    def spread(self) -> int:
        levels = [each.level for each in self.judgements if each.level]
        return max(levels) - min(levels) if len(levels) > 1 else 0

    @property
    def is_far_apart(self) -> bool:
        return self.spread >= FAR_APART


@dataclass(frozen=True, slots=True)
class Comparison:
    judges: tuple[str, ...]
    rows: tuple[ComparedRow, ...]
    reviews: tuple[ReviewShown, ...]

    @property
    def far_apart(self) -> int:
        return sum(row.is_far_apart for row in self.rows)


def competencies_of(interview: Interview) -> list[Competency]:
    """Of the rubric that the interview's plan version uses, in order."""
    rows = Competency.objects.filter(rubric_version__plan_versions=interview.plan_version_id)
    return list(rows.order_by("position"))


def own_review(interview: Interview, member: Member) -> ReviewShown:
    """The member's scorecard as it stands; blank when they have not begun."""
    review = Review.objects.filter(interview=interview, reviewer=member).first()
    competencies = competencies_of(interview)
    if review is None:
        blank = tuple(LevelWritten(competency, None, "") for competency in competencies)
        return ReviewShown(str(member.user), ReviewStatus.DRAFT, "", "", 0, blank)
    written = {row.competency_id: row for row in review.levels.all()}
    return _shown(review, str(member.user), competencies, written)


def submitted_reviews(interview: Interview) -> tuple[ReviewShown, ...]:
    """Everybody's. Ask access.may_see_ai_draft before anybody is shown them."""
    reviews = (
        Review.objects.filter(interview=interview, status=ReviewStatus.SUBMITTED)
        .select_related("reviewer__user")
        .prefetch_related("levels")
        .order_by("submitted_at", "id")
    )
    competencies = competencies_of(interview)
    return tuple(
        _shown(
            review,
            str(review.reviewer.user),
            competencies,
            {row.competency_id: row for row in review.levels.all()},
        )
        for review in reviews
    )


def compare(reviews: Sequence[ReviewShown], scorecard: ScorecardShown | None) -> Comparison:
    """Every judge's level of every competency, side by side."""
    by_ai = {row.competency.id: row for row in scorecard.levels} if scorecard else {}
    competencies = [row.competency for row in reviews[0].levels] if reviews else []
    rows = []
    for place, competency in enumerate(competencies):
        judgements = [_of_person(review, review.levels[place]) for review in reviews]
        if competency.id in by_ai:
            level = by_ai[competency.id]
            judgements.append(Judgement("AI draft", level.level, level.words, is_ai=True))
        rows.append(ComparedRow(competency, tuple(judgements)))
    judges = (*(review.reviewer for review in reviews), *(("AI draft",) if by_ai else ()))
    return Comparison(judges, tuple(rows), tuple(reviews))


def decisions_of(interview: Interview) -> list[Decision]:
    """Newest first."""
    return list(interview.decisions.select_related("decided_by__user").order_by("-at", "id"))


def _of_person(review: ReviewShown, row: LevelWritten) -> Judgement:
    return Judgement(review.reviewer, row.level, "No level given", row.note)


def _shown(
    review: Review,
    reviewer: str,
    competencies: Sequence[Competency],
    written: Mapping[uuid.UUID, ReviewLevel],
) -> ReviewShown:
    rows = []
    for competency in competencies:
        row = written.get(competency.id)
        rows.append(LevelWritten(competency, row.level if row else None, row.note if row else ""))
    return ReviewShown(
        reviewer=reviewer,
        status=review.status,
        overall=review.overall,
        note=review.note,
        revision=review.revision,
        levels=tuple(rows),
    )
