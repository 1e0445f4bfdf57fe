"""Lists of interviews a member may see: the whole list with its filters, and what waits for somebody."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from interviews import access
from interviews.access import Permission
from interviews.models import Interview, Member, Position, Review
from interviews.states import (
    IN_ROOM,
    WANTS_NO_AI,
    DebriefStatus,
    InterviewState,
    ReviewStatus,
)

STATE_GROUPS: dict[str, tuple[str, frozenset[InterviewState]]] = {
    "draft": ("Drafts", frozenset({InterviewState.DRAFT})),
    "upcoming": ("Upcoming", frozenset({InterviewState.SCHEDULED})),
    "live": ("Running now", IN_ROOM),
    "ended": ("Ended", frozenset({InterviewState.ENDED})),
    "off": (
        "Did not take place",
        frozenset({InterviewState.CANCELLED, InterviewState.NO_SHOW, InterviewState.EXPIRED}),
    ),
}
_A_WHILE = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class InterviewFilter:
    """An empty value filters nothing."""

    group: str = ""
    position: Position | None = None
    words: str = ""


def list_interviews(member: Member, wanted: InterviewFilter) -> QuerySet[Interview]:
    rows = access.interviews(member)
    if wanted.group in STATE_GROUPS:
        rows = rows.filter(state__in=STATE_GROUPS[wanted.group][1])
    if wanted.position is not None:
        rows = rows.filter(position=wanted.position)
    for word in wanted.words.split():
        rows = rows.filter(Q(candidate__name__icontains=word) | Q(candidate__email__icontains=word))
    return rows


def running_now(member: Member) -> QuerySet[Interview]:
    return access.interviews(member).filter(state__in=IN_ROOM).order_by("-started_at", "id")


def coming_up(member: Member) -> QuerySet[Interview]:
    upcoming = access.interviews(member).filter(state=InterviewState.SCHEDULED)
    # Whoever wants a person stands in a list of their own: this interview will not take place as planned.
    return upcoming.exclude(consent__in=WANTS_NO_AI).order_by("scheduled_at", "id")


def to_review(member: Member, *, now: datetime) -> QuerySet[Interview]:
    """Ended interviews whose report waits for this member's own scorecard, oldest first."""
    if not access.may(member, Permission.REVIEW):
        return access.interviews(member).none()
    written = Review.objects.filter(
        interview=OuterRef("pk"), reviewer=member, status=ReviewStatus.SUBMITTED
    )
    ended = access.interviews(member).filter(
        ~Exists(written), state=InterviewState.ENDED, ended_at__gt=now - _A_WHILE
    )
    return ended.exclude(debrief_status=DebriefStatus.NONE).order_by("ended_at", "id")


def wants_a_person(member: Member, *, now: datetime) -> QuerySet[Interview]:
    """Interviews whose candidate refused or withdrew consent, and to whom nothing was offered since.

    `answered_at` says when. A later interview for the same position, calling this one off, or a decision
    is what takes one off the list; nobody has to tick anything.
    """
    if not access.may(member, Permission.LEAD):
        return access.interviews(member).none()
    since = Interview.objects.filter(
        candidate=OuterRef("candidate"),
        position=OuterRef("position"),
        created_at__gt=OuterRef("created_at"),
    )
    rows = access.interviews(member).filter(~Exists(since), consent__in=WANTS_NO_AI, decisions=None)
    rows = rows.exclude(state=InterviewState.CANCELLED).annotate(answered_at=Max("consents__at"))
    return rows.filter(answered_at__gt=now - _A_WHILE).order_by("answered_at", "id")


def unfinished(member: Member, *, now: datetime) -> QuerySet[Interview]:
    """What a recruiter should look at: drafts, and interviews nobody came to."""
    if not access.may(member, Permission.INVITE):
        return access.interviews(member).none()
    missed = Q(state__in=(InterviewState.NO_SHOW, InterviewState.EXPIRED))
    recent = Q(scheduled_at__gt=now - timedelta(days=14))
    rows = access.interviews(member).filter(Q(state=InterviewState.DRAFT) | (missed & recent))
    rows = rows.exclude(
        consent__in=WANTS_NO_AI
    )  # they did answer, and stand in a list of their own
    return rows.order_by("-created_at", "id")
