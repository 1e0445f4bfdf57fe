"""What a client is told when it comes into a room."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from interviews.models import Interview
from interviews.states import InterviewState


@dataclass(frozen=True, slots=True)
class RoomSnapshot:
    """A room at one moment. The counters are those of each audience."""

    state: InterviewState
    mode: str
    epoch: str
    member_seq: int
    candidate_seq: int
    elapsed_ms: int
    total_ms: int
    led_by: str


def room_snapshot(interview_id: uuid.UUID, now: datetime) -> RoomSnapshot | None:
    """None: there is no such interview."""
    row = Interview.objects.select_related("leading_member__user").filter(id=interview_id).first()
    if row is None:
        return None
    leader = row.leading_member
    running = timedelta(0) if row.live_since is None else max(timedelta(0), now - row.live_since)
    return RoomSnapshot(
        state=InterviewState(row.state),
        mode=row.mode,
        epoch=row.epoch,
        member_seq=row.member_seq,
        candidate_seq=row.candidate_seq,
        elapsed_ms=row.live_ms + round(running.total_seconds() * 1000),
        total_ms=round(row.minutes * 60_000 * float(row.time_factor)),
        led_by="ai" if leader is None else str(leader.user),
    )
