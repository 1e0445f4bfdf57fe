"""Writes an interview's transcript or scorecards as a file, and notes who took it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from interviews import access
from interviews.access import Forbidden, Missing
from interviews.exporting import (
    TranscriptRow,
    TranscriptToExport,
    transcript_as_csv,
    transcript_as_json,
    transcript_as_markdown,
    transcript_as_webvtt,
    write_csv,
)
from interviews.models import Interview, Member
from interviews.queries.report import find_debrief, scorecard_of
from interviews.queries.reviews import Comparison, compare, submitted_reviews
from interviews.services.record_audit import record_audit
from interviews.states import Speaker

SCORECARDS = "scorecards.csv"
_SCORECARD_HEADER = ("competency", "judge", "kind", "level", "words")
_TRANSCRIPTS: dict[str, tuple[str, Callable[[TranscriptToExport], str]]] = {
    "transcript.vtt": ("text/vtt", transcript_as_webvtt),
    "transcript.md": ("text/markdown", transcript_as_markdown),
    "transcript.csv": ("text/csv", transcript_as_csv),
    "transcript.json": ("application/json", transcript_as_json),
}


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """Its name holds nothing that anybody typed."""

    name: str
    content_type: str
    content: bytes


def export_interview(*, interview: Interview, what: str, by: Member) -> ExportedFile:
    """Raises Missing for an unknown kind, Forbidden for scorecards that are still hidden from `by`."""
    if what == SCORECARDS:
        content_type, text = "text/csv", _scorecards(interview, by)
    elif what in _TRANSCRIPTS:
        content_type, write = _TRANSCRIPTS[what]
        text = write(_transcript(interview))
    else:
        raise Missing
    record_audit(
        organisation=interview.organisation_id,
        action="interview.exported",
        subject_kind="interview",
        subject_id=interview.id,
        member=by,
        detail={"what": what},
    )
    name = f"interview-{interview.id.hex[:8]}-{what}"
    return ExportedFile(name, f"{content_type}; charset=utf-8", text.encode())


def _scorecards(interview: Interview, by: Member) -> str:
    if not access.may_see_ai_draft(by, interview):
        raise Forbidden("The scorecards are hidden until you submit your own.")
    debrief = find_debrief(interview)
    draft = scorecard_of(debrief) if debrief else None
    comparison = compare(submitted_reviews(interview), draft)
    return write_csv(_SCORECARD_HEADER, _scorecard_rows(comparison))


def _transcript(interview: Interview) -> TranscriptToExport:
    rows = tuple(
        TranscriptRow(
            ref=str(row.id),
            speaker=row.speaker_name or Speaker(row.speaker).label,
            side=row.speaker,
            text=row.text,
            started_ms=row.started_ms,
            ended_ms=row.ended_ms,
            is_corrected=row.corrected_at is not None,
        )
        for row in interview.segments.order_by("position")
    )
    return TranscriptToExport(
        title=f"{interview.candidate.name}, {interview.position.title}",
        rows=rows,
        held_at=interview.started_at.isoformat() if interview.started_at else "",
        language=interview.language,
    )


def _scorecard_rows(comparison: Comparison) -> Iterable[tuple[str, str, str, int | None, str]]:
    """A row for each judge and competency, then each judge's overall word."""
    for row in comparison.rows:
        for each in row.judgements:
            kind = "AI draft" if each.is_ai else "person"
            words = each.note or ("" if each.level else each.words)
            yield row.competency.name, each.judge, kind, each.level, words
    for review in comparison.reviews:
        words = ": ".join(filter(None, (review.overall_words, review.note)))
        yield "Overall", review.reviewer, "person", None, words
