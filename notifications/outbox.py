"""Asking for an email: a row in the caller's transaction. Nothing is sent before its commit."""

from scheduler.enqueue import enqueue
from scheduler.workflow import Step

SEND_EMAIL = "notifications.send_email"


def queue_email(
    *, kind: str, subject_id: str, recipient_id: str, scope: str, unique_key: str | None = None
) -> None:
    """Asks for one email. With a `unique_key`, asking twice while the first waits is asking once."""
    enqueue(
        SEND_EMAIL,
        {"kind": kind, "subject_id": subject_id, "recipient_id": recipient_id},
        scope=scope,
        unique_key=unique_key,
    )


def email_step(
    name: str, *, kind: str, subject_id: str, recipient_id: str, settled: tuple[str, ...] = ()
) -> Step:
    """The same as a step of a workflow, sent when the steps named in `settled` are over, well or not."""
    return Step(
        name,
        SEND_EMAIL,
        settled=settled,
        payload={"kind": kind, "subject_id": subject_id, "recipient_id": recipient_id},
    )
