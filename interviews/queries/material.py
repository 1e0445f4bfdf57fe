"""What the AI is given to write a debrief or an answer from: plain frozen values, read once.

Nothing of the candidate's record, résumé or accommodations is among it: it judges what was said.
"""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import cast

from django.conf import settings

from ai_engine.inputs import CallContext, Competency, Excerpt, Lane, PlanQuestion
from ai_engine.inputs import Speaker as SpeakerWord
from interviews.models import Competency as CompetencyRow
from interviews.models import Debrief, Interview, Segment, TranscriptVersion
from interviews.queries.asked_questions import states_of_questions
from interviews.states import Speaker


@dataclass(frozen=True, slots=True)
class Material:
    """One interview as the AI reads it. `excerpts` are in order; their ref is the segment's id."""

    interview_id: uuid.UUID
    excerpts: tuple[Excerpt, ...]
    competencies: tuple[Competency, ...]
    questions: tuple[PlanQuestion, ...]
    position_title: str
    context: CallContext

    @property
    def not_asked(self) -> frozenset[str]:
        """The competencies that the plan asks about, and the interview did not."""
        planned = {question.competency_ref for question in self.questions}
        asked = {question.competency_ref for question in self.questions if question.was_asked}
        return frozenset(planned - asked)


def material_of_debrief(debrief_id: uuid.UUID) -> Material | None:
    """Pinned to the debrief's version of the transcript. None when there is nothing to read any more."""
    debrief = (
        Debrief.objects.select_related(
            "transcript_version",
            "interview__organisation",
            "interview__position",
            "interview__plan_version",
        )
        .filter(id=debrief_id, interview__candidate__erased_at__isnull=True)
        .first()
    )
    if debrief is None or debrief.transcript_version is None:
        return None
    return _material(debrief.interview, excerpts_of_version(debrief.transcript_version))


def material_of_interview(interview: Interview, *, seconds: float) -> Material:
    """As the transcript stands now, for somebody who waits for an answer."""
    segments = interview.segments.order_by("position")
    excerpts = tuple(_excerpt(segment, segment.text) for segment in segments)
    return _material(interview, excerpts, lane="live", seconds=seconds)


def excerpts_of_version(version: TranscriptVersion) -> tuple[Excerpt, ...]:
    """The words as they were frozen; whose they are and when they were said never changes."""
    frozen: list[tuple[int, str]] = version.segments
    rows = Segment.objects.filter(interview_id=version.interview_id).defer("text", "heard_text")
    by_id = {row.id: row for row in rows}
    return tuple(_excerpt(by_id[key], text) for key, text in frozen if key in by_id)


def _excerpt(segment: Segment, text: str) -> Excerpt:
    return Excerpt(
        ref=str(segment.id),
        speaker=cast("SpeakerWord", segment.speaker),  # the column's choices
        name=segment.speaker_name or Speaker(segment.speaker).label,
        text=text,
        started_ms=segment.started_ms,
    )


def _material(
    interview: Interview,
    excerpts: tuple[Excerpt, ...],
    *,
    lane: Lane = "background",
    seconds: float | None = None,
) -> Material:
    organisation = interview.organisation
    rows = CompetencyRow.objects.filter(
        rubric_version__plan_versions=interview.plan_version_id
    ).order_by("position")
    return Material(
        interview_id=interview.id,
        excerpts=excerpts,
        competencies=tuple(
            Competency(
                ref=str(row.id), name=row.name, levels=row.anchors, description=row.description
            )
            for row in rows
        ),
        questions=tuple(_questions(interview)),
        position_title=interview.position.title,
        context=CallContext(
            scope=str(organisation.id),
            interview_ref=str(interview.id),
            language=interview.language,
            lane=lane,
            deadline=seconds,
            allowed_providers=allowed_providers(organisation.ai_providers_off),
        ),
    )


def _questions(interview: Interview) -> Iterable[PlanQuestion]:
    """The plan's questions. One that the candidate passed over was put to them like any other."""
    states = states_of_questions(interview)
    for question in interview.plan_version.questions.order_by("position"):
        yield PlanQuestion(
            ref=str(question.id),
            text=question.text,
            competency_ref=str(question.competency_id or ""),
            was_asked=states is None or question.id in states,
        )


def allowed_providers(switched_off: Collection[str]) -> frozenset[str] | None:
    if not switched_off:
        return None
    return frozenset(settings.AI_PROVIDERS) - frozenset(switched_off)
