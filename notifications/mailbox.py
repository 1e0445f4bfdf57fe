"""The email backend where no EMAIL_URL is set: mail is kept and shown, and sent nowhere."""

from collections.abc import Sequence
from email.message import Message

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from notifications.models import MailboxMessage
from notifications.rendering import SCOPE_HEADER


class MailboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            _keep(message)
        return len(email_messages)


def _keep(message: EmailMessage) -> None:
    """Stores what a mail program would show. A message kept before is not kept twice."""
    raw = message.message()
    html, attachment_name, attachment = "", "", ""
    for part in raw.walk():
        if part.get_content_type() == "text/html":
            html = _text_of(part)
        elif part.get_filename():
            attachment_name, attachment = str(part.get_filename()), _text_of(part)
    MailboxMessage.objects.get_or_create(
        message_id=str(raw["Message-ID"]),
        defaults={
            "scope": message.extra_headers.get(SCOPE_HEADER, ""),
            "to": ", ".join(message.to),
            "subject": str(message.subject),
            "text": str(message.body),
            "html": html,
            "attachment_name": attachment_name,
            "attachment": attachment,
        },
    )


def _text_of(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode(errors="replace") if isinstance(payload, bytes) else ""
