"""Every email that was asked for, and, where no mail server is set, what it said."""

import uuid

from django.db import models
from django.utils import timezone


class Email(models.Model):
    """One email to one person, of one job. Its Message-ID is the same however often it is tried."""

    class State(models.TextChoices):
        TRYING = "trying", "Being sent"  # its job runs, or will run again
        SENT = "sent", "Sent"  # the mail server took it
        REFUSED = "refused", "Refused"  # the mail server will never take it
        DROPPED = "dropped", "No longer wanted"  # its reason had gone when it was its turn

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job_id = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    recipient_id = models.CharField(max_length=60)
    scope = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.TRYING)
    address = models.EmailField(blank=True)
    problem = models.TextField(blank=True)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["scope", "-asked_at"], name="email_list")]

    def __str__(self) -> str:
        return f"{self.kind} to {self.address or self.recipient_id}"


class MailboxMessage(models.Model):
    """A message kept instead of sent, because no EMAIL_URL is set."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message_id = models.CharField(max_length=200, unique=True)
    scope = models.CharField(max_length=60, blank=True)
    to = models.TextField()
    subject = models.TextField()
    text = models.TextField()
    html = models.TextField(blank=True)
    attachment_name = models.CharField(max_length=200, blank=True)
    attachment = models.TextField(blank=True)
    kept_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-kept_at"]

    def __str__(self) -> str:
        return self.subject
