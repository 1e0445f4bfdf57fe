"""Tries a dead step of a debrief again."""

from django.db import transaction

from interviews.models import Debrief, Member
from interviews.queries.debrief_progress import steps_of
from interviews.services.record_audit import record_audit
from scheduler.dead_letters import NotReplayableError, replay
from scheduler.states import JobState


class NotDead(Exception):
    """There is no such step, or it is no dead letter."""


def replay_step(*, debrief: Debrief, step: str, by: Member) -> None:
    """Puts the step's dead letter back to work; the steps that waited for it go on. Raises NotDead."""
    dead = [row for row in steps_of(debrief) if row.name == step and row.state is JobState.DEAD]
    if not dead:
        raise NotDead
    with transaction.atomic():
        try:
            replay(dead[0].job_id)
        except NotReplayableError as problem:  # somebody was faster
            raise NotDead from problem
        record_audit(
            organisation=debrief.interview.organisation_id,
            action="debrief.step_replayed",
            subject_kind="interview",
            subject_id=debrief.interview_id,
            member=by,
            detail={"step": step},
        )
