"""The append-only log of a room. Everything a client must not miss is a row here."""

from django.db import models
from django.utils import timezone

from interviews.models.interview import Interview


class Event(models.Model):
    """One entry. `payload` goes to everybody who may see the event; `member_payload` is added for members.

    A number is empty for an audience that may not see the event: a candidate cannot even count it.
    (participant, client_id, client_seq) is the sender's own key; it makes a resent message a duplicate.
    """

    id = models.BigAutoField(primary_key=True)
    interview = models.ForeignKey(Interview, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=32)
    at = models.DateTimeField(default=timezone.now)
    member_seq = models.PositiveIntegerField(null=True)
    candidate_seq = models.PositiveIntegerField(null=True)
    participant = models.CharField(max_length=40, help_text="candidate, a member's id, or system")
    client_id = models.UUIDField(null=True)
    client_seq = models.PositiveBigIntegerField(null=True)
    payload = models.JSONField(default=dict)
    member_payload = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["interview", "participant", "client_id", "client_seq"],
                name="event_sent_once",
            ),
            models.UniqueConstraint(fields=["interview", "member_seq"], name="event_member_seq"),
            models.UniqueConstraint(
                fields=["interview", "candidate_seq"], name="event_candidate_seq"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.member_seq}"
