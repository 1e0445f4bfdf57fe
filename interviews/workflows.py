"""What follows an event in the product, as data: the steps, and what each waits for."""

import uuid
from collections.abc import Sequence

from scheduler.outcomes import JsonValue
from scheduler.priorities import Priority
from scheduler.workflow import Step, Workflow

PARTS = ("summary", "scorecard", "insights")
"""The steps that write the parts of a debrief, each named for its part."""

AFTER_INTERVIEW = Workflow(
    "after_interview",
    steps=(
        Step("settle_transcript", "interviews.settle_transcript", priority=Priority.HIGH),
        Step("summary", "interviews.write_summary", after=("settle_transcript",)),
        Step("scorecard", "interviews.write_scorecard", after=("settle_transcript",)),
        Step("insights", "interviews.write_insights", after=("settle_transcript",)),
        # Settled, not succeeded: a part that died still yields a debrief that says so.
        Step("finish", "interviews.finish_debrief", settled=PARTS, priority=Priority.HIGH),
    ),
)


def after_interview(*, email_to: Sequence[uuid.UUID], debrief_id: uuid.UUID) -> Workflow:
    """AFTER_INTERVIEW with one email step for each recipient, sent when all parts are settled."""
    emails = tuple(
        Step(
            f"email_{place}",
            "notifications.send_email",
            settled=("finish",),
            payload={
                "kind": "debrief_ready",
                "subject_id": str(debrief_id),
                "recipient_id": str(recipient_id),
            },
        )
        for place, recipient_id in enumerate(email_to, start=1)
    )
    return Workflow(AFTER_INTERVIEW.name, steps=(*AFTER_INTERVIEW.steps, *emails))


def payload_of(workflow: Workflow, *, debrief_id: uuid.UUID) -> dict[str, dict[str, JsonValue]]:
    """What each step is given: the debrief, or what the step itself already holds."""
    return {
        step.name: dict(step.payload) or {"debrief_id": str(debrief_id)} for step in workflow.steps
    }
