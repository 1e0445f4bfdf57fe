"""The first words to a client: who it is here, how things stand, and from where its events go on."""

from interviews.events import LIMITS, Person, RoomClock, Welcome
from interviews.hub import Room
from interviews.queries.room import RoomSnapshot
from interviews.services.participants import Participant
from interviews.services.transcribe_speech import can_transcribe
from interviews.states import InterviewState


def words_of_welcome(
    by: Participant, found: RoomSnapshot, room: Room, last_seq: int, *, is_reset: bool
) -> Welcome:
    return Welcome(
        you=Person(by.role, by.name),
        state=found.state,
        last_seq=last_seq,
        epoch=found.epoch,
        presence=room.people(),
        limits={**LIMITS, "speech": can_transcribe()},
        clock=RoomClock(found.elapsed_ms, found.total_ms, found.state == InterviewState.LIVE),
        led_by=found.led_by,
        question=room.question,
        is_reset=is_reset,
    )
