"""A live room with its people, for tests of the services."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from interviews.models import Interview, Member, PlanVersion
from interviews.services.participants import Participant, admit_member
from interviews.services.record_transcript import Recorded, SpokenSegment, record_segment
from interviews.services.room_control import Controlled, use_control
from interviews.services.room_log import CANDIDATE, SenderKey
from interviews.states import Actor, ConsentState, InterviewState, Mode
from tests.cast import Cast, make_interview

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@dataclass
class Tab:
    """Somebody's browser tab in a room."""

    interview: Interview
    member: Member | None = None
    client_id: uuid.UUID = field(default_factory=uuid.uuid4)
    sent: int = 0

    @property
    def by(self) -> Participant:
        self.interview.refresh_from_db()
        if self.member is not None:
            return admit_member(interview_id=self.interview.id, user=self.member.user)
        return Participant(
            interview_id=self.interview.id,
            audience="candidate",
            key=CANDIDATE,
            role="candidate",
            name=self.interview.candidate.name,
            actor=Actor.CANDIDATE,
            rights=self.interview.access_generation,
        )

    def key(self) -> SenderKey:
        self.sent += 1
        return self.by.sender_key(self.client_id, self.sent)

    def say(self, text: str, *, seg_id: str = "", now: datetime = NOW, **told: object) -> Recorded:
        segment = SpokenSegment(seg_id or uuid.uuid4().hex, text, **told)  # type: ignore[arg-type] # test sugar
        return record_segment(by=self.by, segment=segment, sender=self.key(), now=now)

    def press(self, action: str, text: str = "", now: datetime = NOW) -> Controlled:
        return use_control(by=self.by, action=action, text=text, sender=self.key(), now=now)  # type: ignore[arg-type] # test sugar


def make_room(
    cast: Cast,
    state: InterviewState = InterviewState.LIVE,
    mode: Mode = Mode.AI_LED,
    plan: PlanVersion | None = None,
) -> Interview:
    interview = make_interview(cast, plan=plan, state=state, mode=mode, now=NOW)
    interview.consent = ConsentState.GIVEN
    if state == InterviewState.LIVE:
        interview.started_at = interview.live_since = NOW
    if state == InterviewState.ENDED:
        interview.ended_at = NOW
    interview.save()
    return interview


@pytest.fixture
def room(cast: Cast) -> Interview:
    """Cem's AI-led interview, live since NOW."""
    return make_room(cast)


@pytest.fixture
def cem(room: Interview) -> Tab:
    return Tab(room)


@pytest.fixture
def rita(cast: Cast, room: Interview) -> Tab:
    return Tab(room, cast.rita)
