"""What the interviewer's panel shows beside the conversation: the plan with its time, and what became of it so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from interviews.events import EventKind
from interviews.models import AskedQuestion, Event, Interview, Member, Note, Suggestion
from interviews.states import InterviewState, QuestionKind


@dataclass(frozen=True, slots=True)
class PanelQuestion:
    ref: str
    text: str
    competency: str
    minutes: int
    must_ask: bool


@dataclass(frozen=True, slots=True)
class PanelSection:
    """`planned_ms`: the time of its questions, stretched as the whole interview is."""

    name: str
    questions: tuple[PanelQuestion, ...]
    planned_ms: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """The planned questions asked so far, when (on the room's clock), and whose competencies they are."""

    questions: tuple[str, ...]
    asked_ms: tuple[int, ...]
    competencies: tuple[str, ...]


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
    minute = 60_000 * float(interview.time_factor)
    return tuple(
        PanelSection(name, tuple(questions), round(sum(q.minutes for q in questions) * minute))
        for name, questions in sections
    )


def competencies_of(sections: Sequence[PanelSection]) -> tuple[str, ...]:
    """Those that the plan asks about, in its order."""
    named = (question.competency for section in sections for question in section.questions)
    return tuple(dict.fromkeys(name for name in named if name))


def coverage_of(interview: Interview) -> Coverage:
    """In the order of asking, each question once: a follow-up to it asks nothing new of the plan."""
    rows = (
        AskedQuestion.objects.filter(
            interview=interview, question__isnull=False, state=AskedQuestion.State.ASKED
        )
        .order_by("position")
        .values_list("question_id", "question__competency__name", "asked_at")
    )
    changes = _state_changes(interview)
    asked: dict[str, int] = {}
    competencies: set[str] = set()
    for ref, competency, at in rows:
        asked.setdefault(str(ref), _live_ms(changes, at) if at else 0)
        if competency:
            competencies.add(competency)
    return Coverage(tuple(asked), tuple(asked.values()), tuple(sorted(competencies)))


def waiting_suggestions(interview: Interview) -> list[Suggestion]:
    """Those kept for later, and the latest one if nobody has answered it."""
    rows = list(interview.suggestions.order_by("created_at"))
    kept = [row for row in rows if row.answer == Suggestion.Answer.LATER]
    is_open = bool(rows) and rows[-1].answer == Suggestion.Answer.OPEN
    return [*kept, rows[-1]] if is_open else kept


def own_notes(interview: Interview, member: Member) -> list[Note]:
    return list(interview.notes.filter(member=member))


def _state_changes(interview: Interview) -> list[tuple[str, datetime]]:
    rows = Event.objects.filter(interview=interview, kind=EventKind.STATE_CHANGED)
    changes = [
        (str(payload["state"]), at)
        for payload, at in rows.order_by("member_seq").values_list("payload", "at")
    ]
    if interview.started_at and not any(state == InterviewState.LIVE for state, _ in changes):
        return [(InterviewState.LIVE, interview.started_at)]
    return changes


def _live_ms(changes: Sequence[tuple[str, datetime]], at: datetime) -> int:
    """What the room's clock showed at a moment: pauses do not count."""
    live, since = timedelta(0), None
    for state, changed_at in changes:
        if changed_at > at:
            break
        if since is not None:
            live, since = live + (changed_at - since), None
        if state == InterviewState.LIVE:
            since = changed_at
    if since is not None:
        live += at - since
    return max(0, round(live.total_seconds() * 1000))
