"""Tells the team that a candidate wants no AI: the candidate was promised that they are told.

One email to each of those who look after the interview, asked for in the transaction that keeps the answer.
"""

from django.db.models import QuerySet

from interviews import access
from interviews.access import Forbidden, Missing, Permission
from interviews.models import Interview, Member
from notifications.outbox import queue_email

WANTS_A_PERSON = "wants_a_person"


def queue_wants_a_person(interview: Interview) -> None:
    """While one mail waits, another answer adds none: what it says is gathered when it is sent."""
    for member in _who_look_after(interview):
        queue_email(
            kind=WANTS_A_PERSON,
            subject_id=str(interview.id),
            recipient_id=str(member.id),
            scope=str(interview.organisation_id),
            unique_key=f"{WANTS_A_PERSON}:{interview.id}:{member.id}",
        )


def may_be_told(member: Member, interview: Interview) -> bool:
    """Whether the member is (still) one who may see and lead this interview."""
    try:
        access.interview(member, interview.id, to=Permission.LEAD)
    except (Missing, Forbidden):
        return False
    return member.is_active and member.user.is_active


def _who_look_after(interview: Interview) -> list[Member]:
    """Whoever arranged it and those assigned to it; and, if none of them can arrange another, all who can.

    An answer that reaches only people who have left, or who can do nothing about it, would be heard by nobody.
    """
    team = Member.objects.filter(organisation_id=interview.organisation_id).select_related("user")
    assigned = interview.interviewers.values_list("id", flat=True)
    told = _told_among(team.filter(id__in=[interview.created_by_id, *assigned]), interview)
    if any(access.may(member, Permission.INVITE) for member in told):
        return told
    arrangers = team.filter(role__in=access.roles_with(Permission.INVITE))
    return told + _told_among(arrangers, interview)


def _told_among(members: QuerySet[Member], interview: Interview) -> list[Member]:
    return [row for row in members.order_by("joined_at", "id") if may_be_told(row, interview)]
