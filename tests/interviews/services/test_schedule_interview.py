"""Scheduling fixes the plan and opens a window; cancelling, moving and revoking reach the room at once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from interviews.models import AuditEntry, Event, Interview, PlanVersion, Position
from interviews.services import schedule_interview
from interviews.services.schedule_interview import InterviewDraft, create_draft, schedule
from interviews.states import IllegalMove, InterviewState, Mode
from tests.cast import Cast, make_interview, make_plan

pytestmark = pytest.mark.portable
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def plan(cast: Cast) -> PlanVersion:
    return make_plan(cast.acme)


@pytest.fixture
def draft(cast: Cast, plan: PlanVersion) -> Interview:
    return create_draft(
        draft=InterviewDraft(
            candidate=cast.cem,
            position=plan.position,
            mode=Mode.AI_LED,
            minutes=30,
            interviewers=[cast.ines],
        ),
        by=cast.rita,
    )


def test_rita_prepares_an_interview(cast: Cast, draft: Interview) -> None:
    assert draft.state == InterviewState.DRAFT
    assert list(draft.interviewers.all()) == [cast.ines]
    assert AuditEntry.objects.get(action="interview.created").user == cast.rita.user


def test_scheduling_freezes_plan_and_rubric(cast: Cast, draft: Interview) -> None:
    room = schedule(interview=draft, by=cast.rita, scheduled_at=TOMORROW, now=NOW)
    plan = PlanVersion.objects.get(id=room.plan_version_id)
    assert plan.frozen_at == NOW
    assert plan.rubric_version.frozen_at == NOW
    assert room.state == InterviewState.SCHEDULED
    assert room.window_ends_at == TOMORROW + timedelta(days=7)


def test_scheduling_takes_the_plan_as_it_stands_now(
    cast: Cast, draft: Interview, plan: PlanVersion
) -> None:
    newer = PlanVersion.objects.create(
        position=plan.position, rubric_version=plan.rubric_version, number=2
    )
    newer.questions.create(position=0, text="Why?")
    room = schedule(interview=draft, by=cast.rita, scheduled_at=TOMORROW, now=NOW)
    assert room.plan_version_id == newer.id


def test_the_room_hears_of_every_change(cast: Cast, draft: Interview) -> None:
    room = schedule(interview=draft, by=cast.rita, scheduled_at=TOMORROW, now=NOW)
    schedule_interview.reschedule(
        interview=room, by=cast.rita, scheduled_at=TOMORROW + timedelta(days=1), now=NOW
    )
    schedule_interview.cancel(interview=room, by=cast.rita, now=NOW)
    kinds = Event.objects.filter(interview=draft).order_by("member_seq").values_list("kind")
    assert [kind for (kind,) in kinds] == ["state.changed", "time.changed", "state.changed"]


def test_a_position_without_a_plan_cannot_be_interviewed_for(cast: Cast) -> None:
    empty = Position.objects.create(organisation=cast.acme, title="Unplanned")
    with pytest.raises(ValidationError, match="Write a plan"):
        create_draft(
            draft=InterviewDraft(cast.cem, empty, Mode.AI_LED, 30),
            by=cast.rita,
        )


def test_an_interview_led_by_a_person_needs_one(cast: Cast, plan: PlanVersion) -> None:
    with pytest.raises(ValidationError, match="at least one interviewer"):
        create_draft(draft=InterviewDraft(cast.cem, plan.position, Mode.ASSISTED, 30), by=cast.rita)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (NOW - timedelta(hours=1), None),
        (NOW + timedelta(days=400), None),
        (TOMORROW, TOMORROW + timedelta(minutes=29)),
        (TOMORROW, TOMORROW - timedelta(days=1)),
    ],
)
def test_an_impossible_time_is_refused(
    cast: Cast, draft: Interview, start: datetime, end: datetime | None
) -> None:
    with pytest.raises(ValidationError):
        schedule(interview=draft, by=cast.rita, scheduled_at=start, window_ends_at=end, now=NOW)
    draft.refresh_from_db()
    assert draft.state == InterviewState.DRAFT


def test_nothing_is_scheduled_twice(cast: Cast, draft: Interview) -> None:
    schedule(interview=draft, by=cast.rita, scheduled_at=TOMORROW, now=NOW)
    with pytest.raises(IllegalMove):
        schedule(interview=draft, by=cast.rita, scheduled_at=TOMORROW, now=NOW)


@pytest.mark.parametrize(
    "state", [InterviewState.LIVE, InterviewState.ENDED, InterviewState.CANCELLED]
)
def test_what_has_begun_or_is_over_is_neither_moved_nor_cancelled(
    cast: Cast, state: InterviewState
) -> None:
    interview = make_interview(cast, state=state, now=NOW)
    with pytest.raises(IllegalMove):
        schedule_interview.cancel(interview=interview, by=cast.rita, now=NOW)
    with pytest.raises(IllegalMove):
        schedule_interview.reschedule(
            interview=interview, by=cast.rita, scheduled_at=TOMORROW, now=NOW
        )


def test_a_new_link_and_a_revoked_one_make_the_sockets_check_again(cast: Cast) -> None:
    interview = make_interview(cast, state=InterviewState.LIVE, now=NOW)
    room = schedule_interview.reissue_link(interview=interview, by=cast.rita)
    assert (room.link_generation, room.access_generation) == (2, 1)
    room = schedule_interview.revoke_link(interview=interview, by=cast.rita, now=NOW)
    assert (room.link_revoked_at, room.access_generation) == (NOW, 2)


def test_an_interview_that_is_over_gets_no_link(cast: Cast) -> None:
    interview = make_interview(cast, state=InterviewState.ENDED, now=NOW)
    with pytest.raises(IllegalMove):
        schedule_interview.reissue_link(interview=interview, by=cast.rita)
