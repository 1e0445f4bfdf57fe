"""Asks for the debrief of an interview that is over. Workers write it."""

import uuid
from datetime import datetime

from django.db.models import Max

from interviews.access import Forbidden
from interviews.models import Debrief, Interview, Member
from interviews.services.record_audit import record_audit
from interviews.services.room_log import lock_room
from interviews.states import ConsentState, DebriefStatus, InterviewState, Role
from interviews.workflows import after_interview, payload_of
from scheduler.enqueue import start_workflow


class DebriefUnderWay(Exception):
    """A debrief of this interview is being written already."""


def start_debrief(
    *, interview: Interview, now: datetime, asked_by: Member | None = None
) -> Debrief | None:
    """The next debrief, with its jobs, in the caller's transaction, which holds the interview's row.

    None when the candidate refused or withdrew consent: then nothing more is processed.
    """
    if interview.consent in (ConsentState.REFUSED, ConsentState.WITHDRAWN):
        return None
    last = interview.debriefs.aggregate(last=Max("number"))["last"] or 0
    debrief = Debrief.objects.create(
        interview=interview, number=last + 1, asked_by=asked_by, created_at=now
    )
    workflow = after_interview(email_to=_recipients(interview, asked_by), debrief_id=debrief.id)
    run = start_workflow(
        workflow,
        payload=payload_of(workflow, debrief_id=debrief.id),
        scope=str(interview.organisation_id),
        idempotency_key=f"debrief:{debrief.id}",
    )
    debrief.workflow_id = str(run.id)
    debrief.save(update_fields=["workflow_id"])
    interview.debrief_status = DebriefStatus.WORKING
    interview.save(update_fields=["debrief_status"])
    return debrief


def rerun_debrief(*, interview_id: uuid.UUID, asked_by: Member, now: datetime) -> Debrief:
    """Writes the debrief anew, from the transcript as it stands now. Call inside a transaction.

    Raises DebriefUnderWay, and Forbidden while the interview is not over or without consent.
    """
    interview = lock_room(interview_id)
    if interview.state != InterviewState.ENDED:
        raise Forbidden("The interview is not over yet.")
    if interview.conversation_erased_at is not None:
        raise Forbidden("The conversation was erased: there is nothing to read.")
    if interview.debrief_status == DebriefStatus.WORKING:
        raise DebriefUnderWay
    debrief = start_debrief(interview=interview, now=now, asked_by=asked_by)
    if debrief is None:
        raise Forbidden("The candidate withdrew consent: nothing more is processed.")
    record_audit(
        organisation=interview.organisation_id,
        action="debrief.asked",
        subject_kind="interview",
        subject_id=interview.id,
        member=asked_by,
        detail={"number": debrief.number},
    )
    return debrief


def _recipients(interview: Interview, asked_by: Member | None) -> list[uuid.UUID]:
    """Who hears that it is ready: the recruiter, and the hiring managers of this interview."""
    if asked_by is not None:
        return [asked_by.id]
    managers = interview.interviewers.filter(role=Role.HIRING_MANAGER, is_active=True)
    ids = [interview.created_by_id, *managers.values_list("id", flat=True).order_by("joined_at")]
    return [member_id for member_id in dict.fromkeys(ids) if member_id is not None]
