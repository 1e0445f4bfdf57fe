"""Who takes part in a room, and the one way in which they change anything there: under the room's lock."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from interviews import access, candidate_link
from interviews.access import Permission
from interviews.events import Audience
from interviews.models import Interview, Member, User
from interviews.services.room_log import CANDIDATE, SenderKey, lock_room
from interviews.services.room_refusals import RightsChanged
from interviews.states import Actor, InterviewState, Role

_RECRUITERS = frozenset({Role.ADMIN, Role.RECRUITER})


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody let into a room. `actor` is empty for those who may only watch.

    `rights` is the interview's access generation at which they were checked.
    """

    interview_id: uuid.UUID
    audience: Audience
    key: str  # "candidate", or the member's id
    role: str
    name: str
    actor: Actor | None
    rights: int
    member_id: uuid.UUID | None = None

    @property
    def is_candidate(self) -> bool:
        return self.audience == "candidate"

    def sender_key(self, client_id: uuid.UUID, client_seq: int) -> SenderKey:
        return SenderKey(self.key, client_id, client_seq)


def admit_candidate(
    *, interview_id: uuid.UUID, cookies: dict[str, str], now: datetime
) -> Participant:
    """The candidate of this interview. Raises access.Missing, candidate_link.LinkRefused."""
    try:
        interview = candidate_link.interview_of_cookies(cookies, now=now)
    except candidate_link.InterviewOver as over:
        interview = over.interview  # late words still come in for a while
    if interview.id != interview_id:
        raise access.Missing
    return Participant(
        interview_id=interview.id,
        audience="candidate",
        key=CANDIDATE,
        role="candidate",
        name=interview.candidate.name,
        actor=Actor.CANDIDATE,
        rights=interview.access_generation,
    )


def admit_member(*, interview_id: uuid.UUID, user: User, scope: str = "") -> Participant:
    """The user's place in this room. `scope` is the organisation a token is limited to.

    Raises access.Missing, access.Forbidden.
    """
    interview, member = access.interview_of_user(user, interview_id)
    if scope and scope != str(member.organisation_id):
        raise access.Missing
    access.require(member, Permission.SEE_REPORT)  # a live transcript is a report in the making
    return Participant(
        interview_id=interview.id,
        audience="member",
        key=str(member.id),
        role=member.role,
        name=member.user.name or member.user.email,
        actor=_actor_of(member, interview),
        rights=interview.access_generation,
        member_id=member.id,
    )


def enter_room(by: Participant) -> Interview:
    """The room's row, locked, for somebody whose rights still stand. Raises RightsChanged."""
    interview = lock_room(by.interview_id)
    check_rights(interview, by)
    return interview


def check_rights(interview: Interview, by: Participant) -> None:
    """Raises RightsChanged."""
    if interview.access_generation != by.rights and interview.state != InterviewState.ENDED:
        raise RightsChanged
    if interview.conversation_erased_at is not None:
        raise RightsChanged  # nothing is added to what was erased, not even late words


def _actor_of(member: Member, interview: Interview) -> Actor | None:
    """In which part a member acts: whoever is assigned interviews, else recruiters recruit."""
    if not access.may(member, Permission.LEAD):
        return None
    is_assigned = interview.interviewers.filter(id=member.id).exists()
    is_recruiter = member.role in _RECRUITERS
    return Actor.RECRUITER if is_recruiter and not is_assigned else Actor.INTERVIEWER
