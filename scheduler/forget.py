"""Forgetting a subject: nothing more is done about it, and what its jobs said is removed.

Payloads hold ids, but an answer, a reason or a traceback may hold words: "550 no such user <cem@mail.example>".
"""

from collections.abc import Collection, Mapping

from django.db import transaction

from scheduler import clock, graph
from scheduler.models import Attempt, Job
from scheduler.outcomes import JsonValue
from scheduler.states import OPEN, JobState


def forget(*, scope: str, ids: Collection[str], reason: str) -> int:
    """Cancels what is open about any of these ids, and empties what the others left. Answers how many jobs.

    A job is about an id that is a value of its payload. What runs is asked to stop; `reason` holds no words
    of anybody. Call it in the transaction that removes the subject.
    """
    wanted = set(ids)
    payloads = Job.objects.filter(scope=scope).values_list("pk", "payload").order_by("pk")
    found = [pk for pk, payload in payloads.iterator() if _is_about(payload, wanted)]
    now = clock.now()
    with transaction.atomic():
        about = Job.objects.filter(pk__in=found)
        graph.cancel_jobs(
            about.filter(state__in=OPEN).values_list("pk", flat=True), reason=reason, now=now
        )
        about.exclude(state__in=OPEN).update(reason="", result=None, progress_note="")
        about.filter(state=JobState.DEAD, discarded_at__isnull=True).update(discarded_at=now)
        Attempt.objects.filter(job_id__in=found).update(reason="", traceback="")
    return len(found)


def _is_about(payload: Mapping[str, JsonValue], ids: set[str]) -> bool:
    return any(isinstance(value, str) and value in ids for value in payload.values())
