"""Makes an interview of a transcript that was recorded somewhere else, and asks for its debrief."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from interviews.importing import ImportedSegment, ImportedTranscript
from interviews.models import (
    Candidate,
    Interview,
    Member,
    Organisation,
    PlanVersion,
    Position,
    Segment,
    TranscriptImport,
)
from interviews.services.record_audit import record_audit
from interviews.services.start_debrief import start_debrief
from interviews.services.write_plan import freeze_plan, lock_plans
from interviews.states import InterviewState, Mode, SegmentSource, Speaker

LARGEST_FILE = 20 * 1024 * 1024
WORDS_FOR_CANDIDATE = frozenset({"candidate", "interviewee", "applicant"})
_ENDED_BY = "import"


@dataclass(frozen=True, slots=True)
class SpeakerHeard:
    """A speaker of a transcript, with enough of what they said to know who it is."""

    name: str
    turns: int
    words: int
    first_words: str


class SpeakerUnclear(Exception):
    """It cannot be told which speaker is the candidate: a person has to say."""

    def __init__(self, speakers: tuple[SpeakerHeard, ...]) -> None:
        super().__init__("Say which speaker is the candidate.")
        self.speakers = speakers


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What is imported, for whom. `candidate_speaker`: as named in the file; empty to let it be found."""

    transcript: ImportedTranscript
    file_name: str
    position: Position
    candidate: Candidate
    candidate_speaker: str = ""
    held_at: datetime | None = None


def import_transcript(*, request: ImportRequest, by: Member, now: datetime) -> Interview:
    """The interview, ended, with its segments and its debrief asked for, in one transaction.

    Raises SpeakerUnclear, ValidationError.
    """
    speaker = _candidate_speaker(request)
    with transaction.atomic():
        plan = _usable(lock_plans(request.position))
        freeze_plan(plan, now=now)
        interview = _add_interview(request, plan, by, now)
        Segment.objects.bulk_create(
            _segments(interview, request.transcript.segments, speaker), batch_size=1_000
        )
        TranscriptImport.objects.create(
            interview=interview,
            file_name=request.file_name[:200],
            format=request.transcript.format,
            candidate_speaker=speaker,
            notes=list(request.transcript.notes),
            imported_by=by,
        )
        record_audit(
            organisation=by.organisation_id,
            action="interview.imported",
            subject_kind="interview",
            subject_id=interview.id,
            member=by,
            detail={"segments": len(request.transcript.segments)},
        )
        start_debrief(interview=interview, now=now)
    return interview


def speakers_heard(transcript: ImportedTranscript) -> tuple[SpeakerHeard, ...]:
    """The speakers in the order of their first words."""
    said: dict[str, list[ImportedSegment]] = {name: [] for name in transcript.speakers}
    for segment in transcript.segments:
        said.setdefault(segment.speaker, []).append(segment)
    return tuple(
        SpeakerHeard(
            name=name,
            turns=len(segments),
            words=sum(len(segment.text.split()) for segment in segments),
            first_words=segments[0].text[:160] if segments else "",
        )
        for name, segments in said.items()
    )


def _candidate_speaker(request: ImportRequest) -> str:
    names = request.transcript.speakers
    if request.candidate_speaker:
        if request.candidate_speaker not in names:
            raise ValidationError({"candidate_speaker": "Nobody in the file has this name."})
        return request.candidate_speaker
    alike = [name for name in names if _is_candidate(name, request.candidate.name)]
    if len(alike) != 1:
        raise SpeakerUnclear(speakers_heard(request.transcript))
    return alike[0]


def _is_candidate(speaker: str, candidate: str) -> bool:
    """“Cem”, “Cem Aydın (guest)” and “Candidate” are Cem Aydın; “Cemal” is not."""
    spoken, wanted = _name_words(speaker), _name_words(candidate)
    if not spoken or not wanted:
        return False
    if WORDS_FOR_CANDIDATE & set(spoken):
        return True
    return spoken[: len(wanted)] == wanted or spoken == wanted[:1]


def _name_words(name: str) -> list[str]:
    return "".join(each if each.isalnum() else " " for each in name.casefold()).split()


def _add_interview(
    request: ImportRequest, plan: PlanVersion, by: Member, now: datetime
) -> Interview:
    lasted = timedelta(milliseconds=max(each.ended_ms for each in request.transcript.segments))
    started_at = request.held_at or now - lasted
    _refuse_wrong_time(by.organisation, started_at, lasted, now)
    interview = Interview(
        organisation_id=by.organisation_id,
        candidate=request.candidate,
        position=request.position,
        plan_version=plan,
        mode=Mode.IMPORTED,
        state=InterviewState.ENDED,
        language=(request.transcript.language or request.position.language)[:10],
        created_by=by,
        minutes=min(240, max(5, math.ceil(lasted.total_seconds() / 60))),
        scheduled_at=started_at,
        started_at=started_at,
        ended_at=started_at + lasted,
        ended_by=_ENDED_BY,
    )
    interview.full_clean(validate_unique=False)
    interview.save()
    return interview


def _refuse_wrong_time(
    organisation: Organisation, started_at: datetime, lasted: timedelta, now: datetime
) -> None:
    """Raises ValidationError.

    Days of retention count from the conversation, as the candidate was told, wherever it was held: counting
    them from the import would keep it longer than that, and taking it would have it erased the same night.
    """
    if started_at > now + timedelta(days=1):  # a day for clocks and zones that were mistaken
        raise ValidationError(
            {"held_at": "This is in the future: a finished interview is imported."}
        )
    days = organisation.transcript_days
    if started_at + lasted + timedelta(days=days) <= now:
        raise ValidationError(
            {
                "held_at": f"That is more than {days} days ago, and {organisation.name} keeps conversations for "
                f"{days} days: this one would be erased tonight. An administrator can change the days in Settings."
            }
        )


def _segments(
    interview: Interview, heard: Sequence[ImportedSegment], candidate_speaker: str
) -> list[Segment]:
    return [
        Segment(
            interview=interview,
            seg_id=f"import-{place}",
            position=place,
            speaker=Speaker.CANDIDATE
            if segment.speaker == candidate_speaker
            else Speaker.INTERVIEWER,
            speaker_name=segment.speaker[:120],
            text=segment.text,
            source=SegmentSource.IMPORT,
            started_ms=segment.started_ms,
            ended_ms=segment.ended_ms,
        )
        for place, segment in enumerate(heard)
    ]


def _usable(plan: PlanVersion | None) -> PlanVersion:
    if plan is None:
        raise ValidationError(
            {"position": "Write a plan for this position first: its rubric judges the interview."}
        )
    return plan
