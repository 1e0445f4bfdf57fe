"""What a member's panel is told, in frames that may be lost: so it is all told again to whoever comes in."""

import uuid

from interviews.events import (
    CoverageChanged,
    InterimHeard,
    ServerMessage,
    SuggestionReady,
)
from interviews.models import Interview, Suggestion
from interviews.queries.panel import Coverage, coverage_of, waiting_suggestions
from interviews.services.participants import Participant
from interviews.states import Speaker


def words_of_panel(by: Participant, interview_id: uuid.UUID) -> tuple[ServerMessage, ...]:
    """How the plan and the suggestions stand. Suggestions are for those who may lead."""
    if by.is_candidate:
        return ()
    interview = Interview.objects.get(id=interview_id)
    covered = coverage_words(coverage_of(interview))
    if by.actor is None:
        return (covered,)
    return (covered, *map(suggestion_words, waiting_suggestions(interview)))


def coverage_words(coverage: Coverage) -> CoverageChanged:
    return CoverageChanged(coverage.questions, coverage.competencies, coverage.asked_ms)


def suggestion_words(row: Suggestion) -> SuggestionReady:
    return SuggestionReady(str(row.id), row.text, row.because, row.answer)


def interim_words(by: Participant, seg_id: str, text: str, speaker: str | None) -> InterimHeard:
    """Whose words they are: the socket's own, unless a member feeds them for somebody else."""
    if by.is_candidate:
        return InterimHeard(seg_id, text, "candidate", by.name)
    if speaker is None:
        return InterimHeard(seg_id, text, "interviewer", by.name)
    return InterimHeard(seg_id, text, speaker, Speaker(speaker).label)
