"""The proof that a candidate was erased. It holds ids and counts, and nothing of the person."""

import uuid

from django.db import models
from django.utils import timezone

from interviews.models.people import Member, Organisation


class ErasureReceipt(models.Model):
    """One request to erase somebody, carried out. `candidate_id` names the emptied row, not a person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="erasure_receipts")
    candidate_id = models.UUIDField(db_index=True)
    asked_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    erased_at = models.DateTimeField(default=timezone.now, editable=False)
    subject_ids = models.JSONField(
        default=list, help_text="Ids of the rows about them, by which jobs and emails are found."
    )
    counts = models.JSONField(
        default=dict, help_text="Rows that were deleted or emptied, by table."
    )

    class Meta:
        ordering = ["-erased_at"]

    def __str__(self) -> str:
        return f"erasure of {self.candidate_id}"
