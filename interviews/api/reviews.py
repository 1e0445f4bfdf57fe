"""Human scorecards and decisions, for programs."""

import uuid
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from interviews import access
from interviews.access import Permission
from interviews.api.callers import called_interview
from interviews.api.doors import opens
from interviews.models import Decision, Interview, Member
from interviews.queries.reviews import ReviewShown, own_review, submitted_reviews
from interviews.services.decide import decide
from interviews.services.review_interview import (
    LevelGiven,
    ReviewChanged,
    ReviewDraft,
    ReviewSubmitted,
    save_review,
    submit_review,
)
from interviews.states import Outcome, Overall
from webapi.pages import PageOf, PageQuery, page_of
from webapi.problems import Conflict

router = Router(tags=["reviews"])


class LevelGivenOut(Schema):
    competency_id: uuid.UUID
    competency: str
    level: int | None
    note: str


class ReviewOut(Schema):
    """`revision` rises with each save; send it back with the next one."""

    reviewer: str
    status: str
    overall: str
    note: str
    revision: int
    levels: list[LevelGivenOut]

    @staticmethod
    def of(shown: ReviewShown) -> "ReviewOut":
        return ReviewOut(
            reviewer=shown.reviewer,
            status=shown.status,
            overall=shown.overall,
            note=shown.note,
            revision=shown.revision,
            levels=[
                LevelGivenOut(
                    competency_id=row.competency.id,
                    competency=row.competency.name,
                    level=row.level,
                    note=row.note,
                )
                for row in shown.levels
            ],
        )


class LevelGivenIn(Schema):
    competency_id: uuid.UUID
    level: int | None = Field(None, ge=1, le=4)
    note: str = Field("", max_length=4000)


class ReviewIn(Schema):
    """`revision` is the one that was read (0: nothing was written yet)."""

    revision: int = Field(ge=0, le=2**31 - 1)
    overall: Overall | None = None
    note: str = Field("", max_length=10_000)
    levels: list[LevelGivenIn] = Field([], max_length=100)


class DecisionOut(Schema):
    id: uuid.UUID
    outcome: str
    reason: str
    decided_by: str
    at: datetime

    @staticmethod
    def of(row: Decision) -> "DecisionOut":
        return DecisionOut(
            id=row.id,
            outcome=row.outcome,
            reason=row.reason,
            decided_by=str(row.decided_by.user),
            at=row.at,
        )


class DecisionPage(PageOf[DecisionOut]):
    pass


class DecisionIn(Schema):
    outcome: Outcome
    reason: str = Field(min_length=1, max_length=4000)


@router.get("/interviews/{uuid:interview_id}/reviews", response=list[ReviewOut])
@opens(Permission.SEE_REPORT)
def list_reviews(request: HttpRequest, interview_id: uuid.UUID) -> list[ReviewOut]:
    """Submitted scorecards. Until one may see the others', only one's own."""
    interview, member = called_interview(request, interview_id, to=Permission.SEE_REPORT)
    if access.may_see_ai_draft(member, interview):
        return [ReviewOut.of(shown) for shown in submitted_reviews(interview)]
    own = own_review(interview, member)
    return [ReviewOut.of(own)] if own.is_submitted else []


@router.get("/interviews/{uuid:interview_id}/reviews/mine", response=ReviewOut)
@opens(Permission.REVIEW)
def get_my_review(request: HttpRequest, interview_id: uuid.UUID) -> ReviewOut:
    """One's own scorecard; blank, at revision 0, before it is begun."""
    interview, member = called_interview(request, interview_id, to=Permission.REVIEW)
    return ReviewOut.of(own_review(interview, member))


@router.put("/interviews/{uuid:interview_id}/reviews/mine", response=ReviewOut)
@opens(Permission.REVIEW)
def save_my_review(request: HttpRequest, interview_id: uuid.UUID, body: ReviewIn) -> ReviewOut:
    """Saves it. 409 when it was saved from elsewhere since `revision`, or is submitted."""
    interview, member = called_interview(request, interview_id, to=Permission.REVIEW)
    return _store(interview, member, body, submit=False)


@router.post("/interviews/{uuid:interview_id}/reviews/mine/submit", response=ReviewOut)
@opens(Permission.REVIEW)
def submit_my_review(request: HttpRequest, interview_id: uuid.UUID, body: ReviewIn) -> ReviewOut:
    """Saves and submits it, for good. `overall` must be given."""
    interview, member = called_interview(request, interview_id, to=Permission.REVIEW)
    return _store(interview, member, body, submit=True)


@router.get("/interviews/{uuid:interview_id}/decisions", response=DecisionPage, tags=["decisions"])
@opens(Permission.SEE_REPORT)
def list_decisions(
    request: HttpRequest, interview_id: uuid.UUID, page: Query[PageQuery]
) -> DecisionPage:
    """Newest first; earlier ones stay in the record."""
    interview, _ = called_interview(request, interview_id, to=Permission.SEE_REPORT)
    rows = interview.decisions.select_related("decided_by__user")
    found = page_of(rows, page, order=("-at",))
    return DecisionPage(items=[DecisionOut.of(row) for row in found.items], next=found.next)


@router.post(
    "/interviews/{uuid:interview_id}/decisions", response={201: DecisionOut}, tags=["decisions"]
)
@opens(Permission.DECIDE)
def add_decision(
    request: HttpRequest, interview_id: uuid.UUID, body: DecisionIn
) -> Status[DecisionOut]:
    """Records a person's decision; the caller is its author."""
    interview, member = called_interview(request, interview_id, to=Permission.DECIDE)
    row = decide(
        interview=interview,
        decided_by=member,
        outcome=body.outcome,
        reason=body.reason,
        now=timezone.now(),
    )
    return Status(201, DecisionOut.of(row))


def _store(interview: Interview, member: Member, body: ReviewIn, *, submit: bool) -> ReviewOut:
    draft = ReviewDraft(
        overall=body.overall or "",
        note=body.note,
        levels={row.competency_id: LevelGiven(row.level, row.note) for row in body.levels},
    )
    store = submit_review if submit else save_review
    try:
        store(
            interview=interview,
            reviewer=member,
            draft=draft,
            revision=body.revision,
            now=timezone.now(),
        )
    except ReviewChanged as changed:
        raise Conflict(
            f"{changed} It is at revision {changed.stored.revision}.", code="review_changed"
        ) from None
    except ReviewSubmitted:
        raise Conflict("This scorecard is submitted.", code="review_submitted") from None
    return ReviewOut.of(own_review(interview, member))
