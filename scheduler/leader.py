"""One of several dispatchers leads: the one whose name is on the lease."""

from datetime import datetime
from typing import Final

from django.db.models import F, Q

from scheduler.leases import TERM
from scheduler.models import LeaderLease

_NAME: Final = "dispatcher"


def lead(*, holder: str, now: datetime) -> bool:
    """Takes or renews the lease. False while another holds it."""
    mine = LeaderLease.objects.filter(name=_NAME, holder=holder)
    if mine.update(until=now + TERM):
        return True
    # One far ahead was written before the clock was set back.
    is_over = Q(until__lt=now) | Q(until__gt=now + 2 * TERM)
    expired = LeaderLease.objects.filter(is_over, name=_NAME)
    if expired.update(holder=holder, until=now + TERM, term=F("term") + 1):
        return True
    LeaderLease.objects.bulk_create(
        [LeaderLease(name=_NAME, holder=holder, until=now + TERM)], ignore_conflicts=True
    )
    return LeaderLease.objects.filter(name=_NAME, holder=holder).exists()


def step_down(*, holder: str, now: datetime) -> None:
    """Lets the next one lead at once."""
    LeaderLease.objects.filter(name=_NAME, holder=holder).update(until=now)
