"""Debriefs for programs: what was written, how far it is, and another one on demand."""

import uuid
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema, Status

from interviews import access
from interviews.access import Missing, Permission
from interviews.api.callers import called_interview
from interviews.api.debrief_stream import stream_of
from interviews.api.doors import opens
from interviews.api.evidence import ProvenanceOut, QuoteOut, SectionOut
from interviews.models import Debrief
from interviews.queries.debrief_progress import progress_of
from interviews.queries.report import (
    LevelShown,
    find_debrief,
    insights_of,
    is_stale,
    scorecard_of,
    summary_of,
)
from interviews.services.start_debrief import DebriefUnderWay, rerun_debrief
from webapi.pages import PageOf, PageQuery, page_of
from webapi.problems import Conflict, NotAllowed

router = Router(tags=["debriefs"])


class DebriefOut(Schema):
    """`is_stale`: the transcript changed after it was written. `steps`: state by the step's name."""

    id: uuid.UUID
    number: int
    status: str
    created_at: datetime
    finished_at: datetime | None

    @staticmethod
    def of(row: Debrief) -> "DebriefOut":
        return DebriefOut(
            id=row.id,
            number=row.number,
            status=row.status,
            created_at=row.created_at,
            finished_at=row.finished_at,
        )


class DebriefPage(PageOf[DebriefOut]):
    pass


class PartOut(Schema):
    provenance: ProvenanceOut
    sections: list[SectionOut]


class InsightsOut(PartOut):
    """`figures` are counted, not written by the AI."""

    figures: dict[str, float | str]


class WholeDebriefOut(DebriefOut):
    """A debrief with the parts that are there. The scorecard has an address of its own."""

    transcript_version: int | None
    is_stale: bool
    steps: dict[str, str]
    summary: PartOut | None
    insights: InsightsOut | None


class LevelOut(Schema):
    """`level` is 1 to 4, or null with the reason in `status`; never 0."""

    competency_id: uuid.UUID
    competency: str
    status: str
    level: int | None
    anchor: str
    rationale: str
    evidence: list[QuoteOut]

    @staticmethod
    def of(row: LevelShown) -> "LevelOut":
        return LevelOut(
            competency_id=row.competency.id,
            competency=row.competency.name,
            status=row.status,
            level=row.level,
            anchor=row.anchor,
            rationale=row.rationale,
            evidence=[QuoteOut.of(cite) for cite in row.cites],
        )


class ScorecardOut(Schema):
    """The AI's draft for people to judge by; it decides nothing. `addressed`: passages that speak to the
    AI, and therefore carry no level."""

    debrief_number: int
    provenance: ProvenanceOut
    levels: list[LevelOut]
    addressed: list[QuoteOut]


@router.get("/interviews/{uuid:interview_id}/debriefs", response=DebriefPage)
@opens(Permission.SEE_REPORT)
def list_debriefs(
    request: HttpRequest, interview_id: uuid.UUID, page: Query[PageQuery]
) -> DebriefPage:
    """Newest first."""
    interview, _ = called_interview(request, interview_id, to=Permission.SEE_REPORT)
    found = page_of(interview.debriefs.all(), page, order=("-number",))
    return DebriefPage(items=[DebriefOut.of(row) for row in found.items], next=found.next)


@router.post("/interviews/{uuid:interview_id}/debriefs", response={202: DebriefOut})
@opens(Permission.LEAD)
def run_debrief(request: HttpRequest, interview_id: uuid.UUID) -> Status[DebriefOut]:
    """Writes the debrief anew; follow it by the stream. 409 while one is being written."""
    interview, member = called_interview(request, interview_id, to=Permission.LEAD)
    try:
        with transaction.atomic():
            debrief = rerun_debrief(interview_id=interview.id, asked_by=member, now=timezone.now())
    except DebriefUnderWay:
        raise Conflict("A debrief of this interview is being written.") from None
    return Status(202, DebriefOut.of(debrief))


@router.get("/interviews/{uuid:interview_id}/debriefs/{int:number}", response=WholeDebriefOut)
@opens(Permission.SEE_REPORT)
def get_debrief(request: HttpRequest, interview_id: uuid.UUID, number: int) -> WholeDebriefOut:
    """Summary and insights, as far as they are written. Number 0 is the newest."""
    interview, _ = called_interview(request, interview_id, to=Permission.SEE_REPORT)
    debrief = find_debrief(interview, number or None)
    if debrief is None:
        raise Missing
    summary, insights = summary_of(debrief, interview), insights_of(debrief)
    version = debrief.transcript_version
    return WholeDebriefOut(
        **DebriefOut.of(debrief).dict(),
        transcript_version=version.number if version else None,
        is_stale=is_stale(debrief),
        steps={step.name: step.state.value for step in progress_of(debrief).steps},
        summary=PartOut(
            provenance=ProvenanceOut.of(summary.part),
            sections=[SectionOut.of(each) for each in (*summary.overview, *summary.questions)],
        )
        if summary
        else None,
        insights=InsightsOut(
            provenance=ProvenanceOut.of(insights.part),
            sections=[SectionOut.of(each) for each in insights.sections],
            figures=insights.figures.named() if insights.figures else {},
        )
        if insights
        else None,
    )


@router.get("/interviews/{uuid:interview_id}/scorecard", response=ScorecardOut, tags=["scorecards"])
@opens(Permission.SEE_REPORT)
def get_scorecard(request: HttpRequest, interview_id: uuid.UUID) -> ScorecardOut:
    """The newest AI draft. 403 until one may see it: usually after one's own review is submitted."""
    interview, member = called_interview(request, interview_id, to=Permission.SEE_REPORT)
    if not access.may_see_ai_draft(member, interview):
        raise NotAllowed(
            "The AI's draft is hidden until you submit your own scorecard.", code="hidden"
        )
    debrief = find_debrief(interview)
    scorecard = scorecard_of(debrief) if debrief else None
    if debrief is None or scorecard is None:
        raise Missing
    return ScorecardOut(
        debrief_number=debrief.number,
        provenance=ProvenanceOut.of(scorecard.part),
        levels=[LevelOut.of(row) for row in scorecard.levels],
        addressed=[QuoteOut.of(cite) for cite in scorecard.addressed],
    )


@router.get("/interviews/{uuid:interview_id}/stream", url_name="stream_debrief")
@opens(Permission.SEE_REPORT)
def stream_debrief(request: HttpRequest, interview_id: uuid.UUID) -> StreamingHttpResponse:
    """Server-sent events: `progress`, then `summary`, `scorecard` and `insights` when each is there
    or will not come, and `settled` at the end. The words themselves are fetched: events carry none."""
    interview, member = called_interview(request, interview_id, to=Permission.SEE_REPORT)
    return stream_of(interview, member)
