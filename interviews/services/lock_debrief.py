"""Locks a debrief in the one order that everybody keeps: the interview, its debrief, then the job.

Two jobs of one debrief may write at once (a dead letter replayed while the debrief is finished), and in
two orders each would wait for the other for ever.
"""

import uuid

from interviews.models import Debrief
from interviews.services.room_log import lock_room


def lock_debrief(debrief_id: uuid.UUID) -> Debrief | None:
    """With its interview, both locked until the end of the transaction. None: it was erased."""
    interview_id = (
        Debrief.objects.filter(id=debrief_id).values_list("interview_id", flat=True).first()
    )
    if interview_id is None:
        return None
    interview = lock_room(interview_id)
    debrief = Debrief.objects.select_for_update(of=("self",)).filter(id=debrief_id).first()
    if debrief is not None:
        debrief.interview = interview
    return debrief
