"""Lists of candidates, and of the team."""

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from interviews import access
from interviews.access import Permission
from interviews.models import Candidate, Interview, Member


def list_candidates(member: Member, words: str = "") -> QuerySet[Candidate]:
    """With `interview_count` (of those this member may see) and `last_state`."""
    rows = access.candidates(member)
    for word in words.split():
        rows = rows.filter(Q(name__icontains=word) | Q(email__icontains=word))
    # Subqueries, because a join would multiply the rows that `access` has already joined.
    theirs = access.interviews(member).select_related(None).filter(candidate=OuterRef("pk"))
    counted = theirs.order_by().values("candidate").annotate(n=Count("pk")).values("n")
    newest = theirs.order_by("-created_at")
    return rows.annotate(
        interview_count=Coalesce(Subquery(counted), 0),
        last_state=Subquery(newest.values("state")[:1]),
        last_position=Subquery(newest.values("position__title")[:1]),
    )


def interviews_of_candidate(member: Member, candidate: Candidate) -> QuerySet[Interview]:
    return access.interviews(member).filter(candidate=candidate).order_by("-created_at", "id")


def team(member: Member) -> QuerySet[Member]:
    """Everybody who is or was in the organisation, those who left last."""
    rows = Member.objects.filter(organisation_id=member.organisation_id).select_related("user")
    return rows.order_by("-is_active", "user__name", "user__email")


def possible_interviewers(member: Member) -> QuerySet[Member]:
    """Who of the organisation may take part in an interview."""
    roles = access.roles_with(Permission.LEAD)
    return team(member).filter(is_active=True, user__is_active=True, role__in=roles)
