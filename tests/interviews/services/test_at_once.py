"""Two services at once, each on a connection of its own: nobody changes what another took, or waits for ever."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from ai_engine.inputs import Provenance
from interviews.access import Missing
from interviews.importing import read_transcript
from interviews.models import Candidate, Interview, PlanVersion, Position
from interviews.services.erase_candidate import NOBODY, request_erasure
from interviews.services.finish_debrief import finish_debrief
from interviews.services.hold_debrief import add_part, hold_debrief
from interviews.services.import_transcript import ImportRequest, import_transcript
from interviews.services.keep_candidate import CandidateContent, change_candidate
from interviews.services.room_log import lock_room
from interviews.services.schedule_interview import InterviewDraft, create_draft, schedule
from interviews.services.write_plan import PlanContent, QuestionContent, content_of, save_plan
from interviews.states import DebriefStatus, InterviewState, Mode, PartKind
from scheduler.testing import detached_run
from tests.at_once import meanwhile
from tests.cast import Cast, make_plan
from tests.interviews.told import make_debrief, make_told_interview

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)


@pytest.mark.parametrize("use", ["schedule", "import"])
def test_a_plan_saved_while_an_interview_takes_it_becomes_the_next_version(
    cast: Cast, use: str
) -> None:
    """Else the interview's own plan would change under it, and be thawed again."""
    plan = make_plan(cast.acme)
    draft = create_draft(
        draft=InterviewDraft(cast.cem, plan.position, Mode.AI_LED, 30), by=cast.rita
    )
    before = content_of(plan)

    def save() -> PlanVersion:
        return save_plan(
            position=plan.position,
            content=PlanContent(questions=(QuestionContent(text="What did you build?"),)),
            rubric_version=plan.rubric_version,
            based_on=None,
            by=cast.rita,
        )

    with ExitStack() as stack, transaction.atomic():
        if use == "schedule":
            schedule(interview=draft, by=cast.rita, scheduled_at=TOMORROW, now=NOW)
        else:
            _import(cast, plan.position)
        saved = stack.enter_context(meanwhile(save))
    after = PlanVersion.objects.get(id=plan.id)
    assert (content_of(after), after.frozen_at) == (before, NOW)
    assert saved.result() == PlanVersion.objects.get(number=2)


def _import(cast: Cast, position: Position) -> None:
    heard = read_transcript(b"Rita: What did you build?\n\nCem: Anvils.\n", "talk.txt")
    import_transcript(
        request=ImportRequest(heard, "talk.txt", position, cast.cem), by=cast.rita, now=NOW
    )


def test_a_part_written_while_the_debrief_is_finished_waits_its_turn(cast: Cast) -> None:
    """A dead letter replayed at that moment: both hold the interview and the debrief, in one order."""
    debrief = make_debrief(make_told_interview(cast))
    written = Provenance("scripted", "m", "1", NOW, 0, 0, None, False, 1)

    def finish() -> object:
        return finish_debrief(run=detached_run(), debrief_id=debrief.id, now=timezone.now())

    with ExitStack() as stack, transaction.atomic():
        lock_room(debrief.interview_id)
        finished = stack.enter_context(meanwhile(finish))
        with hold_debrief(run=detached_run(), debrief_id=debrief.id) as held:
            add_part(held, kind=PartKind.SUMMARY, run=detached_run(), provenance=written, dropped=0)
    assert finished.result() is None
    debrief.refresh_from_db()
    assert debrief.status == DebriefStatus.PARTIAL


def test_a_candidate_who_is_renamed_while_they_are_erased_gets_no_name_again(cast: Cast) -> None:
    """Both hold the candidate and then their rooms."""
    room = make_told_interview(cast)
    Interview.objects.filter(id=room.id).update(state=InterviewState.LIVE)
    content = CandidateContent("Cem Again")

    def rename() -> object:
        return change_candidate(candidate=cast.cem, content=content, by=cast.rita)

    with ExitStack() as stack, transaction.atomic():
        Candidate.objects.select_for_update(no_key=True).get(id=cast.cem.id)  # erasing begins so
        renamed = stack.enter_context(meanwhile(rename))
        request_erasure(
            candidate=cast.cem, confirmed_name=cast.cem.name, by=cast.rita, now=timezone.now()
        )
    assert isinstance(renamed.exception(), Missing)
    assert Candidate.objects.get(id=cast.cem.id).name == NOBODY
