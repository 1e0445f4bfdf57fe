"""Interviews that are over, with what was said in them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction

from interviews.models import AskedQuestion, Debrief, Interview, PlanVersion, Segment
from interviews.services.room_log import lock_room
from interviews.services.start_debrief import start_debrief
from interviews.states import InterviewState, Mode, SegmentSource, Speaker
from tests.cast import Cast, make_interview

ENDED_AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
CONVERSATION = (
    ("ai", "Tell me about a service you built and ran yourself."),
    (
        "candidate",
        """I built the billing service at Northwind and ran it for three years. \
We moved it from a nightly batch to events, and I measured the delay before and after.""",
    ),
    ("ai", "Describe an outage you handled. What did you do first?"),
    (
        "candidate",
        """Invoices were sent twice one morning. First I stopped the consumer, \
then I told support, and only then looked for the cause.""",
    ),
    ("ai", "How do you decide what to test?"),
    (
        "candidate",
        "I test what would wake me up at night: money, permissions, and data migrations.",
    ),
)


def make_told_interview(
    cast: Cast,
    said: Sequence[tuple[str, str]] = CONVERSATION,
    *,
    plan: PlanVersion | None = None,
    mode: Mode = Mode.AI_LED,
) -> Interview:
    """Over since ENDED_AT, led by the AI, which asked the first questions of the plan in their order."""
    interview = make_interview(cast, plan=plan, state=InterviewState.ENDED, mode=mode)
    interview.started_at, interview.ended_at = ENDED_AT - timedelta(minutes=20), ENDED_AT
    interview.save()
    questions = iter(interview.plan_version.questions.order_by("position"))
    asked: AskedQuestion | None = None
    for place, (speaker, text) in enumerate(said):
        if speaker == "ai":
            asked = AskedQuestion.objects.create(
                interview=interview,
                question=next(questions, None),
                position=place,
                move="ask",
                state=AskedQuestion.State.ASKED,
                text=text,
                asked_at=ENDED_AT,
                answered_at=ENDED_AT,
            )
        Segment.objects.create(
            interview=interview,
            seg_id=f"s{place}",
            position=place,
            speaker=speaker,
            speaker_name=interview.candidate.name if speaker == Speaker.CANDIDATE else "",
            text=text,
            source=SegmentSource.TYPED,
            started_ms=place * 60_000,
            ended_ms=place * 60_000 + 50_000,
            asked_question=asked,
            created_at=ENDED_AT,
        )
    return interview


def make_debrief(interview: Interview) -> Debrief:
    """Asked for; its jobs are ready to run."""
    with transaction.atomic():
        room = lock_room(interview.id)
        debrief = start_debrief(interview=room, now=datetime.now(UTC))
    assert debrief is not None
    interview.refresh_from_db()
    return debrief
