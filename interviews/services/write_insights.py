"""Writes the insights of a debrief: figures that are counted, and what the AI reads from them."""

import uuid

from asgiref.sync import sync_to_async

from ai_engine.errors import AiError
from ai_engine.skills.derive_insights import Insights, derive_insights
from interviews.analytics import InterviewFigures
from interviews.queries.figures import count_figures, stored_form
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


async def write_insights(*, run: Run, debrief_id: uuid.UUID) -> Outcome | None:
    material = await sync_to_async(material_of_debrief)(debrief_id)
    figures = await sync_to_async(count_figures)(debrief_id)
    if material is None or figures is None:
        return Cancel("There is no transcript to read any more.")
    try:
        insights = await derive_insights(
            excerpts=material.excerpts,
            figures=figures.named(),
            questions=material.questions,
            context=material.context,
        )
    except AiError as error:
        return outcome_of(error)
    return await sync_to_async(commit_insights)(run, debrief_id, material, figures, insights)


def commit_insights(
    run: Run,
    debrief_id: uuid.UUID,
    material: Material,
    figures: InterviewFigures,
    insights: Insights,
) -> Outcome | None:
    try:
        with hold_debrief(run=run, debrief_id=debrief_id) as debrief:
            if is_written(debrief, PartKind.INSIGHTS):
                return None
            claims, lost = provable(insights.statements, material, may_rest_on_figures=True)
            part = add_part(
                debrief,
                kind=PartKind.INSIGHTS,
                run=run,
                provenance=insights.provenance,
                dropped=insights.dropped + lost,
                figures=stored_form(figures),
            )
            keep_claims(claims, material, part=part)
    except NotWanted as reason:
        return Cancel(str(reason))
    return None
