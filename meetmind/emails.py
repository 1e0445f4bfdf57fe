"""Tells those who run the installation of what does not mend itself, collected, one email at a time: jobs that
failed for good, and AI providers that refuse their key or miss their model."""

import uuid
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from ai_engine import usage
from ai_engine.usage import OutageSeen
from interviews.models import User
from notifications.kinds import EmailKind, Letter, NoLongerWanted, register
from notifications.outbox import SEND_EMAIL, queue_email
from scheduler.dead_letters import DeadLetter, tell_operators_with
from scheduler.models import Job
from scheduler.states import JobState

DEAD_LETTERS = "dead_letters"
AI_OUTAGE = "ai_outage"
_SHOWN = 20


def gather_dead_letters(subject_id: str, recipient_id: str) -> Letter | NoLongerWanted:
    """What lies there when the email is sent. `subject_id` is the newest dead letter, `recipient_id` the operator."""
    operator = _operator(recipient_id)
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
    _write_to_operators(DEAD_LETTERS, str(newest))


def gather_ai_outage(subject_id: str, recipient_id: str) -> Letter | NoLongerWanted:
    """What is amiss when the email is sent. `recipient_id` is the operator."""
    operator = _operator(recipient_id)
    if operator is None:
        return NoLongerWanted("they no longer run the installation")
    outages = usage.outages_that_need_a_person()
    if not outages:
        return NoLongerWanted("the AI providers answer again")
    page_url = f"{settings.PUBLIC_URL}{reverse('ai_status')}"
    words = {"outages": outages, "page_url": page_url}
    return Letter(operator.email, operator.name, words)


def tell_of_ai_outages(*, now: datetime) -> int:
    """Asks for one email to each operator about all that is new. Answers how many troubles that is."""
    return usage.tell_of_outages(_ask_for_ai_email, now=now)


def _ask_for_ai_email(outages: tuple[OutageSeen, ...]) -> None:
    _write_to_operators(AI_OUTAGE, outages[0].provider)


def _write_to_operators(kind: str, subject_id: str) -> None:
    for operator in User.objects.filter(is_operator=True, is_active=True):
        queue_email(
            kind=kind,
            subject_id=subject_id,
            recipient_id=str(operator.pk),
            scope="",
            unique_key=f"{kind} {operator.pk}",
        )


def _operator(recipient_id: str) -> User | None:
    return User.objects.filter(pk=uuid.UUID(recipient_id), is_operator=True, is_active=True).first()


register(EmailKind(AI_OUTAGE, "AI providers that need somebody", gather_ai_outage))
register(EmailKind(DEAD_LETTERS, "Jobs that failed for good", gather_dead_letters))
tell_operators_with(ask_for_emails)
