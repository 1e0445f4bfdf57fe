"""Counts how an interview went, from the version of the transcript that a debrief is pinned to."""

import uuid
from typing import cast

from pydantic import TypeAdapter

from interviews.analytics import (
    InterviewFigures,
    PlanAdherence,
    PlannedItem,
    Side,
    SpokenSegment,
    measure_interview,
    measure_plan,
)
from interviews.models import Debrief, Interview, Segment, TranscriptVersion
from interviews.queries.asked_questions import states_of_questions
from interviews.states import QuestionKind, Speaker
from webapi.json import JsonValue

_FORM: TypeAdapter[InterviewFigures] = TypeAdapter(InterviewFigures)


def count_figures(debrief_id: uuid.UUID) -> InterviewFigures | None:
    """None when there is no transcript to count in any more."""
    debrief = (
        Debrief.objects.select_related("transcript_version", "interview__plan_version")
        .filter(id=debrief_id)
        .first()
    )
    if debrief is None or debrief.transcript_version is None:
        return None
    segments = _spoken(debrief.transcript_version)
    return measure_interview(segments, plan=_plan_adherence(debrief.interview))


def stored_form(figures: InterviewFigures) -> dict[str, JsonValue]:
    """As figures are kept with the insights that rest on them."""
    return cast("dict[str, JsonValue]", _FORM.dump_python(figures, mode="json"))


def from_stored(stored: dict[str, JsonValue]) -> InterviewFigures | None:
    """None where nothing was counted."""
    return _FORM.validate_python(stored) if stored else None


def _spoken(version: TranscriptVersion) -> list[SpokenSegment]:
    frozen: list[tuple[int, str]] = version.segments
    rows = Segment.objects.filter(interview_id=version.interview_id).values_list(
        "id", "speaker", "speaker_name", "started_ms", "ended_ms"
    )
    by_id = {row[0]: row for row in rows}
    spoken = []
    for key, text in frozen:
        if key in by_id:
            _, side, name, started_ms, ended_ms = by_id[key]
            words = name or Speaker(side).label
            spoken.append(SpokenSegment(words, cast("Side", side), text, started_ms, ended_ms))
    return spoken


def _plan_adherence(interview: Interview) -> PlanAdherence | None:
    """None where nobody noted what was asked."""
    states = states_of_questions(interview)
    if states is None:
        return None
    planned = [
        PlannedItem(str(question.id), question.kind == QuestionKind.MUST_ASK)
        for question in interview.plan_version.questions.all()
    ]
    skipped = {str(question) for question, state in states.items() if state == "skipped"}
    asked = {str(question) for question in states} - skipped
    return measure_plan(planned, asked=asked, skipped=skipped)
