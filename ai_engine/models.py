"""The ledger: every attempt at a provider, what it cost by day, and the outages that were seen."""

from django.db import models


class ModelCall(models.Model):
    """One attempt at one provider, failed and cancelled ones too. It holds no words of anybody.

    Kept for RETENTION_AUDIT_DAYS, half a year at least, and then pruned (usage.prune_calls)."""

    request_id = models.CharField(max_length=32)
    attempt = models.PositiveSmallIntegerField()
    at = models.DateTimeField(db_index=True)
    scope = models.CharField(max_length=64, blank=True)
    interview_ref = models.CharField(max_length=64, blank=True, db_index=True)
    skill = models.CharField(max_length=40)
    prompt_version = models.CharField(max_length=40, blank=True)
    lane = models.CharField(max_length=12)
    operation = models.CharField(max_length=12)
    provider = models.CharField(max_length=40)
    model = models.CharField(max_length=120, blank=True)
    model_served = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(max_length=24)
    """ok, cancelled, or the kind of the error."""
    status = models.PositiveSmallIntegerField(null=True)
    first_token_ms = models.PositiveIntegerField(null=True)
    total_ms = models.PositiveIntegerField()
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)
    tokens_cached = models.PositiveIntegerField(default=0)
    tokens_thinking = models.PositiveIntegerField(default=0)
    audio_seconds = models.FloatField(default=0)
    cost = models.DecimalField(max_digits=14, decimal_places=8, null=True)
    cost_source = models.CharField(max_length=12, blank=True)
    """provider, price_table, estimate, or nothing where the price is not known."""
    degraded = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request_id", "attempt"], name="one_row_per_attempt")
        ]
        indexes = [models.Index(fields=["scope", "at"], name="model_call_scope_at")]

    def __str__(self) -> str:
        return f"{self.provider} {self.skill} {self.outcome}"


class DailyUse(models.Model):
    """What a scope used of a provider on one day: kept beside the calls, which are pruned."""

    scope = models.CharField(max_length=64, blank=True)
    day = models.DateField()
    provider = models.CharField(max_length=40)
    calls = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    tokens_in = models.PositiveBigIntegerField(default=0)
    tokens_out = models.PositiveBigIntegerField(default=0)
    cost = models.DecimalField(max_digits=16, decimal_places=8, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "day", "provider"], name="one_use_per_scope_day_provider"
            )
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.day} {self.provider}"


class ScopeLimit(models.Model):
    """What an organisation allows its AI: providers it switched off, and a budget per month."""

    scope = models.CharField(max_length=64, unique=True)
    providers_off = models.JSONField(default=list)
    monthly_budget = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.scope


class Outage(models.Model):
    """A breaker was open: from when to when, and why."""

    provider = models.CharField(max_length=40)
    model = models.CharField(max_length=120, blank=True)
    operation = models.CharField(max_length=12)
    reason = models.CharField(max_length=24)
    began = models.DateTimeField(db_index=True)
    ended = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    """When those who run the installation were told, of one that does not end by itself."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "model", "operation", "began"], name="one_row_per_outage"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.reason}"
