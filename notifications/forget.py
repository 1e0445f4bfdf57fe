"""Forgetting a subject: what was written to it or about it, and where to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from notifications.models import Email, MailboxMessage


@dataclass(frozen=True, slots=True)
class Sent:
    """One email as its subject may be told of it."""

    kind: str
    address: str
    state: str
    asked_at: datetime
    sent_at: datetime | None
    text: str  # only where mail is kept instead of sent


def emails_about(*, scope: str, ids: Collection[str]) -> list[Sent]:
    """Those that concern any of these ids, oldest first."""
    emails = list(_about(scope, ids).order_by("asked_at"))
    texts = {kept.message_id[1:37]: kept.text for kept in _kept(emails)}
    return [
        Sent(
            mail.kind,
            mail.address,
            mail.state,
            mail.asked_at,
            mail.sent_at,
            texts.get(str(mail.id), ""),
        )
        for mail in emails
    ]


def forget_emails(*, scope: str, ids: Collection[str]) -> dict[str, int]:
    """Empties the addresses, and deletes the texts that were kept. That something was sent stays known."""
    about = _about(scope, ids)
    texts, _ = _kept(list(about)).delete()
    about.filter(state=Email.State.TRYING).update(state=Email.State.DROPPED)
    return {"emails": about.update(address="", problem=""), "kept mail": texts}


def _about(scope: str, ids: Collection[str]) -> QuerySet[Email]:
    return Email.objects.filter(Q(subject_id__in=ids) | Q(recipient_id__in=ids), scope=scope)


def _kept(emails: Collection[Email]) -> QuerySet[MailboxMessage]:
    """The host in a Message-ID is the public address of that day, so only the part before it is compared."""
    wanted = Q(pk__in=())
    for mail in emails:
        wanted |= Q(message_id__startswith=f"<{mail.id}@")
    return MailboxMessage.objects.filter(wanted)
