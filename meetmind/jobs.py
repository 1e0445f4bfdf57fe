"""The jobs of the house itself."""

from django.utils import timezone

from meetmind.emails import tell_of_ai_outages
from scheduler.handlers import handler
from scheduler.outcomes import Done, Outcome
from scheduler.priorities import Priority
from scheduler.recurring import declare_recurring
from scheduler.run import Run


@handler("meetmind.look_after_ai", timeout=30, priority=Priority.LOW)
def look_after_ai(run: Run) -> Outcome | None:
    """Collects over some minutes the AI providers that no waiting cures, and has the operators told."""
    return Done({"told": tell_of_ai_outages(now=timezone.now())})


declare_recurring("look_after_ai", "meetmind.look_after_ai", cron="*/5 * * * *")
