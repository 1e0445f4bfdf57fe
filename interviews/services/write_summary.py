"""Writes the summary of a debrief: gather, think, commit."""

import uuid

from asgiref.sync import sync_to_async

from ai_engine.errors import AiError
from ai_engine.skills.summarize_interview import Summary, summarize_interview
from interviews.queries.material import Material, material_of_debrief
from interviews.services.hold_debrief import (
    NotWanted,
    add_part,
    hold_debrief,
    is_written,
    outcome_of,
)
from interviews.services.keep_claims import keep_claims, provable
from interviews.states import PartKind
from scheduler.outcomes import Cancel, Outcome
from scheduler.run import Run


async def write_summary(*, run: Run, debrief_id: uuid.UUID) -> Outcome | None:
    material = await sync_to_async(material_of_debrief)(debrief_id)
    if material is None:
        return Cancel("There is no transcript to read any more.")
    try:
        summary = await summarize_interview(
            excerpts=material.excerpts,
            questions=material.questions,
            position_title=material.position_title,
            context=material.context,
        )
    except AiError as error:
        return outcome_of(error)
    return await sync_to_async(commit_summary)(run, debrief_id, material, summary)


def commit_summary(
    run: Run, debrief_id: uuid.UUID, material: Material, summary: Summary
) -> Outcome | None:
    try:
        with hold_debrief(run=run, debrief_id=debrief_id) as debrief:
            if is_written(debrief, PartKind.SUMMARY):
                return None
            claims, lost = provable(summary.statements, material)
            part = add_part(
                debrief,
                kind=PartKind.SUMMARY,
                run=run,
                provenance=summary.provenance,
                dropped=summary.dropped + lost,
            )
            keep_claims(claims, material, part=part)
    except NotWanted as reason:
        return Cancel(str(reason))
    return None
