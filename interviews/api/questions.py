"""Questions about an interview and their cited answers, for programs."""

import uuid
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema, Status

from interviews.access import Missing, Permission
from interviews.api.callers import called_interview
from interviews.api.doors import opens
from interviews.api.evidence import ClaimOut, ProvenanceOut
from interviews.queries.report import AnswerShown, answers_of, find_answer
from interviews.services.answer_question import LONGEST_QUESTION, ask_question

router = Router(tags=["questions"])


class AnswerOut(Schema):
    """`status`: working, answered, not_said (the transcript does not say) or failed (see `problem`)."""

    id: uuid.UUID
    question: str
    status: str
    problem: str
    created_at: datetime
    claims: list[ClaimOut]
    provenance: ProvenanceOut

    @staticmethod
    def of(shown: AnswerShown) -> "AnswerOut":
        row = shown.answer
        return AnswerOut(
            id=row.id,
            question=row.question,
            status=row.status,
            problem=row.problem,
            created_at=row.created_at,
            claims=[ClaimOut.of(claim) for claim in shown.claims],
            provenance=ProvenanceOut.of(row),
        )


class QuestionIn(Schema):
    question: str = Field(min_length=1, max_length=LONGEST_QUESTION)


@router.get("/interviews/{uuid:interview_id}/questions", response=list[AnswerOut])
@opens(Permission.SEE_REPORT)
def list_questions(request: HttpRequest, interview_id: uuid.UUID) -> list[AnswerOut]:
    """The newest twenty."""
    interview, _ = called_interview(request, interview_id, to=Permission.SEE_REPORT)
    return [AnswerOut.of(shown) for shown in answers_of(interview)]


@router.post("/interviews/{uuid:interview_id}/questions", response={202: AnswerOut})
@opens(Permission.SEE_REPORT)
def ask_about_interview(
    request: HttpRequest, interview_id: uuid.UUID, body: QuestionIn
) -> Status[AnswerOut]:
    """Asks; the answer is there within seconds at the address of the question."""
    interview, member = called_interview(request, interview_id, to=Permission.SEE_REPORT)
    row = ask_question(
        interview=interview, asked_by=member, question=body.question, now=timezone.now()
    )
    return Status(202, AnswerOut.of(AnswerShown(row, ())))


@router.get("/interviews/{uuid:interview_id}/questions/{uuid:answer_id}", response=AnswerOut)
@opens(Permission.SEE_REPORT)
def get_question(request: HttpRequest, interview_id: uuid.UUID, answer_id: uuid.UUID) -> AnswerOut:
    interview, _ = called_interview(request, interview_id, to=Permission.SEE_REPORT)
    shown = find_answer(interview, answer_id)
    if shown is None:
        raise Missing
    return AnswerOut.of(shown)
