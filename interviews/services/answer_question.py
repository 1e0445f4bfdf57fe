"""Answers a member's question about one interview: gather, think, commit.

Somebody waits for it on a page, so it is answered within a short time or fails with a sentence.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from asgiref.sync import sync_to_async
from django.core.exceptions import ValidationError
from django.db import transaction

from ai_engine.errors import AiError, AllProvidersDown
from ai_engine.skills.answer_from_transcript import CitedAnswer, answer_from_transcript
from interviews.access import Forbidden
from interviews.models import Answer, Interview, Member
from interviews.queries.material import Material, material_of_interview
from interviews.services.hold_debrief import provenance_columns
from interviews.services.keep_claims import keep_claims, provable
from interviews.services.record_audit import record_audit
from interviews.services.room_log import lock_room
from interviews.states import ConsentState
from scheduler.enqueue import enqueue
from scheduler.outcomes import Cancel, Outcome
from scheduler.priorities import Priority
from scheduler.run import Run

LONGEST_QUESTION = 1000
ANSWERED_WITHIN = timedelta(seconds=25)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what there is to answer it from."""

    question: str
    material: Material


def ask_question(*, interview: Interview, asked_by: Member, question: str, now: datetime) -> Answer:
    """Stores the question and the job that answers it. Raises ValidationError, Forbidden."""
    question = question.strip()
    if not question:
        raise ValidationError({"question": "Write a question first."})
    if len(question) > LONGEST_QUESTION:
        raise ValidationError(
            {"question": f"Keep the question under {LONGEST_QUESTION:,} characters."}
        )
    if interview.consent in (ConsentState.REFUSED, ConsentState.WITHDRAWN):
        raise Forbidden("The candidate withdrew consent: nothing more is processed.")
    with transaction.atomic():
        if lock_room(interview.id).conversation_erased_at is not None:
            raise Forbidden("The conversation was erased: there is nothing to ask.")
        answer = Answer.objects.create(
            interview=interview, asked_by=asked_by, question=question, created_at=now
        )
        enqueue(
            "interviews.answer_question",
            {"answer_id": str(answer.id)},
            scope=str(interview.organisation_id),
            priority=Priority.URGENT,
        )
        record_audit(
            organisation=interview.organisation_id,
            action="question.asked",
            subject_kind="interview",
            subject_id=interview.id,
            member=asked_by,
        )
    return answer


async def answer_question(*, run: Run, answer_id: uuid.UUID) -> Outcome | None:
    asked = await sync_to_async(_gather)(answer_id)
    if asked is None:
        return Cancel("Nobody waits for this answer any more.")
    try:
        answer = await answer_from_transcript(
            question=asked.question,
            excerpts=asked.material.excerpts,
            context=asked.material.context,
        )
    except AiError as error:
        await sync_to_async(_commit_failure)(run, answer_id, _problem(error))
        return None
    return await sync_to_async(commit_answer)(run, answer_id, asked.material, answer)


def commit_answer(
    run: Run, answer_id: uuid.UUID, material: Material, answer: CitedAnswer
) -> Outcome | None:
    """Keeps the claims that can be shown; when none is left, the transcript does not say."""
    with transaction.atomic():
        row = _hold(run, answer_id)
        if row is None:
            return Cancel("Nobody waits for this answer any more.")
        claims, lost = provable(answer.claims, material)
        said = bool(claims) and not answer.says_nothing
        for column, value in provenance_columns(answer.provenance).items():
            setattr(row, column, value)
        row.dropped_claims = answer.dropped + lost
        row.status = Answer.Status.ANSWERED if said else Answer.Status.NOT_SAID
        row.save()
        if said:
            keep_claims(claims, material, answer=row)
    return None


def _gather(answer_id: uuid.UUID) -> Asked | None:
    row = (
        Answer.objects.select_related(
            "interview__organisation", "interview__position", "interview__plan_version"
        )
        .filter(id=answer_id, status=Answer.Status.WORKING)
        .filter(interview__candidate__erased_at__isnull=True)
        .first()
    )
    if row is None:
        return None
    seconds = ANSWERED_WITHIN.total_seconds()
    return Asked(row.question, material_of_interview(row.interview, seconds=seconds))


def _commit_failure(run: Run, answer_id: uuid.UUID, problem: str) -> None:
    with transaction.atomic():
        row = _hold(run, answer_id)
        if row is not None:
            row.status, row.problem = Answer.Status.FAILED, problem
            row.save(update_fields=["status", "problem"])


def _hold(run: Run, answer_id: uuid.UUID) -> Answer | None:
    """The answer, locked, unless the interview is gone or another run was faster."""
    interview_id = (
        Answer.objects.filter(id=answer_id).values_list("interview_id", flat=True).first()
    )
    if interview_id is None:
        return None
    room = lock_room(interview_id, "candidate")
    if room.conversation_erased_at is not None or room.candidate.erased_at is not None:
        return None
    run.still_mine()
    rows = Answer.objects.select_for_update(of=("self",))
    return rows.filter(id=answer_id, status=Answer.Status.WORKING).first()


def _problem(error: AiError) -> str:
    if isinstance(error, AllProvidersDown):
        return "No AI provider answers at the moment. Ask again in a minute."
    if error.is_permanent:
        return str(error)
    return "The AI gave no usable answer. Ask again, perhaps in other words."
