"""Deletes what was said in an interview, and what was written of it. Retention and erasure both end here."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime

from interviews.models import Interview
from interviews.models.interview import new_epoch
from interviews.queries.held_about import CONVERSATION, Held
from interviews.services.erase_recordings import erase_files
from interviews.services.room_log import access_changed
from interviews.states import DebriefStatus


def erase_conversation(room: Interview, *, now: datetime) -> Counter[str]:
    """For a room that `lock_room` locked in this transaction. Answers how many rows of which table went.

    From now on every service that adds to the conversation sees under the same lock that it must not.
    """
    counts = erase_rows(CONVERSATION, [room.id])
    erase_files(room)
    room.conversation_erased_at = room.conversation_erased_at or now
    room.debrief_status = DebriefStatus.NONE
    room.epoch = new_epoch()  # whoever still holds the old words drops them
    room.save(update_fields=["conversation_erased_at", "debrief_status", "epoch"])
    access_changed(room)
    return counts


def erase_rows(tables: Iterable[Held], interview_ids: Collection[uuid.UUID]) -> Counter[str]:
    """Deletes or empties the rows of these interviews, table by table."""
    counts: Counter[str] = Counter()
    for table in tables:
        rows = table.rows(interview_ids)
        if table.emptied is None:
            _, by_model = rows.delete()
            counts[table.name] += by_model.get(table.model._meta.label, 0)
        elif table.emptied:
            counts[table.name] += rows.update(**table.emptied)
    return counts
