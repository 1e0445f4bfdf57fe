"""What the interviewer's panel shows beside the conversation: the plan, its sections and its questions."""

from dataclasses import dataclass

from interviews.models import AskedQuestion, Interview, Member, Note, Suggestion
from interviews.states import QuestionKind


@dataclass(frozen=True, slots=True)
class PanelQuestion:
    ref: str
    text: str
    competency: str
    minutes: int
    must_ask: bool


@dataclass(frozen=True, slots=True)
class PanelSection:
    name: str
    questions: tuple[PanelQuestion, ...]


def panel_plan(interview: Interview) -> tuple[PanelSection, ...]:
    """The plan in its order; questions that stand together under one section's name are together."""
    sections: list[tuple[str, list[PanelQuestion]]] = []
    for row in interview.plan_version.questions.select_related("competency"):
        question = PanelQuestion(
            ref=str(row.id),
            text=row.text,
            competency=row.competency.name if row.competency else "",
            minutes=row.minutes,
            must_ask=row.kind == QuestionKind.MUST_ASK,
        )
        if not sections or sections[-1][0] != row.section:
            sections.append((row.section, []))
        sections[-1][1].append(question)
    return tuple(PanelSection(name, tuple(questions)) for name, questions in sections)


def asked_refs(interview: Interview) -> list[str]:
    """The planned questions that were asked so far."""
    rows = interview.asked_questions.filter(question__isnull=False, state=AskedQuestion.State.ASKED)
    return [str(ref) for ref in rows.values_list("question_id", flat=True)]


def open_suggestion(interview: Interview) -> dict[str, object] | None:
    """The latest suggestion, if nobody has answered it."""
    row = interview.suggestions.order_by("-created_at").first()
    if row is None or row.answer != Suggestion.Answer.OPEN:
        return None
    return {"id": str(row.id), "text": row.text, "because": row.because}


def own_notes(interview: Interview, member: Member) -> list[Note]:
    return list(interview.notes.filter(member=member))
