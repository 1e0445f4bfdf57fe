"""From a durable message to the service that does it. No logic of its own: the services decide."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from interviews.events import (
    Control,
    Durable,
    MomentMark,
    NoteAdd,
    QuestionHeard,
    SegmentCorrect,
    SegmentFinal,
    SuggestionAnswer,
    TurnFinished,
)
from interviews.services.assist_interviewer import answer_suggestion
from interviews.services.note_reading import note_reading
from interviews.services.participants import Participant
from interviews.services.record_transcript import (
    Recorded,
    SpokenSegment,
    correct_segment,
    finish_turn,
    record_segment,
)
from interviews.services.room_control import use_control
from interviews.services.take_notes import add_note, mark_moment
from interviews.states import SegmentSource


@dataclass(frozen=True, slots=True)
class CarriedOut:
    recorded: Recorded
    ai_falls_silent: bool = False
    may_be_ais_turn: bool = False


def carry_out(
    by: Participant, *, message: Durable, client_id: uuid.UUID, now: datetime
) -> CarriedOut:
    """Does what a participant asks, once, whatever is resent. Raises RoomRefusal."""
    # A message written by an earlier tab keeps that tab's id, so that it is known as a duplicate.
    sender = by.sender_key(message.client_id or client_id, message.client_seq)
    match message:
        case SegmentFinal():
            segment = SpokenSegment(
                seg_id=message.seg_id,
                text=message.text,
                source=SegmentSource(message.source),
                started_ms=message.started_ms,
                ended_ms=message.ended_ms,
                speaker=message.speaker,
            )
            return CarriedOut(record_segment(by=by, segment=segment, sender=sender, now=now))
        case SegmentCorrect():
            return CarriedOut(
                correct_segment(
                    by=by, seg_id=message.seg_id, text=message.text, sender=sender, now=now
                )
            )
        case TurnFinished():
            turn = finish_turn(by=by, seg_ids=message.seg_ids, sender=sender, now=now)
            return CarriedOut(turn, turn.ai_falls_silent, may_be_ais_turn=True)
        case QuestionHeard():
            return CarriedOut(
                note_reading(
                    by=by,
                    question_id=message.msg_id,
                    heard_chars=message.heard_chars,
                    sender=sender,
                    now=now,
                )
            )
        case Control():
            used = use_control(
                by=by, action=message.action, text=message.text, sender=sender, now=now
            )
            return CarriedOut(used.recorded, used.ai_falls_silent, may_be_ais_turn=True)
        case SuggestionAnswer():
            return CarriedOut(
                answer_suggestion(
                    by=by,
                    suggestion_id=message.suggestion_id,
                    answer=message.answer,
                    sender=sender,
                    now=now,
                )
            )
        case MomentMark():
            return CarriedOut(
                mark_moment(
                    by=by, label=message.label, seg_id=message.seg_id, sender=sender, now=now
                )
            )
        case NoteAdd():
            return CarriedOut(
                add_note(by=by, text=message.text, seg_id=message.seg_id, sender=sender, now=now)
            )
