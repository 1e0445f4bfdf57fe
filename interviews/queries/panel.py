"""What the interviewer's panel shows beside the conversation: the plan, its sections and its questions."""

from dataclasses import dataclass

from interviews.models import Interview
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
