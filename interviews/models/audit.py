"""Who saw, changed and decided what. Rows are added, never changed; they hold ids, no words."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from interviews.models.people import Organisation


class AuditEntry(models.Model):
    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="audit_entries")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    actor = models.CharField(max_length=20, help_text="member, candidate, director, clock or job")
    action = models.CharField(max_length=60, help_text="interview.ended, report.seen, …")
    subject_kind = models.CharField(max_length=30)
    subject_id = models.CharField(max_length=40)
    detail = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["organisation", "-at"], name="audit_list")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_kind} {self.subject_id}"

    @property
    def words(self) -> str:
        """What happened, as people say it: "Report seen"."""
        return self.action.replace(".", " ").replace("_", " ").capitalize()
