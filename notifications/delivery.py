"""Sends one email, and says what its job must do next.

What went wrong decides: the server is absent -> Snooze (no attempt spent); it refuses for ever -> Fail; it
refuses for now, or the failure was made on purpose -> Retry; the reason has gone -> Cancel.
"""

import random
import smtplib
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications.kinds import Letter, NoLongerWanted, UnknownEmailKind, kind_named
from notifications.models import Email
from notifications.rendering import render
from scheduler.outcomes import Cancel, Done, Fail, Outcome, Retry, Snooze


class FailureOnPurpose(Exception):
    """EMAIL_FAILURE_RATE made this email fail, to show retries and dead letters."""


def send_email(
    *,
    job_id: str,
    scope: str,
    kind: str,
    subject_id: str,
    recipient_id: str,
    now: datetime | None = None,
    chance: Callable[[], float] = random.random,
) -> Outcome:
    """Renders and sends the email of this job. A job that ran before sends nothing again."""
    now = now or timezone.now()
    email, _ = Email.objects.get_or_create(
        job_id=job_id,
        defaults={
            "kind": kind,
            "subject_id": subject_id,
            "recipient_id": recipient_id,
            "scope": scope,
        },
    )
    if email.state == Email.State.SENT:
        return Done("sent before")
    try:
        letter = kind_named(kind).gather(subject_id, recipient_id)
    except UnknownEmailKind as unknown:
        return _close(email, Email.State.REFUSED, Fail(str(unknown)))
    if isinstance(letter, NoLongerWanted):
        return _close(email, Email.State.DROPPED, Cancel(letter.reason))
    if not letter.to_address:
        return _close(email, Email.State.REFUSED, Fail("the recipient has no email address"))
    email.address = letter.to_address
    email.save(update_fields=["address"])
    return _hand_over(email, letter, now=now, chance=chance)


def _hand_over(
    email: Email, letter: Letter, *, now: datetime, chance: Callable[[], float]
) -> Outcome:
    try:
        if chance() < settings.EMAIL_FAILURE_RATE:
            raise FailureOnPurpose("failed on purpose (EMAIL_FAILURE_RATE)")
        render(
            kind_named(email.kind),
            letter,
            message_id=message_id(email),
            scope=email.scope,
            now=now,
        ).send()
    except FailureOnPurpose as failure:
        return _trouble(email, Retry(str(failure)))
    except smtplib.SMTPRecipientsRefused as refusal:
        code, words = next(iter(refusal.recipients.values()))
        return _refused(email, code, words)
    except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as refusal:
        return _refused(email, refusal.smtp_code, refusal.smtp_error)
    except (smtplib.SMTPException, OSError) as absence:
        # Refused connection, timeout, cut, or a server that does not let us in: it is not this email's fault.
        reason = f"mail server: {type(absence).__name__}: {absence}"
        return _trouble(email, Snooze(reason, settings.EMAIL_ABSENT_SECONDS))
    with transaction.atomic():
        email.state, email.sent_at, email.problem = Email.State.SENT, now, ""
        email.save(update_fields=["state", "sent_at", "problem"])
    return Done("sent")


def message_id(email: Email) -> str:
    """The id that a second delivery of the same email shares with the first (RFC 5322, 3.6.4)."""
    host = settings.PUBLIC_URL.partition("://")[2].partition("/")[0].partition(":")[0]
    return f"{email.id}@{host}"


def _refused(email: Email, code: int, words: bytes | str) -> Outcome:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    reason = f"mail server: {code} {text}"
    if code >= 500:
        return _close(email, Email.State.REFUSED, Fail(reason))
    return _trouble(email, Retry(reason))


def _trouble(email: Email, outcome: Retry | Snooze) -> Outcome:
    email.problem = outcome.reason
    email.save(update_fields=["problem"])
    return outcome


def _close(email: Email, state: Email.State, outcome: Fail | Cancel) -> Outcome:
    email.state, email.problem = state, outcome.reason
    email.save(update_fields=["state", "problem"])
    return outcome
