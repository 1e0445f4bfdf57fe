"""The tables of the ground: who may call the API, what was already answered, who calls too often."""

from django.conf import settings
from django.db import models


class ApiToken(models.Model):
    """A bearer token. Only its digest is kept, so a copy of the table opens no door."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(max_length=100)
    # What the token is limited to, in words of the caller's choosing (an organisation's id).
    # Empty: all that its user may do.
    scope = models.CharField(max_length=100, blank=True, default="")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class IdempotentRequest(models.Model):
    """A POST that came with an Idempotency-Key, and what it was answered."""

    caller = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(null=True)  # null: still being answered
    content_type = models.CharField(max_length=100, default="")
    location = models.CharField(max_length=500, default="")
    body = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["caller", "key"], name="idempotent_request_once")
        ]

    def __str__(self) -> str:
        return f"{self.caller} {self.key}"


class RateWindow(models.Model):
    """How often something was done in one stretch of time. Lives in the database, because a limit
    must hold for all processes together and survive a lost Redis."""

    key = models.CharField(max_length=64)
    started_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "started_at"], name="rate_window_once")
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"
