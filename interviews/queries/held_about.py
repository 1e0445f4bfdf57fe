"""Which tables hold something about a candidate, and what becomes of each when they are erased.

Export, erasure and retention read this one list. A test compares it with the tables that have a path to
Candidate, so that a new table fails until it stands here.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Model, Q, QuerySet, UUIDField

from interviews.models import (
    Answer,
    AskedQuestion,
    Candidate,
    CompetencyLevel,
    Consent,
    Debrief,
    DebriefPart,
    Decision,
    Event,
    Evidence,
    Interview,
    Moment,
    Note,
    Recording,
    RecordingChunk,
    Review,
    ReviewLevel,
    Segment,
    Statement,
    Suggestion,
    TranscriptImport,
    TranscriptVersion,
)


@dataclass(frozen=True, slots=True)
class Held:
    """A table with rows about an interview.

    `to_interview`: the ways from a row to its interview. `emptied`: rows stay as ids and times, with these
    columns set so; without it rows are deleted.
    """

    name: str
    model: type[Model]
    to_interview: tuple[str, ...]
    emptied: Mapping[str, object] | None = None

    def rows(self, interview_ids: Collection[uuid.UUID]) -> QuerySet[Model]:
        wanted = Q(pk__in=())
        for path in self.to_interview:
            wanted |= Q(**{f"{path}__in": interview_ids})
        return self.model._default_manager.filter(wanted)


# Rows that point at others come before them, so that each table's own rows are counted.
CONVERSATION: tuple[Held, ...] = (
    Held("evidence", Evidence, ("segment__interview",)),
    Held("statements", Statement, ("part__debrief__interview", "answer__interview")),
    Held("competency levels", CompetencyLevel, ("part__debrief__interview",)),
    Held("debrief parts", DebriefPart, ("debrief__interview",)),
    Held("debriefs", Debrief, ("interview",)),
    Held("answers", Answer, ("interview",)),
    Held("transcript versions", TranscriptVersion, ("interview",)),
    Held("transcript imports", TranscriptImport, ("interview",)),
    Held("recording chunks", RecordingChunk, ("recording__interview",)),
    Held("recordings", Recording, ("interview",)),
    Held("suggestions", Suggestion, ("interview",)),
    Held("notes", Note, ("interview",)),
    Held("moments", Moment, ("interview",)),
    Held("segments", Segment, ("interview",)),
    Held("asked questions", AskedQuestion, ("interview",)),
    Held("events", Event, ("interview",)),
)
"""What was said, and what the AI wrote of it, which quotes it."""

JUDGEMENTS: tuple[Held, ...] = (
    Held("review levels", ReviewLevel, ("review__interview",)),
    Held("reviews", Review, ("interview",)),
)
"""What people thought of the candidate."""

PROOF: tuple[Held, ...] = (
    # What the law wants kept: that the candidate was told and answered, and that a person decided.
    Held("consents", Consent, ("interview",), emptied={"notice_text": ""}),
    Held("decisions", Decision, ("interview",), emptied={"reason": ""}),
    Held("interviewers", Interview.interviewers.through, ("interview",), emptied={}),
    Held(
        "interviews",
        Interview,
        ("pk",),
        emptied={"meeting_url": "", "text_only": False, "time_factor": 1, "silence_factor": 1},
    ),
)
"""Rows that stay, without a word."""

TABLES = (*CONVERSATION, *JUDGEMENTS, *PROOF)


def interview_ids_of(candidate: Candidate) -> list[uuid.UUID]:
    """In a fixed order, in which their rows are locked."""
    return list(candidate.interviews.order_by("id").values_list("id", flat=True))


def ids_about(candidate_id: uuid.UUID, interview_ids: Collection[uuid.UUID]) -> list[str]:
    """The ids by which jobs and emails may name this candidate or anything of theirs."""
    found = {str(candidate_id)}
    for table in TABLES:
        if isinstance(table.model._meta.pk, UUIDField):
            found |= {str(pk) for pk in table.rows(interview_ids).values_list("pk", flat=True)}
    return sorted(found)
