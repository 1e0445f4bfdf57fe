"""A real SMTP server that takes mail, refuses it, or cuts the line, as a test tells it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.test import override_settings

from tests.servers import free_port


@dataclass
class PostOffice:
    """What the server does at RCPT and at DATA; `cut_after_data` takes the mail and drops the line."""

    recipient_answer: str = "250 OK"
    data_answer: str = "250 OK"
    cut_after_data: int = 0
    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  # the name aiosmtpd looks for
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # likewise
        if self.data_answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            mail = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
        if self.cut_after_data:
            self.cut_after_data -= 1
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return self.data_answer


@contextmanager
def running_post_office(office: PostOffice) -> Iterator[int]:
    """Runs the server on a free port and points Django's SMTP backend at it; yields the port."""
    port = free_port()
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        with override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=port,
            EMAIL_TIMEOUT=2,
        ):
            yield port
    finally:
        controller.stop()
