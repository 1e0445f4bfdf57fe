"""Says how a debrief ended: ready, partly ready, or failed."""

import uuid
from datetime import datetime

from django.db import transaction

from interviews.models import Debrief, Interview
from interviews.services.lock_debrief import lock_debrief
from interviews.states import DebriefStatus, PartKind
from scheduler.outcomes import Cancel, Outcome
from scheduler.run import Run


def finish_debrief(*, run: Run, debrief_id: uuid.UUID, now: datetime) -> Outcome | None:
    """Runs when every part is written, dead or cancelled."""
    with transaction.atomic():
        debrief = lock_debrief(debrief_id)
        if debrief is None:
            return Cancel("The debrief does not exist any more.")
        run.still_mine()
        debrief.finished_at = now
        state_outcome(debrief)
    return None


def state_outcome(debrief: Debrief) -> None:
    """Sets the status that its parts give it, and the interview's, whose newest debrief counts.

    Asked again by a part that is written later, when its dead letter was replayed.
    """
    written = debrief.parts.count()
    if written == len(PartKind):
        debrief.status = DebriefStatus.READY
    else:
        debrief.status = DebriefStatus.PARTIAL if written else DebriefStatus.FAILED
    debrief.save(update_fields=["status", "finished_at"])
    newer = Debrief.objects.filter(interview=debrief.interview_id, number__gt=debrief.number)
    if not newer.exists():
        Interview.objects.filter(id=debrief.interview_id).update(debrief_status=debrief.status)
