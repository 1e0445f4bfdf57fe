"""The job that sends an email."""

from notifications import delivery
from notifications.outbox import SEND_EMAIL
from scheduler.handlers import Run, handler
from scheduler.outcomes import Outcome


@handler(SEND_EMAIL, timeout=60)
def send_email(run: Run, *, kind: str, subject_id: str, recipient_id: str) -> Outcome:
    return delivery.send_email(
        job_id=str(run.job_id),
        scope=run.scope,
        kind=kind,
        subject_id=subject_id,
        recipient_id=recipient_id,
    )
