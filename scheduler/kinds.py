"""Pause and resume a kind, by hand."""

from scheduler import clock
from scheduler.models import Kind
from scheduler.wakeup import nudge_on_commit


def pause_kind(kind: str, *, by: str) -> None:
    """No job of this kind starts until it is resumed; those that run go on."""
    Kind.objects.update_or_create(
        name=kind, defaults={"paused_at": clock.now(), "paused_by": by[:200]}
    )


def resume_kind(kind: str) -> None:
    """Also ends a snooze: whoever resumes by hand knows that the outside is back."""
    Kind.objects.filter(name=kind).update(
        paused_at=None, paused_by="", snoozed_until=None, snooze_reason=""
    )
    nudge_on_commit()
