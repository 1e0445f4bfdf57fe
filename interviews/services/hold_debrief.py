"""Holds a debrief while the result of a job is written into it, if the result is still wanted.

What a job commits, it commits together with the certainty that it is still the job's attempt, that the
interview was not erased, and that no newer debrief took its place.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from ai_engine.errors import AiError, AllProvidersDown
from ai_engine.inputs import Provenance
from interviews.models import Debrief, DebriefPart
from interviews.services.finish_debrief import state_outcome
from interviews.services.lock_debrief import lock_debrief
from interviews.states import DebriefStatus, PartKind
from scheduler.outcomes import Fail, Outcome, Retry, Snooze
from scheduler.run import Run
from webapi.json import JsonValue


class NotWanted(Exception):
    """Nobody wants this result any more; the text says why."""


@contextmanager
def hold_debrief(*, run: Run, debrief_id: uuid.UUID) -> Iterator[Debrief]:
    """A transaction around the debrief, its interview and the job. Raises NotWanted."""
    with transaction.atomic():
        debrief = lock_debrief(debrief_id)
        if debrief is None:
            raise NotWanted("The interview was erased.")
        interview = debrief.interview
        if (
            interview.conversation_erased_at is not None
            or interview.candidate.erased_at is not None
        ):
            raise NotWanted("The conversation was erased.")
        if Debrief.objects.filter(interview=interview, number__gt=debrief.number).exists():
            raise NotWanted("A newer debrief took its place.")
        run.still_mine()
        yield debrief


def is_written(debrief: Debrief, kind: PartKind) -> bool:
    """Whether an earlier run of the same job got as far as its commit."""
    return debrief.parts.filter(kind=kind).exists()


def add_part(
    debrief: Debrief,
    *,
    kind: PartKind,
    run: Run,
    provenance: Provenance,
    dropped: int,
    figures: dict[str, JsonValue] | None = None,
) -> DebriefPart:
    part = DebriefPart.objects.create(
        debrief=debrief,
        kind=kind,
        job_id=str(run.job_id),
        figures=figures or {},
        dropped_claims=dropped,
        **provenance_columns(provenance),
    )
    if debrief.status != DebriefStatus.WORKING:  # a dead letter that was replayed
        state_outcome(debrief)
    return part


def provenance_columns(provenance: Provenance) -> dict[str, object]:
    """The columns of models.Provenance for what the engine said of a text."""
    return {
        "provider": provenance.provider,
        "model": provenance.model,
        "prompt_version": provenance.prompt_version,
        "written_at": provenance.at,
        "tokens_in": provenance.tokens_in,
        "tokens_out": provenance.tokens_out,
        "cost": provenance.cost,
        "degraded": provenance.degraded,
        "calls": provenance.calls,
    }


def outcome_of(error: AiError) -> Outcome:
    """What a job answers when the AI brought nothing.

    An organisation that switched providers off waits for its own, and holds up nobody else.
    """
    if isinstance(error, AllProvidersDown):
        seconds = max(1.0, error.retry_in)
        return Snooze(str(error), seconds=seconds, pauses_kind=error.for_everybody)
    return Fail(str(error)) if error.is_permanent else Retry(str(error))
