"""Tells those who run the installation of jobs that failed for good: collected, one email at a time."""

import uuid

from django.conf import settings
from django.urls import reverse

from interviews.models import User
from notifications.kinds import EmailKind, Letter, NoLongerWanted, register
from notifications.outbox import SEND_EMAIL, queue_email
from scheduler.dead_letters import DeadLetter, tell_operators_with
from scheduler.models import Job
from scheduler.states import JobState

DEAD_LETTERS = "dead_letters"
_SHOWN = 20


def gather_dead_letters(subject_id: str, recipient_id: str) -> Letter | NoLongerWanted:
    """What lies there when the email is sent. `subject_id` is the newest dead letter, `recipient_id` the operator."""
    operator = User.objects.filter(
        pk=uuid.UUID(recipient_id), is_operator=True, is_active=True
    ).first()
    if operator is None:
        return NoLongerWanted("they no longer run the installation")
    waiting = Job.objects.filter(state=JobState.DEAD, discarded_at__isnull=True)
    if not waiting.exists():
        return NoLongerWanted("all dead letters were replayed or discarded")
    words = {
        "letters": list(waiting.order_by("-pk")[:_SHOWN]),
        "count": waiting.count(),
        "page_url": f"{settings.PUBLIC_URL}{reverse('scheduler:dead-letters')}",
    }
    return Letter(operator.email, operator.name, words)


def ask_for_emails(letters: list[DeadLetter]) -> None:
    """One email for each operator. Of emails that died, no email tells: it would die the same way."""
    newest = max((letter.job_id for letter in letters if letter.kind != SEND_EMAIL), default=None)
    if newest is None:
        return
    for operator in User.objects.filter(is_operator=True, is_active=True):
        queue_email(
            kind=DEAD_LETTERS,
            subject_id=str(newest),
            recipient_id=str(operator.pk),
            scope="",
            unique_key=f"{DEAD_LETTERS} {operator.pk}",
        )


register(EmailKind(DEAD_LETTERS, "Jobs that failed for good", gather_dead_letters))
tell_operators_with(ask_for_emails)
