"""Writes the AI's scorecard of a debrief: gather, think, commit.

It is a draft for people. A level stands on words of the candidate that code has found, or does not stand.
"""

import uuid

from asgiref.sync import sync_to_async

from ai_engine.errors import AiError
from ai_engine.inputs import Quote
from ai_engine.skills.score_interview import LevelDraft, ScorecardDraft, score_interview
from interviews.models import CompetencyLevel, Debrief, DebriefPart, Evidence
from interviews.queries.material import Material, material_of_debrief
from interviews.queries.report import FLAGGED
from interviews.services.check_evidence import CANDIDATE_ONLY, Transcript, evidence_rows
from interviews.services.hold_debrief import (
    NotWanted,
    add_part,
    hold_debrief,
    is_written,
    outcome_of,
)
from interviews.states import LevelStatus, PartKind
from scheduler.outcomes import Cancel, Outcome
from scheduler.run import Run


async def write_scorecard(*, run: Run, debrief_id: uuid.UUID) -> Outcome | None:
    material = await sync_to_async(material_of_debrief)(debrief_id)
    if material is None:
        return Cancel("There is no transcript to read any more.")
    try:
        draft = await score_interview(
            excerpts=material.excerpts,
            competencies=material.competencies,
            questions=material.questions,
            context=material.context,
        )
    except AiError as error:
        return outcome_of(error)
    return await sync_to_async(commit_scorecard)(run, debrief_id, material, draft)


def commit_scorecard(
    run: Run, debrief_id: uuid.UUID, material: Material, draft: ScorecardDraft
) -> Outcome | None:
    try:
        with hold_debrief(run=run, debrief_id=debrief_id) as debrief:
            if is_written(debrief, PartKind.SCORECARD):
                return None
            _add_scorecard(debrief, run, material, draft)
    except NotWanted as reason:
        return Cancel(str(reason))
    return None


def _add_scorecard(debrief: Debrief, run: Run, material: Material, draft: ScorecardDraft) -> None:
    transcript = Transcript.of(material.excerpts)
    drafted = {level.competency_ref: level for level in draft.levels}
    found: dict[str, list[Quote]] = {
        ref: transcript.found(level.evidence, CANDIDATE_ONLY) for ref, level in drafted.items()
    }
    lost = sum(len(level.evidence) - len(found[ref]) for ref, level in drafted.items())
    part = add_part(
        debrief,
        kind=PartKind.SCORECARD,
        run=run,
        provenance=draft.provenance,
        dropped=draft.dropped + lost,
        figures={FLAGGED: [ref for ref in draft.flagged if ref in transcript.by_ref]},
    )
    rows = CompetencyLevel.objects.bulk_create(
        _level_row(part, each.ref, drafted.get(each.ref), found.get(each.ref, []), material)
        for each in material.competencies
    )
    Evidence.objects.bulk_create(
        evidence
        for row in rows
        for evidence in evidence_rows(found.get(str(row.competency_id), []), competency_level=row)
    )


def _level_row(
    part: DebriefPart, ref: str, draft: LevelDraft | None, quotes: list[Quote], material: Material
) -> CompetencyLevel:
    """What may be shown for one competency: its level only on evidence, and never a 0."""
    row = CompetencyLevel(part=part, competency_id=uuid.UUID(ref))
    if ref in material.not_asked:
        row.status = LevelStatus.NOT_ASKED
    elif draft is None or draft.level is None:
        row.status = LevelStatus.INSUFFICIENT_EVIDENCE
        row.rationale = draft.rationale if draft else ""
    elif not quotes:
        # Its reasons rest on words that nobody said: they go with the level.
        row.status = LevelStatus.INSUFFICIENT_EVIDENCE
    else:
        row.status, row.level, row.rationale = LevelStatus.LEVELLED, draft.level, draft.rationale
    return row
