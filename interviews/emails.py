"""The emails of the product: each kind with its gather function, run when the email is sent."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from interviews.account_emails import gather_email_confirmation, gather_password_reset
from interviews.candidate_link import join_url
from interviews.models import Debrief, Interview, Member, MemberInvitation
from interviews.services.invite_candidate import (
    INTERVIEW_CANCELLED,
    INTERVIEW_MOVED,
    INVITATION,
)
from interviews.services.invite_member import COLLEAGUE_INVITED, invitation_url
from interviews.services.tell_team import WANTS_A_PERSON, may_be_told
from interviews.sign_in import EMAIL_CONFIRMATION, PASSWORD_RESET
from interviews.states import (
    OVER,
    WANTS_NO_AI,
    ConsentState,
    DebriefStatus,
    InterviewState,
    Mode,
    PartKind,
)
from notifications.kinds import Appointment, EmailKind, Letter, NoLongerWanted, register

DEBRIEF_READY = "debrief_ready"


def gather_invitation(subject_id: str, recipient_id: str) -> Letter | NoLongerWanted:
    """The candidate's invitation. `subject_id` is the interview, `recipient_id` the candidate."""
    interview = _announced(subject_id, recipient_id)
    if isinstance(interview, NoLongerWanted):
        return interview
    if interview.state in OVER:
        return NoLongerWanted(f"the interview is {interview.get_state_display().lower()}")
    if interview.link_revoked_at:
        return NoLongerWanted("the link was revoked")
    return _to_candidate(interview)


def gather_interview_moved(subject_id: str, recipient_id: str) -> Letter | NoLongerWanted:
    """Another time: the same calendar entry, moved, and the same link."""
    return gather_invitation(subject_id, recipient_id)


def gather_interview_cancelled(subject_id: str, recipient_id: str) -> Letter | NoLongerWanted:
    """That it will not take place; the calendar entry is withdrawn."""
    interview = _announced(subject_id, recipient_id)
    if isinstance(interview, NoLongerWanted):
        return interview
    if interview.state != InterviewState.CANCELLED:
        return NoLongerWanted("the interview is on again")
    return _to_candidate(interview)


def gather_debrief_ready(subject_id: str, recipient_id: str) -> Letter | NoLongerWanted:
    """Tells a member that a debrief is there, or honestly which parts are not.

    `subject_id` is the debrief, `recipient_id` the member.
    """
    debrief = (
        Debrief.objects.filter(id=_uuid(subject_id))
        .select_related("interview__candidate", "interview__position")
        .first()
    )
    member = (
        Member.objects.filter(id=_uuid(recipient_id), is_active=True).select_related("user").first()
    )
    if debrief is None or debrief.interview.candidate.erased_at:
        return NoLongerWanted("the interview is gone")
    if member is None or member.organisation_id != debrief.interview.organisation_id:
        return NoLongerWanted("the recipient left the organisation")
    if debrief.interview.debriefs.filter(number__gt=debrief.number).exists():
        return NoLongerWanted("a newer debrief took its place")
    path = reverse("report", args=[debrief.interview_id])
    return Letter(
        to_address=member.user.email,
        to_name=member.user.name,
        words={
            "interview": debrief.interview,
            "parts": _parts(debrief),
            "is_whole": debrief.status == DebriefStatus.READY,
            "report_url": f"{settings.PUBLIC_URL}{path}",
        },
    )


def _parts(debrief: Debrief) -> list[dict[str, str]]:
    """Each part of a debrief with what came of it: a mail that hides a dead part would be a lie."""
    written = {part.kind: part for part in debrief.parts.all()}
    words = []
    for kind in PartKind:
        part = written.get(kind)
        if part is None:
            outcome = "could not be written; the report says why"
        else:
            outcome = "written without AI" if part.degraded else "ready"
        words.append({"title": kind.label, "words": outcome})
    return words


def gather_wants_a_person(subject_id: str, recipient_id: str) -> Letter | NoLongerWanted:
    """Tells a member that a candidate refused the AI, or took the agreement back.

    `subject_id` is the interview, `recipient_id` the member.
    """
    interview = (
        Interview.objects.filter(id=_uuid(subject_id))
        .select_related("candidate", "position")
        .first()
    )
    member = Member.objects.filter(id=_uuid(recipient_id)).select_related("user").first()
    if interview is None or interview.candidate.erased_at:
        return NoLongerWanted("the interview is gone")
    if interview.consent not in WANTS_NO_AI:
        return NoLongerWanted("the candidate has agreed meanwhile")
    if member is None or not may_be_told(member, interview):
        return NoLongerWanted("the interview is no longer the recipient's")
    path = reverse("interview", args=[interview.id])
    return Letter(
        to_address=member.user.email,
        to_name=member.user.name,
        words={
            "interview": interview,
            "withdrew": interview.consent == ConsentState.WITHDRAWN,
            "is_ai_led": interview.mode == Mode.AI_LED,
            "interview_url": f"{settings.PUBLIC_URL}{path}",
        },
    )


def gather_colleague_invited(subject_id: str, recipient_id: str) -> Letter | NoLongerWanted:
    """Asks a colleague to join. Both ids are the invitation's: there is no user yet."""
    invitation = (
        MemberInvitation.objects.filter(id=_uuid(subject_id))
        .select_related("organisation", "invited_by__user")
        .first()
    )
    if invitation is None or invitation.organisation is None:
        return NoLongerWanted("the invitation is gone")
    if invitation.accepted_at or invitation.revoked_at or str(invitation.id) != recipient_id:
        return NoLongerWanted("the invitation was used or taken back")
    by = invitation.invited_by
    return Letter(
        to_address=invitation.email,
        to_name="",
        reply_to=by.user.email if by else "",
        words={
            "organisation": invitation.organisation,
            "invited_by": str(by.user)
            if by
            else "",  # an operator, who is nobody to the organisation
            "role": invitation.get_role_display(),
            "join_url": invitation_url(invitation),
            "expires_at": invitation.expires_at,
        },
    )


def _announced(interview_id: str, candidate_id: str) -> Interview | NoLongerWanted:
    """The interview, unless there is nobody (any more) to be told of it."""
    interview = (
        Interview.objects.filter(id=_uuid(interview_id))
        .select_related("candidate", "position", "organisation", "created_by__user")
        .first()
    )
    if interview is None or interview.candidate.erased_at:
        return NoLongerWanted("the interview or its candidate is gone")
    if str(interview.candidate_id) != candidate_id or interview.state == InterviewState.DRAFT:
        return NoLongerWanted("this candidate is not invited")
    return interview


def _to_candidate(interview: Interview) -> Letter:
    link = join_url(interview)
    return Letter(
        to_address=interview.candidate.email,
        to_name=interview.candidate.name,
        reply_to=interview.created_by.user.email if interview.created_by else "",
        words={
            "interview": interview,
            "join_url": link,
            "is_ai_led": interview.mode == Mode.AI_LED,
            "alternative_contact": interview.organisation.alternative_contact,
        },
        appointment=_appointment(interview, link),
    )


def _appointment(interview: Interview, link: str) -> Appointment | None:
    """The calendar entry. Its sequence rises with everything that happens to the interview."""
    if interview.scheduled_at is None:
        return None
    return Appointment(
        uid=f"{interview.id}@{settings.PUBLIC_URL.partition('://')[2]}",
        sequence=interview.member_seq,
        title=f"Interview: {interview.position.title} at {interview.organisation.name}",
        starts_at=interview.scheduled_at,
        ends_at=interview.scheduled_at + timedelta(minutes=interview.minutes),
        description=f"Join here: {link}",
        url=link,
        cancelled=interview.state == InterviewState.CANCELLED,
    )


def _uuid(text: str) -> uuid.UUID:
    """The id in a payload, or the nil id, which no row has."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)


register(EmailKind(PASSWORD_RESET, "New password", gather_password_reset))
register(EmailKind(EMAIL_CONFIRMATION, "Confirm an address", gather_email_confirmation))
register(EmailKind(INVITATION, "Invitation to an interview", gather_invitation))
register(EmailKind(INTERVIEW_MOVED, "New time for an interview", gather_interview_moved))
register(EmailKind(INTERVIEW_CANCELLED, "Interview cancelled", gather_interview_cancelled))
register(EmailKind(COLLEAGUE_INVITED, "Invitation of a colleague", gather_colleague_invited))
register(EmailKind(DEBRIEF_READY, "Debrief ready", gather_debrief_ready))
register(EmailKind(WANTS_A_PERSON, "Candidate wants a person instead", gather_wants_a_person))
