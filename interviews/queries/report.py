"""Reads a debrief as the report page and the API show it: claims with the moments they rest on.

The number of queries is the same for a short interview and a long one.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from interviews.analytics import InterviewFigures
from interviews.models import (
    Answer,
    Competency,
    CompetencyLevel,
    Debrief,
    DebriefPart,
    Evidence,
    Interview,
    Question,
    Segment,
    Statement,
)
from interviews.queries.asked_questions import states_of_questions
from interviews.queries.figures import from_stored
from interviews.queries.transcript import clock_words
from interviews.states import LevelStatus, PartKind, Speaker

SECTION_WORDS = {
    "question": "Answers",
    "background": "Background",
    "candidate_asked": "What the candidate asked",
    "other": "Also said",
    "interview": "How the interview went",
    "interviewer": "How it was led",
}


@dataclass(frozen=True, slots=True)
class Cite:
    """A quote and the moment it is from."""

    segment_id: int
    start: int
    end: int
    quote: str
    clock: str
    started_ms: int
    speaker: str
    name: str
    fed_by: str


@dataclass(frozen=True, slots=True)
class ClaimShown:
    text: str
    cites: tuple[Cite, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Claims under one heading. `question_state` is set for questions of the plan."""

    title: str
    claims: tuple[ClaimShown, ...]
    question_state: str = ""
    competency: str = ""


@dataclass(frozen=True, slots=True)
class LevelShown:
    competency: Competency
    status: str
    level: int | None
    anchor: str
    rationale: str
    cites: tuple[Cite, ...]

    @property
    def words(self) -> str:
        return LevelStatus(self.status).label


@dataclass(frozen=True, slots=True)
class SummaryShown:
    part: DebriefPart
    overview: tuple[Section, ...]
    questions: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class ScorecardShown:
    """`addressed`: passages of the candidate that speak to the AI. They carry no level; people may look."""

    part: DebriefPart
    levels: tuple[LevelShown, ...]
    addressed: tuple[Cite, ...] = ()


@dataclass(frozen=True, slots=True)
class InsightsShown:
    part: DebriefPart
    sections: tuple[Section, ...]
    figures: InterviewFigures | None


FLAGGED = "flagged"
"""Under this name a scorecard's part keeps the segments that speak to the AI, beside what is counted."""
MOST_FLAGGED = 20
GIVEN_UP_AFTER = timedelta(seconds=90)  # the worker of an answer died: nobody waits longer


@dataclass(frozen=True, slots=True)
class AnswerShown:
    answer: Answer
    claims: tuple[ClaimShown, ...]

    @property
    def is_working(self) -> bool:
        waited = timezone.now() - self.answer.created_at
        return self.answer.status == Answer.Status.WORKING and waited < GIVEN_UP_AFTER


def find_debrief(interview: Interview, number: int | None = None) -> Debrief | None:
    """The newest debrief, or the one with this number."""
    rows = interview.debriefs.select_related("transcript_version", "asked_by__user").defer(
        "transcript_version__segments"
    )
    if number is not None:
        rows = rows.filter(number=number)
    return rows.order_by("-number").first()


def is_stale(debrief: Debrief) -> bool:
    """Whether the transcript was corrected, or grew, after this debrief was written."""
    version = debrief.transcript_version
    if version is None:
        return False
    later = Q(corrected_at__gt=version.frozen_at) | Q(created_at__gt=version.frozen_at)
    return Segment.objects.filter(later, interview_id=debrief.interview_id).exists()


def summary_of(debrief: Debrief, interview: Interview) -> SummaryShown | None:
    part = _part(debrief, PartKind.SUMMARY)
    if part is None:
        return None
    by_section: dict[str, list[ClaimShown]] = defaultdict(list)
    by_question: dict[uuid.UUID, list[ClaimShown]] = defaultdict(list)
    for statement in _statements(part=part):
        if statement.question_id is None:
            by_section[_heading(statement)].append(_claim(statement))
        else:
            by_question[statement.question_id].append(_claim(statement))
    return SummaryShown(
        part=part,
        overview=tuple(Section(title, tuple(claims)) for title, claims in by_section.items()),
        questions=tuple(_question_sections(interview, by_question)),
    )


def scorecard_of(debrief: Debrief) -> ScorecardShown | None:
    """The AI's draft. Ask access.may_see_ai_draft before anybody is shown it."""
    part = _part(debrief, PartKind.SCORECARD)
    if part is None:
        return None
    rows = (
        CompetencyLevel.objects.filter(part=part)
        .select_related("competency")
        .prefetch_related(_evidence())
        .order_by("competency__position")
    )
    return ScorecardShown(part, tuple(_level(row) for row in rows), _addressed(debrief, part))


def insights_of(debrief: Debrief) -> InsightsShown | None:
    part = _part(debrief, PartKind.INSIGHTS)
    if part is None:
        return None
    by_section: dict[str, list[ClaimShown]] = defaultdict(list)
    for statement in _statements(part=part):
        by_section[_heading(statement)].append(_claim(statement))
    sections = tuple(Section(title, tuple(claims)) for title, claims in by_section.items())
    return InsightsShown(part, sections, from_stored(part.figures))


def answers_of(interview: Interview, *, newest: int = 20) -> tuple[AnswerShown, ...]:
    """What was asked about this interview lately, newest first."""
    rows = _answers(interview)[:newest]
    return tuple(_answer(row) for row in rows)


def find_answer(interview: Interview, answer_id: uuid.UUID) -> AnswerShown | None:
    row = _answers(interview).filter(id=answer_id).first()
    return None if row is None else _answer(row)


def _part(debrief: Debrief, kind: PartKind) -> DebriefPart | None:
    return DebriefPart.objects.filter(debrief=debrief, kind=kind).first()


def _evidence() -> "Prefetch[str, QuerySet[Evidence], str]":
    return Prefetch(
        "evidence", Evidence.objects.select_related("segment__fed_by__user").order_by("id")
    )


def _statements(*, part: DebriefPart) -> QuerySet[Statement]:
    return Statement.objects.filter(part=part).prefetch_related(_evidence()).order_by("position")


def _answers(interview: Interview) -> QuerySet[Answer]:
    statements = Prefetch(
        "statements", Statement.objects.prefetch_related(_evidence()).order_by("position")
    )
    return (
        Answer.objects.filter(interview=interview)
        .select_related("asked_by__user")
        .prefetch_related(statements)
        .order_by("-created_at", "id")
    )


def _answer(row: Answer) -> AnswerShown:
    return AnswerShown(row, tuple(_claim(statement) for statement in row.statements.all()))


def _claim(statement: Statement) -> ClaimShown:
    return ClaimShown(statement.text, _cites(statement.evidence.all()))


def _heading(statement: Statement) -> str:
    return SECTION_WORDS.get(statement.section, "Also said")


def _level(row: CompetencyLevel) -> LevelShown:
    return LevelShown(
        competency=row.competency,
        status=row.status,
        level=row.level,
        anchor=row.competency.anchors[row.level - 1] if row.level else "",
        rationale=row.rationale,
        cites=_cites(row.evidence.all()),
    )


def _cites(rows: Iterable[Evidence]) -> tuple[Cite, ...]:
    return tuple(_cite(row.segment, row.quote, row.start, row.end) for row in rows)


def _cite(segment: Segment, quote: str, start: int, end: int) -> Cite:
    return Cite(
        segment_id=segment.id,
        start=start,
        end=end,
        quote=quote,
        clock=clock_words(segment.started_ms),
        started_ms=segment.started_ms,
        speaker=segment.speaker,
        name=segment.speaker_name or Speaker(segment.speaker).label,
        fed_by=str(segment.fed_by.user) if segment.fed_by else "",
    )


def _addressed(debrief: Debrief, part: DebriefPart) -> tuple[Cite, ...]:
    refs = part.figures.get(FLAGGED, [])
    if not refs:
        return ()
    rows = Segment.objects.filter(interview_id=debrief.interview_id, id__in=refs)
    rows = rows.select_related("fed_by__user").order_by("position")[:MOST_FLAGGED]
    return tuple(_cite(row, row.text, 0, len(row.text)) for row in rows)


def _question_sections(
    interview: Interview, claims: dict[uuid.UUID, list[ClaimShown]]
) -> Iterable[Section]:
    """Every question of the plan, with whether it was asked where somebody noted that."""
    states = states_of_questions(interview)
    for question in _plan_questions(interview):
        if states is None:
            if question.id not in claims:
                continue
            state = ""
        else:
            state = states.get(question.id, "not_asked")
        yield Section(
            title=question.text,
            claims=tuple(claims.get(question.id, ())),
            question_state=state,
            competency=question.competency.name if question.competency else "",
        )


def _plan_questions(interview: Interview) -> QuerySet[Question]:
    return (
        Question.objects.filter(plan_version=interview.plan_version_id)
        .select_related("competency")
        .order_by("position")
    )
