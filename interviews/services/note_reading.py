"""Notes how far a question was heard when reading it aloud broke off: what was not spoken is not said to be."""

import uuid
from datetime import datetime

from django.db import transaction

from interviews.events import EventKind
from interviews.models import AskedQuestion
from interviews.services.participants import Participant, enter_room
from interviews.services.record_transcript import Recorded, recorded
from interviews.services.room_log import SenderKey, append_event, find_sent
from interviews.services.room_refusals import NoSuchSegment, NotYours


def note_reading(
    *,
    by: Participant,
    question_id: uuid.UUID,
    heard_chars: int,
    sender: SenderKey,
    now: datetime,
) -> Recorded:
    """Keeps the first `heard_chars` characters as what was heard. Raises NotYours, NoSuchSegment.

    The transcript keeps the question's whole text, because the candidate was shown it as text all the while.
    """
    if not by.is_candidate:
        raise NotYours("Only the candidate hears the questions read aloud.")
    with transaction.atomic():
        room = enter_room(by)
        earlier = find_sent(room, sender)
        if earlier is not None:
            return recorded(earlier, by, duplicate=True)
        question = AskedQuestion.objects.filter(
            interview=room, id=question_id, state=AskedQuestion.State.ASKED
        ).first()
        if question is None:
            raise NoSuchSegment("There is no such question.")
        event = append_event(
            room,
            kind=EventKind.QUESTION_HEARD,
            at=now,
            payload={
                "msg_id": str(question.id),
                "seg_id": question.id.hex,
                "heard_chars": min(heard_chars, len(question.text)),
            },
            for_candidate=False,
            sender=sender,
        )
        return recorded(event, by)
