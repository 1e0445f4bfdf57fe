"""The worker processes as the others see them: who is alive, who stopped, who was lost."""

import os
import socket
from datetime import datetime

from scheduler import clock
from scheduler.leases import LEASE
from scheduler.models import Worker


def register(*, slots: int, carrier: str) -> int:
    """Enters this process start. Answers its id, which is never used again."""
    clock.synchronise()
    now = clock.now()
    return Worker.objects.create(
        host=socket.gethostname()[:200],
        pid=os.getpid(),
        slots=slots,
        carrier=carrier,
        started_at=now,
        heartbeat_at=now,
        lease_until=now + LEASE,
    ).pk


def beat(worker_id: int) -> bool:
    """Renews the lease. False when this worker was declared lost: what it held is others' now."""
    clock.synchronise()
    now = clock.now()
    alive = Worker.objects.filter(pk=worker_id, stopped_at__isnull=True)
    return bool(alive.update(heartbeat_at=now, lease_until=now + LEASE))


def stop(worker_id: int) -> None:
    Worker.objects.filter(pk=worker_id, stopped_at__isnull=True).update(stopped_at=clock.now())


def lost(now: datetime) -> list[int]:
    """The workers whose lease ran out."""
    expired = Worker.objects.filter(stopped_at__isnull=True, lease_until__lt=now)
    return list(expired.values_list("pk", flat=True))
